/** Where a plugin is bound. */
import type { EntityManager } from 'typeorm';

/** Users named in a refusal; more are counted. */
const NAMED = 10;

export interface Place {
  readonly pluginId: string;
  readonly instanceId: string;
}

/** The instances on which something has one of the plugins bound. */
export function placesOf(manager: EntityManager, pluginIds: readonly string[]): Promise<Place[]> {
  return manager.query(
    `SELECT DISTINCT b.plugin_id AS "pluginId", g.instance_id AS "instanceId"
     FROM plugin_bindings b LEFT JOIN apis a ON a.id = b.api_id
     JOIN groups g ON g.id = coalesce(b.group_id, a.group_id) WHERE b.plugin_id = ANY($1)`,
    [pluginIds],
  );
}

/** Such as `API business1 (<id>) in RELEASE`. */
export async function usersOf(manager: EntityManager, pluginId: string): Promise<string[]> {
  const rows: { text: string }[] = await manager.query(
    `SELECT CASE WHEN b.api_id IS NULL THEN 'group ' ELSE 'API ' END || coalesce(a.name, g.name)
            || ' (' || coalesce(a.id, g.id) || ') in ' || b.stage AS text
     FROM plugin_bindings b LEFT JOIN apis a ON a.id = b.api_id LEFT JOIN groups g ON g.id = b.group_id
     WHERE b.plugin_id = $1 ORDER BY b.id`,
    [pluginId],
  );
  const named = rows.slice(0, NAMED).map(({ text }) => text);
  return rows.length > NAMED ? [...named, `${rows.length - NAMED} more`] : named;
}

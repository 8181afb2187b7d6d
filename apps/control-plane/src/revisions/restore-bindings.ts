/** Binds plugins where they were bound at a revision, and takes away those that came since. */
import type { EntityManager } from 'typeorm';
import { newId } from '../http/new-id.js';
import type { Difference } from './rollback-difference.js';

export async function restoreBindings(manager: EntityManager, differences: readonly Difference[]): Promise<void> {
  if (differences.length === 0) return;
  const places = differences.map(({ kind, target, stage, slot, past }) => ({
    id: newId(),
    apiId: kind === 'apiBinding' ? target : null,
    groupId: kind === 'groupBinding' ? target : null,
    stage,
    type: slot,
    pluginId: past,
  }));
  const given = JSON.stringify(places);
  for (const column of ['api', 'group']) {
    await manager.query(
      `DELETE FROM plugin_bindings b USING jsonb_to_recordset($1) AS p("${column}Id" text, stage text, type text)
       WHERE b.${column}_id = p."${column}Id" AND b.stage = p.stage AND b.type = p.type`,
      [given],
    );
  }
  await manager.query(
    `INSERT INTO plugin_bindings (id, plugin_id, type, stage, api_id, group_id)
     SELECT p.id, p."pluginId", p.type, p.stage, p."apiId", p."groupId"
     FROM jsonb_to_recordset($1) AS p(id text, "pluginId" text, type text, stage text, "apiId" text, "groupId" text)
     WHERE p."pluginId" IS NOT NULL`,
    [given],
  );
}

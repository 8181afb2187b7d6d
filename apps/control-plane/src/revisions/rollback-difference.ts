/** What of an account stands otherwise on an instance than it did at an earlier revision. */
import type { EntityManager } from 'typeorm';

export interface RollbackPoint {
  readonly instanceId: string;
  readonly accountId: string;
  readonly revision: number;
}

/** One place, by its key in `rollback_history`. */
export interface Place {
  readonly kind: 'deployment' | 'apiBinding' | 'groupBinding' | 'variable' | 'plugin';
  /** An API, a group or a plugin. */
  readonly target: string;
  /** Empty of a plugin. */
  readonly stage: string;
  /** The plugin type of a binding, the name of a variable. */
  readonly slot: string;
}

/** `past` and `now` are version, plugin id, value or sealed text; null: nothing. */
export interface Difference extends Place {
  /** Null of a plugin. */
  readonly groupId: string | null;
  readonly past: string | null;
  readonly now: string | null;
  /** Came with its group from another instance since. */
  readonly hasArrived: boolean;
}

/** Reads what changed since, however much exists: what changed and changed back is left out. */
export function readDifferences(
  manager: EntityManager,
  { instanceId, accountId, revision }: RollbackPoint,
): Promise<Difference[]> {
  return manager.query(
    `SELECT * FROM (
       SELECT kind, target, stage, slot, max(group_id) AS "groupId",
              max(value) FILTER (WHERE from_revision <= $3) AS past, max(value) FILTER (WHERE NOT ended) AS now,
              bool_or(arrived AND (from_revision > $3) IS NOT FALSE) AS "hasArrived"
       FROM rollback_history WHERE id IN (
         SELECT id FROM rollback_history WHERE instance_id = $1 AND account_id = $2 AND from_revision > $3
         UNION ALL SELECT id FROM rollback_history WHERE instance_id = $1 AND account_id = $2 AND to_revision > $3
         UNION ALL SELECT id FROM rollback_history
           WHERE instance_id = $1 AND account_id = $2 AND (from_revision IS NULL OR (ended AND to_revision IS NULL)))
       GROUP BY kind, target, stage, slot) AS places
     WHERE past IS DISTINCT FROM now ORDER BY kind, target, stage, slot`,
    [instanceId, accountId, revision],
  );
}

/** Of the plugins those that acted on the instance at that revision, on groups that are still there. */
export async function pluginsBoundThen(
  manager: EntityManager,
  { instanceId, accountId, revision }: RollbackPoint,
  pluginIds: readonly string[],
): Promise<Set<string>> {
  if (pluginIds.length === 0) return new Set();
  const rows: { id: string }[] = await manager.query(
    `SELECT DISTINCT h.value AS id FROM rollback_history h JOIN groups g ON g.id = h.group_id AND g.instance_id = h.instance_id
     WHERE h.instance_id = $1 AND h.account_id = $2 AND h.value = ANY($4) AND h.kind IN ('apiBinding', 'groupBinding')
       AND h.from_revision <= $3 AND (h.to_revision IS NULL OR h.to_revision > $3)`,
    [instanceId, accountId, revision, pluginIds],
  );
  return new Set(rows.map(({ id }) => id));
}

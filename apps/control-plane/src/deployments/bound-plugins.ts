/** The plugins that act on APIs of a group in a stage, by their own bindings and by the group's. */
import type { EntityManager } from 'typeorm';

export interface BoundPlugin {
  readonly pluginId: string;
  readonly type: string;
}

/** By the API's id; each of the APIs has its list. */
export async function boundPlugins(
  manager: EntityManager,
  groupId: string,
  apiIds: readonly string[],
  stage: string,
): Promise<ReadonlyMap<string, readonly BoundPlugin[]>> {
  const rows: (BoundPlugin & { apiId: string | null })[] = await manager.query(
    `SELECT api_id AS "apiId", plugin_id AS "pluginId", type FROM plugin_bindings
     WHERE stage = $3 AND (api_id = ANY($1) OR group_id = $2)`,
    [apiIds, groupId, stage],
  );
  const shared = rows.filter(({ apiId }) => apiId === null);
  const lists = new Map(apiIds.map((id) => [id, [...shared]]));
  for (const row of rows) if (row.apiId !== null) lists.get(row.apiId)?.push(row);
  return lists;
}

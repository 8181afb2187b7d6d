/** The published APIs that a write changes the calls of. */
import { plugins } from '@causeway/plugins';
import type { EntityManager } from 'typeorm';
import { type ApiInStage, nodeKey } from './published-apis.js';

/** What a write touched: APIs (deployment, binding), a group (binding to all of it), or a plugin (edit). */
export type LoopScope = { readonly apiIds: readonly string[] } | { readonly groupId: string } | { readonly pluginId: string };

/** Types of plugins that may send a request elsewhere. */
export const DIVERTING_TYPES = plugins.filter((plugin) => plugin.diversions !== undefined).map(({ type }) => type);

/** @param limit more are not read */
export async function touchedApis(manager: EntityManager, scope: LoopScope, limit: number): Promise<string[]> {
  const rows: ApiInStage[] = await readTouched(manager, scope, limit);
  return rows.map(nodeKey);
}

function readTouched(manager: EntityManager, scope: LoopScope, limit: number): Promise<ApiInStage[]> {
  const columns = 'd.api_id AS "apiId", d.stage';
  if ('apiIds' in scope)
    return manager.query(`SELECT ${columns} FROM deployments d WHERE d.api_id = ANY($1) ORDER BY 1, 2 LIMIT $2`, [
      scope.apiIds,
      limit,
    ]);
  if ('groupId' in scope)
    return manager.query(`SELECT ${columns} FROM deployments d WHERE d.group_id = $1 ORDER BY 1, 2 LIMIT $2`, [
      scope.groupId,
      limit,
    ]);
  return manager.query(
    `SELECT ${columns} FROM plugin_bindings b JOIN deployments d ON d.api_id = b.api_id AND d.stage = b.stage
     WHERE b.plugin_id = $1 AND b.type = ANY($3)
     UNION
     SELECT ${columns} FROM plugin_bindings b JOIN deployments d ON d.group_id = b.group_id AND d.stage = b.stage
     WHERE b.plugin_id = $1 AND b.type = ANY($3) AND NOT EXISTS (
       SELECT 1 FROM plugin_bindings own WHERE own.api_id = d.api_id AND own.stage = d.stage AND own.type = b.type)
     ORDER BY 1, 2 LIMIT $2`,
    [scope.pluginId, limit, DIVERTING_TYPES],
  );
}

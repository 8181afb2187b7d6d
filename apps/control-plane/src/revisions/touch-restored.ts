/** Names the chunks that a rollback changes, and the APIs whose calls it changes. */
import { chunkKeys } from '@causeway/contract';
import type { Change } from '../change/change.js';
import { placesOf } from '../plugins/bound-where.js';
import type { ApisPlace } from './restore-deployments.js';
import type { Restored } from './show-rollback.js';

/** After everything is written. `places` are the chunks whose deployments changed. */
export async function touchRestored(
  change: Change,
  instanceId: string,
  { deployments, bindings, pluginIds, variables }: Restored,
  places: readonly ApisPlace[],
): Promise<void> {
  const { manager } = change;
  for (const { groupId, n } of places) change.touch(instanceId, chunkKeys.apis(groupId, n));
  const ofApis = bindings.filter(({ kind }) => kind === 'apiBinding');
  const carrying: ApisPlace[] = await manager.query(
    `SELECT DISTINCT d.group_id AS "groupId", d.chunk_number AS n FROM unnest($1::text[], $2::text[]) AS b (api_id, stage)
     JOIN deployments d ON d.api_id = b.api_id AND d.stage = b.stage`,
    [ofApis.map(({ target }) => target), ofApis.map(({ stage }) => stage)],
  );
  for (const { groupId, n } of carrying) change.touch(instanceId, chunkKeys.apis(groupId, n));
  for (const { target } of [...bindings.filter(({ kind }) => kind === 'groupBinding'), ...variables])
    change.touch(instanceId, chunkKeys.group(target));
  for (const { past, now } of bindings)
    for (const pluginId of [past, now]) if (pluginId !== null) change.touch(instanceId, chunkKeys.plugin(pluginId));
  // The plugins of what is live again, compiled together with it.
  const acting: { id: string }[] = await manager.query(
    `WITH d AS (SELECT * FROM jsonb_to_recordset($1) AS d(target text, "groupId" text, stage text))
     SELECT b.plugin_id AS id FROM d JOIN plugin_bindings b ON b.api_id = d.target AND b.stage = d.stage
     UNION SELECT b.plugin_id FROM (SELECT DISTINCT "groupId", stage FROM d) AS g
       JOIN plugin_bindings b ON b.group_id = g."groupId" AND b.stage = g.stage`,
    [JSON.stringify(deployments)],
  );
  for (const { id } of acting) change.touch(instanceId, chunkKeys.plugin(id));
  for (const place of await placesOf(change.manager, pluginIds)) change.touch(place.instanceId, chunkKeys.plugin(place.pluginId));
}

/** The APIs that might send requests elsewhere than before. */
export async function redirectedApis({ manager }: Change, restored: Restored): Promise<string[]> {
  const { deployments, bindings, pluginIds, variables } = restored;
  const groups = [...bindings.filter(({ kind }) => kind === 'groupBinding'), ...variables].map(({ target }) => target);
  const apis = [...deployments, ...bindings.filter(({ kind }) => kind === 'apiBinding')].map(({ target }) => target);
  const rows: { id: string }[] = await manager.query(
    `SELECT d.api_id AS id FROM deployments d WHERE d.api_id = ANY($1)
     UNION SELECT d.api_id FROM deployments d WHERE d.group_id = ANY($2)
     UNION SELECT b.api_id FROM plugin_bindings b WHERE b.plugin_id = ANY($3) AND b.api_id IS NOT NULL
     UNION SELECT d.api_id FROM plugin_bindings b JOIN deployments d ON d.group_id = b.group_id AND d.stage = b.stage
       WHERE b.plugin_id = ANY($3)`,
    [apis, groups, pluginIds],
  );
  return rows.map(({ id }) => id);
}

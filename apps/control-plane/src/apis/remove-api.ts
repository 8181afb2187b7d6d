/** Deletes an API with its history, grants and bindings. */
import { chunkKeys } from '@causeway/contract';
import { touchGrantsOf } from '../apps/touch-app.js';
import type { Change } from '../change/change.js';
import type { Group } from '../groups/group.entity.js';
import { conflict } from '../http/problem.js';
import { Api } from './api.entity.js';

/** 409 while it is deployed anywhere. API and group are locked. */
export async function removeApi(change: Change, api: Api, group: Group): Promise<void> {
  const { manager } = change;
  const deployed: { stage: string }[] = await manager.query('SELECT stage FROM deployments WHERE api_id = $1 ORDER BY stage', [
    api.id,
  ]);
  if (deployed.length > 0) {
    const stages = deployed.map(({ stage }) => stage).join(', ');
    throw conflict('DependencyViolationApiDeployed', `The API is deployed in ${stages}: take it offline there first.`);
  }
  const [grants]: [{ app_id: string }[], number] = await manager.query('DELETE FROM grants WHERE api_id = $1 RETURNING app_id', [
    api.id,
  ]);
  for (const { app_id } of grants) touchGrantsOf(change, app_id);
  const [bindings]: [{ plugin_id: string }[], number] = await manager.query(
    'DELETE FROM plugin_bindings WHERE api_id = $1 RETURNING plugin_id',
    [api.id],
  );
  for (const { plugin_id } of bindings) change.touch(group.instanceId, chunkKeys.plugin(plugin_id));
  await manager.delete(Api, { id: api.id });
}

/** What a plugin is bound to: found, locked, and what of the snapshot its binding changes. */
import { chunkKeys } from '@causeway/contract';
import type { EntityManager } from 'typeorm';
import type { Change } from '../change/change.js';
import { Group } from '../groups/group.entity.js';
import { refused } from '../http/problem.js';

export interface Target {
  readonly kind: 'api' | 'group';
  readonly id: string;
  readonly groupId: string;
  readonly instanceId: string;
}

/** All or none: a refusal names every API that is absent or another account's. Their groups are locked, in one order for all writes. */
export async function lockApis({ manager, actor }: Change, apiIds: readonly string[]): Promise<Target[]> {
  const apis: { id: string; group_id: string }[] = await manager.query(
    'SELECT id, group_id FROM apis WHERE id = ANY($1) AND account_id = $2',
    [apiIds, actor.accountId],
  );
  const groupOf = new Map(apis.map(({ id, group_id }) => [id, group_id]));
  const errors = apiIds.flatMap((id, n) => (groupOf.has(id) ? [] : [{ path: `apiIds[${n}]`, message: `there is no API ${id}` }]));
  if (errors.length > 0) throw refused(errors, 'NotFoundApi', 'Not all of the APIs are there; nothing was bound.');
  const instanceOf = await lockGroups(manager, [...groupOf.values()]);
  return apiIds.map((id) => {
    const groupId = groupOf.get(id) ?? '';
    return { kind: 'api', id, groupId, instanceId: instanceOf.get(groupId) ?? '' };
  });
}

export async function lockGroup({ manager, actor }: Change, groupId: string): Promise<Target> {
  const group = await manager.findOne(Group, {
    where: { id: groupId, accountId: actor.accountId },
    lock: { mode: 'pessimistic_write' },
  });
  if (group !== null) return { kind: 'group', id: groupId, groupId, instanceId: group.instanceId };
  const errors = [{ path: 'groupId', message: `there is no group ${groupId}` }];
  throw refused(errors, 'NotFoundApiGroup', 'The group is not there; nothing was bound.');
}

/** Group id -> instance id. */
export async function lockGroups(manager: EntityManager, groupIds: readonly string[]): Promise<Map<string, string>> {
  const rows: { id: string; instance_id: string }[] = await manager.query(
    'SELECT id, instance_id FROM groups WHERE id = ANY($1) ORDER BY id FOR UPDATE',
    [groupIds],
  );
  return new Map(rows.map(({ id, instance_id }) => [id, instance_id]));
}

/** The plugin's own chunk, which an instance has while it is bound there, and the chunks that say where it acts. */
export async function touchBinding(
  change: Change,
  targets: readonly Target[],
  stage: string,
  pluginIds: readonly string[],
): Promise<void> {
  const instances = new Map(targets.map(({ groupId, instanceId }) => [groupId, instanceId]));
  for (const instanceId of new Set(instances.values()))
    for (const pluginId of pluginIds) change.touch(instanceId, chunkKeys.plugin(pluginId));
  for (const { kind, groupId, instanceId } of targets) if (kind === 'group') change.touch(instanceId, chunkKeys.group(groupId));
  const apiIds = targets.flatMap(({ kind, id }) => (kind === 'api' ? [id] : []));
  const deployed: { group_id: string; chunk_number: number }[] = await change.manager.query(
    'SELECT DISTINCT group_id, chunk_number FROM deployments WHERE api_id = ANY($1) AND stage = $2',
    [apiIds, stage],
  );
  for (const { group_id, chunk_number } of deployed)
    change.touch(instances.get(group_id) ?? '', chunkKeys.apis(group_id, chunk_number));
}

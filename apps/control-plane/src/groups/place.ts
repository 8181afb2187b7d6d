/** What a group is part of in the snapshot of an instance that it comes to, or leaves. */
import { chunkKeys } from '@causeway/contract';
import type { EntityManager } from 'typeorm';

/** Its own chunk, those of its APIs, and those of the plugins bound to it or to one of its APIs. */
export async function chunksOfGroup(manager: EntityManager, groupId: string): Promise<string[]> {
  const numbers: { n: number }[] = await manager.query(
    'SELECT chunk_number AS n FROM apis_chunks WHERE group_id = $1 AND size > 0 ORDER BY n',
    [groupId],
  );
  return [
    chunkKeys.group(groupId),
    ...numbers.map(({ n }) => chunkKeys.apis(groupId, n)),
    ...(await pluginsOfGroup(manager, groupId)).map(chunkKeys.plugin),
  ];
}

export async function pluginsOfGroup(manager: EntityManager, groupId: string): Promise<string[]> {
  const rows: { id: string }[] = await manager.query(
    `SELECT plugin_id AS id FROM plugin_bindings WHERE group_id = $1
     UNION SELECT b.plugin_id FROM apis a JOIN plugin_bindings b ON b.api_id = a.id WHERE a.group_id = $1 ORDER BY id`,
    [groupId],
  );
  return rows.map(({ id }) => id);
}

/** The instances that the group was on before, which remember it. */
export async function formerInstances(manager: EntityManager, groupId: string): Promise<string[]> {
  const rows: { id: string }[] = await manager.query('SELECT from_instance_id AS id FROM group_moves WHERE group_id = $1', [
    groupId,
  ]);
  return rows.map(({ id }) => id);
}

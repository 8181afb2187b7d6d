/** What would be published now of one API's group, as a data plane would get it. */
import { type ApisChunk, type Chunk, chunkKeys } from '@causeway/contract';
import type { HashedChunk } from '@causeway/engine';
import type { EntityManager } from 'typeorm';
import type { Api } from '../apis/api.entity.js';
import { datasetsOfPlugins } from '../datasets/touch-dataset.js';
import type { Group } from '../groups/group.entity.js';
import { chunksOfGroup } from '../groups/place.js';
import { buildChunks } from '../publish/build-chunks.js';
import type { ChunkSource } from '../publish/chunks/chunk-source.js';

const PLUGIN = chunkKeys.plugin('');

/** Beside those of the group's chunks, which begin at 0. */
const DRAFT = -1;

/** The group, and those of its account that stand beside it behind one of its domains: a longer base path may be theirs. */
export async function chunksForExplain(source: ChunkSource, group: Group): Promise<Map<string, HashedChunk>> {
  const { manager } = source;
  const keys = new Set([chunkKeys.instance, chunkKeys.vpcAccesses(group.accountId)]);
  for (const id of [group.id, ...(await neighbours(manager, group))])
    for (const key of await chunksOfGroup(manager, id)) keys.add(key);
  const plugins = [...keys].flatMap((key) => (key.startsWith(PLUGIN) ? [key.slice(PLUGIN.length)] : []));
  for (const ids of (await datasetsOfPlugins(manager, plugins)).values()) for (const id of ids) keys.add(chunkKeys.dataset(id));
  const built = await buildChunks(source, keys);
  return new Map([...built].flatMap(([key, chunk]) => (chunk === null ? [] : [[key, { hash: key, chunk }] as const])));
}

async function neighbours(manager: EntityManager, { id, accountId, instanceId }: Group): Promise<string[]> {
  const rows: { id: string }[] = await manager.query(
    `SELECT DISTINCT g.id FROM group_domains own JOIN group_domains other ON other.instance_id = $3 AND other.domain = own.domain
     JOIN groups g ON g.id = other.group_id
     WHERE own.group_id = $1 AND g.id <> $1 AND g.account_id = $2 ORDER BY g.id`,
    [id, accountId, instanceId],
  );
  return rows.map((row) => row.id);
}

/** The chunks as if the draft were deployed to the stage. */
export async function withDraft(
  manager: EntityManager,
  chunks: ReadonlyMap<string, HashedChunk>,
  { id, groupId, definition }: Api,
  stage: string,
): Promise<Map<string, HashedChunk>> {
  const bound: { id: string }[] = await manager.query(
    'SELECT plugin_id AS id FROM plugin_bindings WHERE api_id = $1 AND stage = $2 ORDER BY plugin_id',
    [id, stage],
  );
  const draft = { id, stage, version: 'draft', definition, plugins: bound.map((row) => row.id) };
  const others = [...chunks].map(([key, { hash, chunk }]) => [key, { hash, chunk: without(chunk, id, stage) }] as const);
  const chunk: ApisChunk = { kind: 'apis', groupId, apis: [draft] };
  return new Map([...others, [chunkKeys.apis(groupId, DRAFT), { hash: 'draft', chunk }]]);
}

function without(chunk: Chunk, id: string, stage: string): Chunk {
  if (chunk.kind !== 'apis') return chunk;
  return { ...chunk, apis: chunk.apis.filter((api) => api.id !== id || api.stage !== stage) };
}

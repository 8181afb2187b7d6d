/** Publishes anew what stands published under another key than the first: chunks and manifests are sealed with keys made from the master keys. */
import { chunkKeys } from '@causeway/contract';
import { encodeChunk } from '@causeway/snapshot';
import { type DataSource, QueryFailedError } from 'typeorm';
import type { Actor } from '../../change/change.js';
import type { Door } from '../../change/door.js';
import { RefusedChange } from '../../change/refused-change.js';
import { buildChunks } from '../../publish/build-chunks.js';
import type { ChunkSources } from '../../publish/chunk-sources.js';
import type { Publisher } from '../../publish/publisher.js';
import type { CountByKey } from './reseal-column.js';

/** Chunks built, compiled and published by one write: each holds its instance for a moment. */
const CHUNKS_AT_ONCE = 64;
/** Another publisher may be at an instance. */
const ATTEMPTS = 200;
const PAUSE_MS = 100;

export interface Publishing {
  readonly dataSource: DataSource;
  readonly door: Door;
  readonly sources: ChunkSources;
  readonly publisher: Publisher;
}

/** @param progress is told after each batch how many chunks it published; false ends the walk */
export async function resealPublished(
  publishing: Publishing,
  keyId: string,
  progress: (count: number) => boolean,
): Promise<void> {
  const instances: { id: string; account_id: string; key_id: string }[] = await publishing.dataSource.query(
    `SELECT i.id, i.account_id, p.manifest->>'keyId' AS key_id FROM instances i JOIN published_manifests p ON p.instance_id = i.id
     ORDER BY i.id`,
  );
  for (const { id, account_id, key_id } of instances) {
    const keys = await staleKeys(publishing, id, keyId);
    // The manifest's own signature goes with any publication.
    if (keys.length === 0 && key_id !== keyId && (await compare(publishing, id, chunkKeys.instance)) !== 'cannot be built')
      keys.push(chunkKeys.instance);
    for (let start = 0; start < keys.length; start += CHUNKS_AT_ONCE) {
      const batch = keys.slice(start, start + CHUNKS_AT_ONCE);
      await touch(publishing, actor(account_id), id, batch);
      await untilPublished(publishing, id);
      if (!progress(batch.length)) return;
    }
  }
}

/** Manifests by the key that signed them, and chunks that would be other ones if they were built now. */
export async function countPublished({ dataSource, ...rest }: Publishing, keyId: string): Promise<CountByKey> {
  const counts = new Map<string, number>();
  const manifests: { id: string; key_id: string }[] = await dataSource.query(
    `SELECT instance_id AS id, manifest->>'keyId' AS key_id FROM published_manifests`,
  );
  for (const { id, key_id } of manifests) {
    counts.set(key_id, (counts.get(key_id) ?? 0) + 1);
    for (const { key, key_ids } of await underOthers(dataSource, id, keyId)) {
      if ((await compare({ dataSource, ...rest }, id, key)) === 'same') continue;
      for (const other of key_ids) counts.set(other, (counts.get(other) ?? 0) + 1);
    }
  }
  return counts;
}

interface Stale {
  key: string;
  key_ids: string[];
}

async function staleKeys(publishing: Publishing, instanceId: string, keyId: string): Promise<string[]> {
  const stale: string[] = [];
  for (const { key } of await underOthers(publishing.dataSource, instanceId, keyId))
    if ((await compare(publishing, instanceId, key)) === 'differs') stale.push(key);
  return stale;
}

/** What does not compile any more stays as it stands, and keeps nothing else back. */
async function touch(
  { door }: Pick<Publishing, 'door'>,
  actor: Actor,
  instanceId: string,
  keys: readonly string[],
): Promise<void> {
  try {
    await door.write(actor, async (change) => {
      for (const key of keys) change.touch(instanceId, key);
      change.audit('instance.reseal', 'instance', instanceId);
    });
  } catch (error) {
    if (!(error instanceof RefusedChange)) throw error;
    if (keys.length > 1) for (const key of keys) await touch({ door }, actor, instanceId, [key]);
  }
}

/** Chunks with texts that look as if they were sealed under other keys: an owner may have written one, too. */
function underOthers(dataSource: DataSource, instanceId: string, keyId: string): Promise<Stale[]> {
  return dataSource.query(
    `SELECT m.key, array_agg(DISTINCT s.found[1]) AS key_ids FROM manifest_chunks m JOIN chunks c ON c.hash = m.hash
     CROSS JOIN LATERAL regexp_matches(convert_from(c.bytes, 'UTF8'), $2, 'g') AS s(found)
     WHERE m.instance_id = $1 AND m.to_revision IS NULL AND m.key <> 'network' AND m.key !~ '^(apis|group):' AND s.found[1] <> $3
     GROUP BY m.key ORDER BY m.key`,
    [instanceId, '"v1\\.([A-Za-z0-9_-]{1,64})\\.[A-Za-z0-9_-]{38,}"', keyId],
  );
}

/** With what would be published now. */
async function compare(
  { dataSource, sources }: Publishing,
  instanceId: string,
  key: string,
): Promise<'same' | 'differs' | 'cannot be built'> {
  const [row]: { hash: string }[] = await dataSource.query(
    'SELECT hash FROM manifest_chunks WHERE instance_id = $1 AND key = $2 AND to_revision IS NULL',
    [instanceId, key],
  );
  try {
    const chunk = (await buildChunks(sources.of(dataSource.manager, instanceId), [key])).get(key) ?? null;
    return (chunk === null ? undefined : encodeChunk(chunk).hash) === row?.hash ? 'same' : 'differs';
  } catch (error) {
    if (error instanceof QueryFailedError) throw error;
    return 'cannot be built';
  }
}

async function untilPublished({ dataSource, publisher }: Publishing, instanceId: string): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    await publisher.publishPending();
    const [pending]: unknown[] = await dataSource.query('SELECT 1 FROM outbox WHERE instance_id = $1 LIMIT 1', [instanceId]);
    if (pending === undefined) return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

function actor(accountId: string): Actor {
  return {
    accountId,
    isDefaultAccount: true,
    tokenId: 'reseal',
    tokenName: 'reseal',
    role: 'admin',
    requestId: 'reseal',
  };
}

/** One publication: what changed on an instance becomes chunks and a manifest in Postgres, in one transaction. */
import { MANIFEST_FORMAT, type Manifest } from '@causeway/contract';
import type { EncodedChunk, InstanceKeys } from '@causeway/snapshot';
import type { DataSource, EntityManager } from 'typeorm';
import type { ChunkProblem } from './check-chunk.js';
import type { ChunkSources } from './chunk-sources.js';
import { encodeChunks } from './encode-chunks.js';
import type { LastManifests } from './last-manifests.js';
import { listChunkKeys } from './list-chunk-keys.js';

export interface Publication {
  readonly instanceName: string;
  readonly manifest: Manifest;
  readonly publishedAt: string;
  /** What is new in it, to be announced. */
  readonly chunks: readonly EncodedChunk[];
  readonly problems: readonly ChunkProblem[];
}

interface State {
  name: string;
  revision: string;
  epoch: string;
  /** Of the manifest that stands; null of an instance that has none yet. */
  published_at: string | null;
  published_epoch: string | null;
}

interface Pending {
  id: string;
  revision: string;
  chunk_keys: string[];
  allow_shrink: boolean;
}

/** Nothing is lost when a crash undoes a publication: the outbox rows come back with it, and give the same revision again. */
const WITHOUT_WAITING_FOR_DISK = 'SET LOCAL synchronous_commit TO off';

/** Publishers of one instance take turns. */
const PUBLISH_LOCK = 'SELECT pg_try_advisory_xact_lock(4802, hashtext($1)) AS mine';

/**
 * Null when there is nothing to publish or another publisher is at it. All rows, the revision too, are read from one snapshot of the
 * database; a publisher that was overtaken fails with a serialization error and changes nothing.
 */
export function publishInstance(
  dataSource: DataSource,
  sources: ChunkSources,
  last: LastManifests,
  instanceId: string,
): Promise<Publication | null> {
  return dataSource.transaction('REPEATABLE READ', async (manager) => {
    await manager.query(WITHOUT_WAITING_FOR_DISK);
    const [lock]: { mine: boolean }[] = await manager.query(PUBLISH_LOCK, [instanceId]);
    if (lock?.mine !== true) return null;
    const [state]: State[] = await manager.query(
      `SELECT i.name, i.revision, d.epoch, p.published_at::text, p.epoch AS published_epoch
       FROM instances i CROSS JOIN deployment_state d LEFT JOIN published_manifests p ON p.instance_id = i.id WHERE i.id = $1`,
      [instanceId],
    );
    const pending: Pending[] = await manager.query(
      'SELECT id, revision, chunk_keys, allow_shrink FROM outbox WHERE instance_id = $1 ORDER BY id',
      [instanceId],
    );
    if (state === undefined || isUpToDate(state, pending)) return null;
    const previous = state.published_at === null ? null : await last.read(manager, instanceId, state.published_at);
    const keys =
      previous?.format === MANIFEST_FORMAT
        ? new Set(pending.flatMap((each) => each.chunk_keys))
        : await allKeys(manager, instanceId, previous);
    const { encoded, removed, problems } = await encodeChunks(sources, manager, instanceId, keys);
    const changed = [...encoded].filter(([key, { hash }]) => previous?.chunks[key] !== hash);
    const ended = [...changed.map(([key]) => key), ...removed].filter((key) => previous?.chunks[key] !== undefined);
    const manifest = nextManifest(sources.keysOf(instanceId), instanceId, state, previous, pending, changed, removed);
    const chunks = changed.map(([, chunk]) => chunk);
    await storeChunks(manager, chunks);
    await storeIntervals(manager, manifest, ended, changed);
    const publishedAt = await storeManifest(manager, manifest, problems, pending);
    return { instanceName: state.name, manifest, publishedAt, chunks, problems };
  });
}

function isUpToDate({ epoch, published_epoch }: State, pending: readonly Pending[]): boolean {
  return pending.length === 0 && published_epoch !== null && Number(published_epoch) >= Number(epoch);
}

/** For a first manifest, and where a release wrote the last one that wrote another format: no chunk of it stays beside one of ours. */
async function allKeys(manager: EntityManager, instanceId: string, previous: Manifest | null): Promise<Set<string>> {
  if (previous !== null && previous.format > MANIFEST_FORMAT)
    throw new Error(
      `it stands published in format ${previous.format}, and this release writes ${MANIFEST_FORMAT}: upgrade this control plane`,
    );
  return new Set([...(await listChunkKeys(manager, instanceId)), ...Object.keys(previous?.chunks ?? {})]);
}

type Keyed = readonly [key: string, chunk: EncodedChunk];

function nextManifest(
  keys: InstanceKeys,
  instanceId: string,
  state: State,
  previous: Manifest | null,
  pending: readonly Pending[],
  changed: readonly Keyed[],
  removed: readonly string[],
): Manifest {
  const chunks = { ...previous?.chunks };
  for (const [key, { hash }] of changed) chunks[key] = hash;
  for (const key of removed) delete chunks[key];
  const epoch = Number(state.epoch);
  const shrunk = pending.findLast((each) => each.allow_shrink);
  return keys.sign({
    format: MANIFEST_FORMAT,
    instance: instanceId,
    epoch,
    revision: Number(state.revision),
    allowShrink: shrunk === undefined ? (previous?.allowShrink ?? null) : { epoch, revision: Number(shrunk.revision) },
    chunks,
    createdAt: new Date().toISOString(),
  });
}

async function storeChunks(manager: EntityManager, chunks: readonly EncodedChunk[]): Promise<void> {
  if (chunks.length === 0) return;
  await manager.query(
    'INSERT INTO chunks (hash, bytes) SELECT * FROM unnest($1::text[], $2::bytea[]) ON CONFLICT (hash) DO NOTHING',
    [chunks.map(({ hash }) => hash), chunks.map(({ bytes }) => bytes)],
  );
}

async function storeIntervals(
  manager: EntityManager,
  next: Manifest,
  ended: readonly string[],
  begun: readonly Keyed[],
): Promise<void> {
  if (ended.length > 0) {
    await manager.query(
      'UPDATE manifest_chunks SET to_revision = $2 WHERE instance_id = $1 AND key = ANY($3) AND to_revision IS NULL',
      [next.instance, next.revision, ended],
    );
  }
  if (begun.length === 0) return;
  // A key may change twice at one revision when only the epoch rose: the later content stands.
  await manager.query(
    `INSERT INTO manifest_chunks (instance_id, key, from_revision, hash)
     SELECT $1, new.key, $2, new.hash FROM unnest($3::text[], $4::text[]) AS new (key, hash)
     ON CONFLICT (instance_id, key, from_revision) DO UPDATE SET hash = excluded.hash, to_revision = NULL`,
    [next.instance, next.revision, begun.map(([key]) => key), begun.map(([, { hash }]) => hash)],
  );
}

async function storeManifest(
  manager: EntityManager,
  manifest: Manifest,
  problems: readonly ChunkProblem[],
  pending: readonly Pending[],
): Promise<string> {
  const { instance, epoch, revision } = manifest;
  const [stored]: { at: string }[] = await manager.query(
    `INSERT INTO published_manifests (instance_id, epoch, revision, manifest, published_at) VALUES ($1, $2, $3, $4, now())
     ON CONFLICT (instance_id) DO UPDATE
     SET epoch = excluded.epoch, revision = excluded.revision, manifest = excluded.manifest, published_at = excluded.published_at
     RETURNING published_at::text AS at`,
    [instance, epoch, revision, JSON.stringify(manifest)],
  );
  await manager.query(
    'UPDATE revisions SET published_at = now() WHERE instance_id = $1 AND revision <= $2 AND published_at IS NULL',
    [instance, revision],
  );
  if (problems.length > 0) {
    await manager.query('UPDATE revisions SET problems = $3 WHERE instance_id = $1 AND revision = $2', [
      instance,
      revision,
      JSON.stringify(problems),
    ]);
  }
  await manager.query('DELETE FROM outbox WHERE id = ANY($1)', [pending.map(({ id }) => id)]);
  return stored?.at ?? '';
}

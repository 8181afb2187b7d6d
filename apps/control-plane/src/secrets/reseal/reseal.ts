/** Brings everything that is sealed under the first master key, so that the others can go. */
import type { DataSource } from 'typeorm';
import { CommitBell } from '../../change/commit-bell.js';
import { Door } from '../../change/door.js';
import { WriteCounters } from '../../change/write-counters.js';
import { ChunkSources } from '../../publish/chunk-sources.js';
import { ManifestBell } from '../../publish/manifest-bell.js';
import { PublishedManifests } from '../../publish/published-manifests.js';
import { Publisher } from '../../publish/publisher.js';
import { RedisKeeper } from '../../publish/redis-keeper.js';
import type { SnapshotSettings } from '../../publish/snapshot-settings.js';
import { TouchedChunks } from '../../publish/touched-chunks.js';
import { StoredSecrets } from '../stored-secrets.js';
import { type CountByKey, countByKey, resealColumn } from './reseal-column.js';
import { countPublished, type Publishing, resealPublished } from './reseal-published.js';
import { sealedColumns } from './sealed-columns.js';

export interface ResealOptions {
  /** One line for the operator. */
  tell(line: string): void;
  /** True ends the work after the batch that runs. */
  isStopped?(): boolean;
}

/** True when nothing is left under another key. */
export async function reseal(dataSource: DataSource, settings: SnapshotSettings, options: ResealOptions): Promise<boolean> {
  const { tell, isStopped = () => false } = options;
  const keyId = settings.masterKeys[0].id;
  const secrets = new StoredSecrets(settings);
  const sealer = { keyId, seal: secrets.seal.bind(secrets), open: secrets.open.bind(secrets) };
  const publishing = publishingOf(dataSource, settings);
  tell(`Sealing everything with key ${keyId}.`);
  for (const column of sealedColumns) {
    const progress = progressOf(nameOf(column), options);
    if (!isStopped()) await resealColumn(dataSource, sealer, column, progress);
  }
  // Last: what is published is built of what is stored.
  if (!isStopped()) await resealPublished(publishing, keyId, progressOf('published', options));
  const counts = new Map<string, CountByKey>();
  for (const column of sealedColumns) counts.set(nameOf(column), await countByKey(dataSource, column));
  counts.set('published', await countPublished(publishing, keyId));
  return tellCounts(counts, settings, tell);
}

function nameOf({ table, column }: { readonly table: string; readonly column: string }): string {
  return `${table}.${column}`;
}

function progressOf(place: string, { tell, isStopped }: ResealOptions): (count: number) => boolean {
  let total = 0;
  return (count) => {
    total += count;
    tell(`${place}: ${total}`);
    return isStopped?.() !== true;
  };
}

/** By key: how much each sealed, and where what is left stands. */
function tellCounts(
  places: ReadonlyMap<string, CountByKey>,
  { masterKeys }: SnapshotSettings,
  tell: (line: string) => void,
): boolean {
  const [current, ...others] = masterKeys.map(({ id }) => id) as [string, ...string[]];
  const ids = new Set([current, ...others, ...[...places.values()].flatMap((counts) => [...counts.keys()])]);
  let left = 0;
  for (const id of ids) {
    const held = [...places].flatMap(([place, counts]) => (counts.has(id) ? [`${place} ${counts.get(id)}`] : []));
    const total = [...places.values()].reduce((sum, counts) => sum + (counts.get(id) ?? 0), 0);
    const where = id === current || held.length === 0 ? '' : ` (${held.join(', ')})`;
    const what = id === current ? ', which seals' : others.includes(id) ? '' : ', which is not at hand';
    tell(`Under key ${id}${what}: ${total}${where}`);
    if (id !== current) left += total;
  }
  tell(
    left > 0
      ? 'Something is left. Every control plane must have the same first key; then run this again.'
      : others.length > 0
        ? `Nothing is left under another key: ${others.join(', ')} can go once every data plane runs what is published now.`
        : 'Nothing is left under another key.',
  );
  return left === 0;
}

/** Without a Redis of its own: the control planes that run put there what stands in Postgres. */
function publishingOf(dataSource: DataSource, settings: SnapshotSettings): Publishing {
  const sources = new ChunkSources(settings);
  const commits = new CommitBell();
  const manifests = new PublishedManifests(dataSource, new ManifestBell());
  const redis = new RedisKeeper(settings, dataSource, sources, manifests, commits);
  return {
    dataSource,
    sources,
    door: new Door(dataSource, new TouchedChunks(sources), commits, new WriteCounters()),
    publisher: new Publisher(dataSource, sources, manifests, redis),
  };
}

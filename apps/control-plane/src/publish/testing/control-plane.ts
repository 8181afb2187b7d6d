/** The publishing half of a control plane, put together by hand: the door and what follows it. */
import type { DataSource } from 'typeorm';
import type { Change } from '../../change/change.js';
import { CommitBell } from '../../change/commit-bell.js';
import { Door } from '../../change/door.js';
import { WriteCounters } from '../../change/write-counters.js';
import { ChunkSources } from '../chunk-sources.js';
import { ManifestBell } from '../manifest-bell.js';
import { PublishedManifests } from '../published-manifests.js';
import { Publisher } from '../publisher.js';
import { RedisKeeper } from '../redis-keeper.js';
import type { SnapshotSettings } from '../snapshot-settings.js';
import { TouchedChunks } from '../touched-chunks.js';
import { testActor, testSettings } from './scratch-store.js';

export function createPublishing(dataSource: DataSource, settings: Partial<SnapshotSettings> = {}) {
  const all: SnapshotSettings = { ...testSettings, ...settings };
  const sources = new ChunkSources(all);
  const commits = new CommitBell();
  const bell = new ManifestBell();
  const manifests = new PublishedManifests(dataSource, bell);
  const redis = new RedisKeeper(all, dataSource, sources, manifests, commits);
  const door = new Door(dataSource, new TouchedChunks(sources), commits, new WriteCounters());
  const publisher = new Publisher(dataSource, sources, manifests, redis);
  return {
    sources,
    manifests,
    bell,
    redis,
    publisher,
    door,
    /** A write that runs one statement and touches the given keys. */
    write(touched: Record<string, string[]>, work: (change: Change) => Promise<unknown> = async () => {}) {
      return door.write(testActor, async (change) => {
        await work(change);
        for (const [instanceId, keys] of Object.entries(touched)) for (const key of keys) change.touch(instanceId, key);
        change.audit('test.write', 'instance', 'i1');
      });
    },
  };
}

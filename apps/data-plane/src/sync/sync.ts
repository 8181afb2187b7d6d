/** Follows an instance: when to look, and what is put together for it. */
import { setTimeout as pause } from 'node:timers/promises';
import { ControlPlaneClient } from './control-plane-client.js';
import { Disk } from './disk.js';
import { EventStream } from './event-stream.js';
import { type Copy, Follower } from './follower.js';
import { Ladder } from './ladder.js';
import { type Sync, type SyncOptions, TIMING } from './options.js';
import { RedisFeed } from './redis-feed.js';
import { Reporter } from './reporter.js';
import { Saver } from './saver.js';
import { Troubles } from './troubles.js';

/** How long a start waits for Redis before it goes on without. */
const REDIS_AT_START_MS = 1000;

/**
 * Resolves when a first snapshot runs, or when none could be had yet: then it goes on trying. Never rejects, and never throws
 * out of a timer.
 */
export async function startSync(options: SyncOptions): Promise<Sync> {
  const timing = { ...TIMING, ...options.timing };
  const stopping = new AbortController();
  const { signal } = stopping;
  const troubles = new Troubles(options.logger, signal);
  const controlPlane = new ControlPlaneClient(options.controlPlaneUrl, options.nodeToken, signal);
  const disk = new Disk(options.dataDir, options.instance);
  let keepsCopy = options.keepsCopy ?? true;
  const saver = new Saver(disk, options.clock, troubles, signal);
  const jittered = () => timing.pollMs * (0.7 + 0.6 * options.clock.random());

  let redisWasTried = () => {};
  const redisTried = new Promise<void>((resolve) => {
    redisWasTried = resolve;
  });
  const redis =
    options.redisUrl === null
      ? null
      : new RedisFeed(options.redisUrl, options.redisPrefix, {
          onReady() {
            redisWasTried();
            troubles.works('Redis');
            stream.close();
            void follower.pull();
          },
          onDoorbell: () => void follower.pull(),
          onLost(error) {
            redisWasTried();
            if (signal.aborted) return;
            troubles.failed('Redis', error);
            stream.open();
          },
        });
  const counters = { applied: 0, refused: 0, applyMs: 0 };
  const ladder = new Ladder(options, redis, controlPlane, troubles, counters);
  const sources = {
    redis: {
      get: async (hash: string) => (redis?.isReady === true ? redis.chunk(hash) : null),
      async damaged(hash: string) {
        troubles.failed(CHUNKS_IN_REDIS, new Error(`chunk ${hash} is not what its name says`));
        await redis?.dropChunk(hash);
      },
    },
    http: { get: (hash: string, instanceId: string) => controlPlane.chunk(instanceId, hash) },
    disk: { get: (hash: string) => disk.chunk(hash), damaged: (hash: string) => disk.drop(hash) },
  };
  const follower = new Follower(
    options,
    timing.staleAfterMs,
    ladder,
    sources,
    troubles,
    {
      onApplied(running) {
        troubles.works(CHUNKS_IN_REDIS);
        redis?.follow(running.manifest.instance);
        if (keepsCopy) saver.save(running);
      },
      onChange: () => void reporter.report(),
    },
    signal,
    counters,
  );
  const reporter = new Reporter(options.node, () => ladder.instanceId, follower, controlPlane, troubles, signal);
  const stream = new EventStream(
    controlPlane,
    () => ladder.instanceId ?? options.instance,
    () => void follower.pull({ askControlPlane: true }),
    jittered,
    troubles,
  );

  if (redis !== null) await Promise.race([redisTried, pause(REDIS_AT_START_MS)]);
  follower.remember(await copiesOn(disk, ladder, troubles));
  await follower.pull({ askControlPlane: true });
  // The last rung.
  if (follower.running === null) await follower.installCopy();

  if (redis === null) stream.open();
  let poll = setTimeout(look, jittered()).unref();
  function look(): void {
    void follower.pull();
    poll = setTimeout(look, jittered()).unref();
  }
  const ask = setInterval(() => {
    void follower.pull({ askControlPlane: true });
    const { running, unconfirmedMs } = follower.status();
    if (running === null || !keepsCopy || unconfirmedMs > timing.askMs) return;
    // What is not there, because the disk was full or somebody took the folder away, is written now.
    disk.confirm(running, options.clock.now()).catch(() => follower.running && saver.save(follower.running));
  }, timing.askMs).unref();
  const heartbeat = setInterval(() => void reporter.report(), timing.heartbeatMs).unref();

  return {
    status: () => follower.status(),
    keepCopy() {
      keepsCopy = true;
      if (follower.running !== null) saver.save(follower.running);
    },
    async stop() {
      clearTimeout(poll);
      clearInterval(ask);
      clearInterval(heartbeat);
      await reporter.leave();
      stopping.abort();
      stream.close();
      redis?.close();
      await controlPlane.close();
      await saver.idle();
    },
  };
}

const CHUNKS_IN_REDIS = 'Reading chunks from Redis';
const READING = 'Reading the snapshot on disk';

/** What is signed of what lies there, newest first. */
async function copiesOn(disk: Disk, ladder: Ladder, troubles: Troubles): Promise<Copy[]> {
  const copies: Copy[] = [];
  try {
    for (const { packed, confirmedAt } of await disk.manifests()) {
      try {
        copies.push({ candidate: ladder.open(packed, 'disk', null), confirmedAt });
      } catch (error) {
        troubles.failed(READING, error);
      }
    }
  } catch (error) {
    troubles.failed(READING, error);
  }
  return copies;
}

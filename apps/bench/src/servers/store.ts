/** Starts a data plane whose store holds a number of generated APIs, and says what loading them took. */
import { setTimeout as later } from 'node:timers/promises';
import type { Bed, Server } from '../bed.js';
import { CONTENDERS, type ServerName, STORE_SIZES } from '../contenders.js';
import { untilRight } from '../probe.js';
import { cpuMicroseconds, residentBytes } from '../proc.js';
import { instanceChunks } from '../stores/chunks.js';
import { manyApis } from '../stores/many-apis.js';
import { pluginApis } from '../stores/plugins.js';
import { publish } from '../stores/publisher.js';
import { startDataPlane } from './data-plane.js';

/** Generous: a store of 100,000 APIs is parsed and compiled before the first answer. */
const START_MS = 300_000;

/** Idle is: at most a twentieth of a core, in so many samples one after the other. */
const QUIET_SAMPLES = 3;
const SAMPLE_MS = 1000;
const IDLE_WITHIN_MS = 300_000;

export async function startStore(bed: Bed, name: ServerName, nodeArgs: readonly string[]): Promise<Server> {
  const apis = STORE_SIZES[name];
  const environment = await publish((keys) => ({
    ...instanceChunks(keys, []),
    ...(apis === undefined
      ? pluginApis(bed.origin.port, (path, text) => keys.seal(path, text))
      : manyApis(apis, bed.origin.port)),
  }));
  const startedAt = performance.now();
  const server = await startDataPlane(bed, {
    name,
    environment,
    nodeArgs,
    untilRight: async (port, hasEnded) => {
      for (const contender of CONTENDERS) {
        if (contender.server === name) await untilRight(contender, port, START_MS, hasEnded);
      }
    },
  });
  const firstAnswerMs = performance.now() - startedAt;
  await untilIdle(server.pid);
  return { ...server, loading: { firstAnswerMs, residentBytes: residentBytes(server.pid) } };
}

/** A large store is written to disk after it is in force: that is not to be measured with the requests. */
async function untilIdle(pid: number): Promise<void> {
  const end = Date.now() + IDLE_WITHIN_MS;
  for (let quiet = 0; quiet < QUIET_SAMPLES; ) {
    const before = cpuMicroseconds(pid);
    await later(SAMPLE_MS);
    quiet = cpuMicroseconds(pid) - before <= (SAMPLE_MS * 1000) / 20 ? quiet + 1 : 0;
    if (Date.now() > end) throw new Error(`the data plane is still at work ${IDLE_WITHIN_MS / 1000} s after its first answer`);
  }
}

/** Starts a data plane whose store holds a number of generated APIs, and says what loading them took. */
import type { Bed, Server } from '../bed.js';
import { CONTENDERS, type ServerName, STORE_SIZES } from '../contenders.js';
import { untilRight } from '../probe.js';
import { residentBytes } from '../proc.js';
import { instanceChunks } from '../stores/chunks.js';
import { manyApis } from '../stores/many-apis.js';
import { publish } from '../stores/publisher.js';
import { startDataPlane } from './data-plane.js';

/** Generous: a store of 100,000 APIs is parsed and compiled before the first answer. */
const START_MS = 300_000;

export async function startStore(bed: Bed, name: ServerName, nodeArgs: readonly string[]): Promise<Server> {
  const apis = STORE_SIZES[name] ?? 0;
  const environment = await publish((keys) => ({ ...instanceChunks(keys, []), ...manyApis(apis, bed.origin.port) }));
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
  const loading = { firstAnswerMs: performance.now() - startedAt, residentBytes: residentBytes(server.pid) };
  return { ...server, loading };
}

/** A data plane in a process of its own, for the fuzzer: says what it listens on, measures itself, and hands over its log. */
import { setTimeout as later } from 'node:timers/promises';
import { startPlane } from '../testing/start-plane.js';
import type { LogLine } from './fuzz.js';

/** What the fuzzer asks for, and what it gets. */
export type Ask = 'memory' | 'stop';
export interface Started {
  readonly publicPort: number;
  readonly internalPort: number;
}
export interface Memory {
  readonly rssBytes: number;
  readonly heapBytes: number;
}
export interface Stopped {
  readonly failures: readonly string[];
  readonly log: readonly LogLine[];
}

const address = process.argv[2] ?? '';
const plane = await startPlane({ program: { apis: [{ backend: { type: 'HTTP', address, path: '/*' } }] } });

process.on('message', async (ask: Ask) => {
  if (ask === 'memory') {
    for (let round = 0; round < 3; round++) {
      globalThis.gc?.();
      await later(50);
    }
    const { rss, heapUsed } = process.memoryUsage();
    process.send?.({ rssBytes: rss, heapBytes: heapUsed } satisfies Memory);
    return;
  }
  await plane.untilMetric('causeway_running_requests', 0);
  const { failures } = plane;
  const log = (await plane.stopAndReadLog()) as unknown as LogLine[];
  const compared = log.map(({ requestId, clientIp, httpMethod, httpPath, requestSize, statusCode }) => ({
    requestId,
    clientIp,
    httpMethod,
    httpPath,
    requestSize,
    statusCode,
  }));
  process.send?.({ failures, log: compared } satisfies Stopped, () => process.exit(0));
});
process.send?.({ publicPort: plane.publicPort, internalPort: plane.internalPort } satisfies Started);

/** For each test of a suite: an HTTP origin of its own, and nodes that are stopped afterwards. */
import { afterEach, beforeEach } from '@jest/globals';
import { HttpOrigin } from './origin.js';
import { startNode } from './start-node.js';

export function originPerTest() {
  const ends: (() => Promise<unknown>)[] = [];
  const bed = {
    http: new HttpOrigin(),
    controlPlaneUrl: '',
    /** Runs after the test, the last one first. */
    after: (end: () => Promise<unknown>) => ends.push(end),
    async start(options: Parameters<typeof startNode>[0] = {}) {
      const node = await startNode({ controlPlaneUrl: bed.controlPlaneUrl, ...options });
      ends.push(node.remove);
      return node;
    },
  };
  beforeEach(async () => {
    bed.http = new HttpOrigin();
    bed.controlPlaneUrl = await bed.http.start();
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
    await bed.http.stop();
  });
  return bed;
}

/** One byte of a document is another. */
export function flipped(packed: Buffer): Buffer {
  const copy = Buffer.from(packed);
  copy[copy.length >> 1] = (copy[copy.length >> 1] ?? 0) ^ 1;
  return copy;
}

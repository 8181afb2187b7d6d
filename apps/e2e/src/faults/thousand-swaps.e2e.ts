/** A thousand swaps under load on two nodes: no request fails or is misrouted, signed internal calls included. */
import { postgresUrl } from '@causeway/test-stores';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { APPLIED, metric } from './kit/metric.js';
import { hasRedisServer } from './kit/own-redis.js';
import { editAll, inForce, tellSeen } from './kit/rounds.js';
import { setScene } from './kit/scene.js';
import { startTraffic } from './kit/traffic.js';
import type { Scene } from './kit/withstand.js';

const stories = hasRedisServer && postgresUrl ? describe : describe.skip;
const SWAPS = 1000;
/** What a machine that has other things to do may need. */
const WITHIN_MS = 240_000;

stories('two nodes under load', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await setScene({ nodes: 2 });
  }, 120_000);
  afterAll(() => scene?.bed.stop(), 60_000);

  it('swap a thousand times, and no client notices', async () => {
    const swaps = () => Promise.all(scene.bed.nodes.map((node) => metric(node, APPLIED)));
    const before = await swaps();
    const since = async () => (await swaps()).map((count, n) => count - (before[n] ?? 0));
    const traffic = startTraffic(scene.bed.nodes, scene.slots, scene.calls);
    const begun = performance.now();
    // Revisions that come together are swapped in together: what counts is what the nodes did.
    while (Math.min(...(await since())) < SWAPS && performance.now() - begun < WITHIN_MS) await editAll(scene);
    const tookMs = performance.now() - begun;
    await inForce(scene, traffic);
    await traffic.turn();
    await traffic.stop();
    const counts = await since();
    tellSeen(`${SWAPS} swaps on each of two nodes, under load`, traffic.counted, {
      swaps: counts.join(' and '),
      edits: scene.slots.reduce((sum, { acknowledged }) => sum + acknowledged, 0),
      'took s': tookMs / 1000,
      'requests a second': (traffic.counted.requests / tookMs) * 1000,
    });
    expect(traffic.counted).toMatchObject({ failures: new Map(), wrong: [] });
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(SWAPS);
  }, 300_000);
});

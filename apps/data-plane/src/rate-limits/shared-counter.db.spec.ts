/** Requests a second counted over all nodes, and while Redis is away. */
import { randomUUID } from 'node:crypto';
import { createRedisRelay, describeWithRedis, type RedisRelay, redisUrl } from '@causeway/test-stores';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { ask, get } from '../testing/client.js';
import { startPlane } from '../testing/start-plane.js';
import { LocalCounter } from './local-counter.js';
import { RateLimitCounters } from './request-counter.js';
import { SharedCounter } from './shared-counter.js';

describeWithRedis('requests counted in Redis', () => {
  let relay: RedisRelay;
  let nodes: SharedCounter[];
  let key: string;

  beforeEach(async () => {
    nodes = [];
    key = `causeway-test-${randomUUID()}`;
    relay = await createRedisRelay(redisUrl ?? '');
  });
  afterEach(async () => {
    for (const node of nodes) node.close();
    await relay.stop();
  });

  async function openNode() {
    const counters = new RateLimitCounters();
    const told: (string | null)[] = [];
    const shared = new SharedCounter(relay.url, new LocalCounter(counters), counters, (reason) => told.push(reason));
    nodes.push(shared);
    const node = { shared, counters, told, reached: () => reached(shared, counters) };
    await node.reached();
    return node;
  }

  /** Counts other requests until Redis does it: the connection is made in the background. */
  async function reached(shared: SharedCounter, counters: RateLimitCounters): Promise<void> {
    const before = counters.shared;
    while (counters.shared === before) {
      await shared.take(`causeway-test-${randomUUID()}`, 10);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  it('pass up to the limit on all nodes together', async () => {
    const [one, two] = [await openNode(), await openNode()];
    const waits = await Promise.all(Array.from({ length: 20 }, (_, n) => (n % 2 ? one : two).shared.take(key, 7)));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(7);
    for (const wait of waits) expect(wait).toBeLessThanOrEqual(1000);
  });

  it('pass again in the next second', async () => {
    const node = await openNode();
    expect(await node.shared.take(key, 1)).toBe(0);
    expect(await node.shared.take(key, 1)).toBeGreaterThan(0);
    while ((await node.shared.take(key, 1)) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  it('do not ask Redis again once the second’s requests are spent', async () => {
    const node = await openNode();
    expect(await node.shared.take(key, 1)).toBe(0);
    relay.hang();
    expect(await node.shared.take(key, 1)).toBeGreaterThan(0);
    expect(node.counters.redisFailures).toBe(0);
  });

  it('of a group are limited on two data planes together', async () => {
    const apis = [{ backend: { type: 'MOCK' as const } }];
    const start = () =>
      startPlane({
        program: { apis, group: { trafficLimit: 1_000_000 } },
        environment: { REDIS_URL: relay.url, CAUSEWAY_REDIS_PREFIX: key },
      });
    const planes = [await start(), await start()];
    for (const plane of planes)
      while ((await plane.metric('causeway_rate_limits_total{outcome="shared"}')) === 0) await ask(plane.publicPort, get('/a'));
    // Another id: nothing was counted for that one yet.
    for (const plane of planes) await plane.apply({ apis, group: { trafficLimit: 3 }, instance: { id: 'i2' } });
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => ask(planes[n % 2]!.publicPort, get('/a'))));
    expect(answers.filter(({ start }) => start === 'HTTP/1.1 200 OK')).toHaveLength(3);
    for (const plane of planes) await plane.stop();
  });

  it('are limited by each node alone while Redis is stopped, and together again after', async () => {
    const node = await openNode();
    await relay.stop();
    expect(await node.shared.take(key, 1)).toBe(0);
    expect(await node.shared.take(key, 1)).toBeGreaterThan(0);
    expect(node.told.filter((reason) => reason !== null)).toHaveLength(1);
    await relay.start();
    await node.reached();
    expect(node.told.at(-1)).toBe(null);
  });

  it('wait no longer than a moment while Redis hangs, and only the first ones at all', async () => {
    const node = await openNode();
    relay.hang();
    const startedMs = performance.now();
    for (let n = 0; n < 100; n++) expect(await node.shared.take(`${key} ${n}`, 1)).toBe(0);
    expect(performance.now() - startedMs).toBeLessThan(1000);
    expect(node.counters.redisFailures).toBe(1);
    relay.goOn();
    await node.reached();
  });
});

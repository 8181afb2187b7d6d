/** What several nodes admit together, and what each does while Redis is away (plugins, section 5.1). */
import { randomUUID } from 'node:crypto';
import { createRedisRelay, describeWithRedis, type RedisRelay, redisUrl } from '@causeway/test-stores';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { RedisLink } from '../redis-link.js';
import { until } from '../testing/until.js';
import { LocalLimits } from './local-limits.js';
import { SharedLimits } from './shared-limits.js';

const DAY_MS = 86_400_000;

describeWithRedis('limits of several nodes', () => {
  let relay: RedisRelay;
  let prefix: string;
  let opened: Array<{ close(): void }>;

  beforeEach(async () => {
    opened = [];
    prefix = `causeway-test-${randomUUID()}`;
    relay = await createRedisRelay(redisUrl ?? '');
  });
  afterEach(async () => {
    for (const each of opened) each.close();
    await relay.stop();
  });

  async function openNode(nodeId: string) {
    // What a loaded machine takes longer for is not to look like a Redis that is away.
    const link = new RedisLink(relay.url, () => {}, 20_000);
    const limits = new SharedLimits({ link, prefix, nodeId, instanceId: () => 'i1' }, new LocalLimits());
    opened.push(limits, link);
    await until(() => link.answers, 'Redis answers');
    return limits;
  }

  const counter = (key: string, limit: number) => ({ key, limit, windowMs: DAY_MS });

  it('are never passed by all together, whoever asks at once', async () => {
    const nodes = [await openNode('a'), await openNode('b')];
    const taken = await Promise.all(Array.from({ length: 300 }, (_, n) => nodes[n % 2]!.take([counter('k', 100)])));
    expect(taken.filter((refused) => refused === null)).toHaveLength(100);
    for (const refused of taken) if (refused !== null) expect(refused.retryAfterMs).toBeLessThanOrEqual(DAY_MS);
  });

  it('charge all counters of a request, or none', async () => {
    const node = await openNode('a');
    const all = [counter('wide', 10), counter('narrow', 2)];
    expect([await node.take(all), await node.take(all)]).toEqual([null, null]);
    for (let n = 0; n < 5; n++) expect(await node.take(all)).toMatchObject({ at: 1 });
    const left = await Promise.all(Array.from({ length: 10 }, () => node.take([counter('wide', 10)])));
    expect(left.filter((refused) => refused === null)).toHaveLength(8);
  });

  it('have room again at once when they are raised', async () => {
    const node = await openNode('a');
    expect([await node.take([counter('k', 1)]), await node.take([counter('k', 1)])]).toMatchObject([null, { at: 0 }]);
    expect(await node.take([counter('k', 2)])).toBeNull();
  });

  it('are shared out among the nodes that were there when Redis went away, and shared again when it is back', async () => {
    const nodes = [await openNode('a'), await openNode('b')];
    for (const node of [...nodes, ...nodes]) await node.show();
    await relay.stop();
    const admitted = async (node: SharedLimits, key: string) => {
      const taken = await Promise.all(Array.from({ length: 20 }, () => node.take([counter(key, 10)])));
      return taken.filter((refused) => refused === null).length;
    };
    expect([await admitted(nodes[0]!, 'away'), await admitted(nodes[1]!, 'away')]).toEqual([5, 5]);
    await relay.start();
    let round = 0;
    await until(async () => {
      const key = `back-${round++}`;
      return (await admitted(nodes[0]!, key)) + (await admitted(nodes[1]!, key)) === 10;
    }, 'both nodes count together');
  });
});

/** Nodes of one instance count failures together, and each for itself while Redis is away (plugins, section 5.12). */
import { randomUUID } from 'node:crypto';
import type { BreakerSettings } from '@causeway/plugins';
import { createRedisRelay, describeWithRedis, type RedisRelay, redisUrl } from '@causeway/test-stores';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { RedisLink } from '../redis-link.js';
import { until } from '../testing/until.js';
import { Breakers } from './breakers.js';

const settings: BreakerSettings = { threshold: 4, windowSeconds: 30, openSeconds: 15 };

describeWithRedis('circuit breakers of several nodes', () => {
  let relay: RedisRelay;
  let prefix: string;
  let links: RedisLink[];

  beforeEach(async () => {
    links = [];
    prefix = `causeway-test-${randomUUID()}`;
    relay = await createRedisRelay(redisUrl ?? '');
  });
  afterEach(async () => {
    for (const link of links) link.close();
    await relay.stop();
  });

  async function openNode(instanceId = 'i1') {
    const link = new RedisLink(relay.url, () => {}, 20_000);
    links.push(link);
    await until(() => link.answers, 'Redis answers');
    return new Breakers({ link, prefix }, () => instanceId);
  }

  it('open when the failures of all reach the threshold, at the first that a node has then', async () => {
    const [one, two, other] = [await openNode(), await openNode(), await openNode('i2')];
    const fail = (node: Breakers) => node.settle('api/RELEASE/', 'call', 'failed', settings);
    fail(one);
    fail(one);
    fail(two);
    await until(() => sumIs(3), 'three failures are counted');
    expect([one.enter('api/RELEASE/'), two.enter('api/RELEASE/')]).toEqual(['call', 'call']);
    fail(two);
    await until(() => two.notClosed === 1, 'the second node opens');
    expect(one.notClosed).toBe(0);
    fail(one);
    await until(() => one.notClosed === 1, 'the first node opens');
    fail(other);
    expect([one, two, other].map((node) => node.enter('api/RELEASE/'))).toEqual(['open', 'open', 'call']);
    expect([one, two, other].map((node) => node.enter('another/RELEASE/'))).toEqual(['call', 'call', 'call']);
  });

  async function sumIs(count: number): Promise<boolean> {
    const all = await links[0]!.client.hGetAll(`${prefix}:failures:i1:api/RELEASE/`);
    return Object.values(all).reduce((sum, each) => sum + Number(each), 0) === count;
  }

  it('leave nothing in Redis when the window is over', async () => {
    const node = await openNode();
    node.settle('api/RELEASE/', 'call', 'failed', settings);
    await until(() => sumIs(1), 'a failure is counted');
    const seconds = await links[0]!.client.ttl(`${prefix}:failures:i1:api/RELEASE/`);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(settings.windowSeconds);
  });

  it('open by what each saw itself while Redis is away', async () => {
    const node = await openNode();
    await relay.stop();
    for (let n = 0; n < settings.threshold; n++) node.settle('api/RELEASE/', 'call', 'failed', settings);
    expect(node.enter('api/RELEASE/')).toBe('open');
  });
});

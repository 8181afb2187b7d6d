/** Nonces are known to all nodes while Redis answers, and judged by the setting while it does not. */
import { randomUUID } from 'node:crypto';
import type { NonceOutcome } from '@causeway/engine';
import { createRedisRelay, describeWithRedis, type RedisRelay, redisUrl } from '@causeway/test-stores';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createClient } from '@redis/client';
import { type OpenNonces, openNonces } from './open-nonces.js';
import type { WhenRedisIsAway } from './redis-nonces.js';

const KEEP_MS = 15 * 60_000;

describeWithRedis('nonces in Redis', () => {
  const prefix = `causeway-test-${randomUUID()}`;
  let relay: RedisRelay;
  let opened: OpenNonces[];

  beforeEach(async () => {
    opened = [];
    relay = await createRedisRelay(redisUrl ?? '');
  });
  afterEach(async () => {
    for (const each of opened) each.close();
    await relay.stop();
    const redis = await createClient({ url: redisUrl ?? '' }).connect();
    const keys = await redis.keys(`${prefix}:*`);
    if (keys.length > 0) await redis.del(keys);
    redis.destroy();
  });

  async function openNode(whenAway: WhenRedisIsAway = 'auto') {
    const told: (string | null)[] = [];
    const settings = { redisUrl: relay.url, redisPrefix: prefix, nonceWhenRedisIsAway: whenAway, limits: { nonces: 1000 } };
    const nonces = openNonces(settings, (reason) => told.push(reason));
    opened.push(nonces);
    const use = async (nonce: string, forced = false, keepMs = KEEP_MS): Promise<NonceOutcome> =>
      nonces.store.use('KEY', nonce, Date.now() + keepMs, forced);
    const node = { ...nonces, told, use, reached: () => reached(node) };
    await node.reached();
    return node;
  }

  /** Asks with new nonces until Redis decides on one: the connection is made in the background. */
  async function reached(node: OpenNonces & { use(nonce: string): Promise<NonceOutcome> }): Promise<void> {
    const before = node.counters.shared;
    while (node.counters.shared === before) {
      await node.use(randomUUID());
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  it('pass once on all nodes together', async () => {
    const [one, two] = [await openNode(), await openNode()];
    expect(await one.use('n')).toBe('fresh');
    expect(await two.use('n')).toBe('used');
    expect(await one.use('n', true)).toBe('used');
  });

  it('let one of many at once pass', async () => {
    const nodes = [await openNode(), await openNode()];
    const outcomes = await Promise.all(Array.from({ length: 50 }, (_, n) => nodes[n % 2]?.use('n')));
    expect(outcomes.filter((each) => each === 'fresh')).toHaveLength(1);
  });

  it('stand under short keys until their time', async () => {
    const node = await openNode();
    await node.use('x'.repeat(128), false, 20 * 60_000);
    const redis = await createClient({ url: redisUrl ?? '' }).connect();
    const keys = await redis.keys(`${prefix}:*`);
    expect(keys.every((key) => key.length === `${prefix}:nonce:KEY:`.length + 22)).toBe(true);
    const kept = await Promise.all(keys.map((key) => redis.pTTL(key)));
    expect(Math.max(...kept)).toBeGreaterThan(19 * 60_000);
    expect(Math.max(...kept)).toBeLessThanOrEqual(20 * 60_000);
    redis.destroy();
  });

  it('are checked by the node alone, and refused to forced APIs, while Redis is stopped', async () => {
    const node = await openNode();
    await node.use('before');
    await relay.stop();
    expect(await node.use('forced', true)).toBe('unavailable');
    expect([await node.use('n'), await node.use('n')]).toEqual(['fresh', 'used']);
    expect(await node.use('before')).toBe('used');
    expect(node.told.filter((reason) => reason !== null)).toHaveLength(1);
    await relay.start();
    await node.reached();
    expect(await node.use('n')).toBe('used');
    expect(await node.use('forced', true)).toBe('fresh');
    expect(node.told.at(-1)).toBe(null);
    expect(node.counters.unavailable).toBe(1);
  });

  it('and ids of tokens are told apart, by their spaces too, and ids are known to all nodes as well', async () => {
    const [one, two] = [await openNode(), await openNode()];
    const untilMs = Date.now() + 3 * 365 * 86_400_000;
    expect(await one.seen.use('jti:p', 'n', untilMs, true)).toBe('fresh');
    expect(await two.seen.use('jti:p', 'n', untilMs, true)).toBe('used');
    expect(await two.seen.use('jti:q', 'n', untilMs, true)).toBe('fresh');
    expect(await two.use('n')).toBe('fresh');
    await relay.stop();
    expect(await one.seen.use('jti:p', 'm', untilMs, true)).toBe('unavailable');
  });

  it('are checked by the node alone for all APIs with the setting local', async () => {
    const node = await openNode('local');
    await relay.stop();
    expect([await node.use('n', true), await node.use('n', true)]).toEqual(['fresh', 'used']);
  });

  it('are refused to all APIs with the setting refuse', async () => {
    const node = await openNode('refuse');
    await relay.stop();
    expect([await node.use('n', true), await node.use('m')]).toEqual(['unavailable', 'unavailable']);
  });

  it('hold no request for longer than a moment while Redis hangs, and only the first ones at all', async () => {
    const node = await openNode();
    relay.hang();
    const startedMs = performance.now();
    expect(await node.use('first')).toBe('fresh');
    expect(performance.now() - startedMs).toBeLessThan(1000);
    for (let n = 0; n < 100; n++) expect(await node.use(`n${n}`)).toBe('fresh');
    expect(performance.now() - startedMs).toBeLessThan(1000);
    expect(node.counters.redisFailures).toBe(1);
    relay.goOn();
    await node.reached();
    expect(await node.use('first')).toBe('used');
  });
});

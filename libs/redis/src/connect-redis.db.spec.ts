import { createRedisRelay, describeWithRedis, type RedisRelay, redisUrl } from '@causeway/test-stores';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { connectRedis, type RedisClient } from './connect-redis.js';

describeWithRedis('a connection to Redis', () => {
  let relay: RedisRelay;
  let client: RedisClient;
  let lost: string[];

  // `once` of node:events would end with the first error, and errors are what is awaited here.
  const next = (event: string): Promise<void> => new Promise((resolve) => client.once(event, () => resolve()));

  beforeEach(async () => {
    relay = await createRedisRelay(redisUrl ?? '');
    lost = [];
    client = connectRedis(relay.url, ({ message }) => lost.push(message));
    await next('ready');
  });
  afterEach(async () => {
    client.destroy();
    await relay.stop();
  });

  it('is made anew when Redis says nothing any more, however much is written to it', async () => {
    relay.hang();
    const writing = setInterval(() => client.ping().catch(() => {}), 100);
    await next('ready');
    clearInterval(writing);
    expect(lost[0]).toBe('Redis has said nothing for 5 s');
    expect(await client.ping()).toBe('PONG');
  });

  it('stays while Redis answers, also one that only listens', async () => {
    await client.subscribe('nobody', () => {});
    for (let answers = 0; answers < 6; answers++) await next('ping-interval');
    expect(lost).toEqual([]);
    expect(client.isReady).toBe(true);
  });

  it('comes back when Redis does', async () => {
    await relay.stop();
    await expect(client.ping()).rejects.toThrow();
    await relay.start();
    await next('ready');
    expect(await client.ping()).toBe('PONG');
  });
});

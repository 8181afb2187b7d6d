/** A process that is held up itself does not take Redis for away. */
import { once } from 'node:events';
import { setTimeout as delay, setImmediate as untilWritten } from 'node:timers/promises';
import { createRedisRelay, describeWithRedis, type RedisRelay, redisUrl } from '@causeway/test-stores';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { RedisLink } from './redis-link.js';

const ANSWER_MS = 100;

describeWithRedis('a link to Redis', () => {
  let relay: RedisRelay;
  let link: RedisLink;

  beforeEach(async () => {
    relay = await createRedisRelay(redisUrl ?? '');
    link = new RedisLink(relay.url, () => {}, ANSWER_MS);
    await once(link.client, 'ready');
  });
  afterEach(async () => {
    link.close();
    await relay.stop();
  });

  const ask = () => link.ask(() => link.client.ping());

  it.each([
    ['before the question is written', async () => {}],
    ['while the answer is on its way', async () => void (await untilWritten())],
  ])('waits on when the process is held up %s', async (_, begun) => {
    const asked = ask();
    await begun();
    holdUp(3 * ANSWER_MS);
    expect(await asked).toBe('PONG');
    expect(link.failures).toBe(0);
  });

  it('gives up on a Redis that does not answer, and asks it again later', async () => {
    relay.hang();
    const startedMs = performance.now();
    expect(await ask()).toBeNull();
    expect(performance.now() - startedMs).toBeGreaterThan(ANSWER_MS * 0.9);
    expect(await ask()).toBeNull();
    expect(link.failures).toBe(1);
    relay.goOn();
    while ((await ask()) === null) await delay(10);
    expect(link.answers).toBe(true);
  });
});

/** As a garbage collection does, or a machine with too much to do. */
function holdUp(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

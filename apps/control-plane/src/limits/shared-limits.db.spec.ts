/** Control planes count together through Redis, and go on alone without it. */
import { randomBytes } from 'node:crypto';
import { formatKeyring } from '@causeway/snapshot';
import { createRedisRelay, describeOnPostgres, describeWithRedis, type RedisRelay, redisUrl } from '@causeway/test-stores';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { createClient } from '@redis/client';
import { Settings } from '../config.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';

const PATH = '/api/v1/groups';
const LIMIT = 6;
const prefix = `causeway-test-${randomBytes(4).toString('hex')}`;
/** Behind a trusted proxy, another one for each test. */
let client: string;
let clients = 0;
beforeEach(() => {
  client = `198.51.100.${++clients}`;
});

const started: TestApp[] = [];

async function start(environment: Record<string, string> = {}): Promise<TestApp> {
  const app = await startTestApp({
    CAUSEWAY_REDIS_PREFIX: prefix,
    CAUSEWAY_MANAGEMENT_TRUSTED_PROXIES: '127.0.0.0/8',
    CAUSEWAY_LIMITS_FAILED_TOKENS: String(LIMIT),
    ...environment,
  });
  started.push(app);
  return app;
}

/** Another control plane on the database of the first. */
function beside(app: TestApp, environment: Record<string, string> = {}): Promise<TestApp> {
  const { databaseUrl, masterKeys, adminToken, nodeToken } = app.get(Settings);
  return start({
    DATABASE_URL: databaseUrl,
    CAUSEWAY_MASTER_KEY: formatKeyring(masterKeys),
    CAUSEWAY_ADMIN_TOKEN: adminToken,
    CAUSEWAY_NODE_TOKEN: nodeToken,
    ...environment,
  });
}

const ask = (app: TestApp, authorization: string) => app.http.get(PATH).set({ authorization, 'X-Forwarded-For': client });
const statusOf = async (app: TestApp, authorization: string) => (await ask(app, authorization)).status;
const wrong = () => `Bearer cwt_${randomBytes(32).toString('base64url')}`;

describeOnPostgres('two control planes', () => {
  describeWithRedis('with Redis', () => {
    const redis = createClient({ url: redisUrl ?? '' });
    let relay: RedisRelay;
    let one: TestApp;
    let two: TestApp;

    beforeAll(async () => {
      await redis.connect();
      relay = await createRedisRelay(redisUrl ?? '');
      one = await start({ REDIS_URL: relay.url, CAUSEWAY_LIMITS_TOKEN_REQUESTS: '10' });
      two = await start({ REDIS_URL: relay.url, CAUSEWAY_LIMITS_TOKEN_REQUESTS: '10' });
    }, 60_000);
    beforeEach(async () => {
      for (const app of [one, two]) await reached(app);
    });
    afterAll(async () => {
      for (const app of [one, two]) await app.close();
      await relay.stop();
      await forget('*');
      redis.destroy();
    });

    async function forget(pattern: string): Promise<void> {
      const keys = await redis.keys(`${prefix}:${pattern}`);
      if (keys.length > 0) await redis.del(keys);
    }

    /** Asks until it is counted in Redis: the connection is made in the background. */
    async function reached(app: TestApp): Promise<void> {
      await forget('limits:token-requests:*');
      while ((await redis.keys(`${prefix}:limits:token-requests:*`)).length === 0) {
        const status = await statusOf(app, app.admin);
        // What the process has counted alone may have come to its limit.
        expect([200, 429]).toContain(status);
      }
      await forget('limits:token-requests:*');
    }

    /** Lines of several applications in one process may all go to the logger of one. */
    const linesWith = (...texts: string[]) =>
      [one, two].flatMap((app) => app.log().split('\n')).filter((line) => texts.every((text) => line.includes(text)));

    it('refuse an address after its failures on both together', async () => {
      for (let n = 0; n < LIMIT / 2; n++) for (const app of [one, two]) expect(await statusOf(app, wrong())).toBe(401);
      for (const app of [one, two]) {
        const { body, headers } = await ask(app, wrong()).expect(429);
        expect(body.code).toBe('TooManyFailedTokens');
        expect(Number(headers['retry-after'])).toBeGreaterThan(290);
        // Was good from there before the failures.
        await ask(app, app.admin).expect(200);
      }
      expect(linesWith('"failed-tokens"', client)).toHaveLength(1);
    });

    it('give no more than the limit to guesses that come all at once', async () => {
      const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => statusOf(n % 2 ? one : two, wrong())));
      expect(answers.filter((status) => status === 401)).toHaveLength(LIMIT);
    });

    it('hold no token and no hash of one in Redis', async () => {
      await forget('limits:*');
      await ask(one, wrong()).expect(401);
      await ask(one, one.admin).expect(200);
      const keys = await redis.keys(`${prefix}:limits:*`);
      const names = [`failed-tokens:${client}`, 'token-requests:bootstrap'];
      expect(keys.sort()).toEqual(names.map((name) => `${prefix}:limits:${name}`));
      for (const key of keys) expect(await redis.ttl(key)).toBeGreaterThan(0);
    });

    it('count alone while Redis is stopped, and together again after', async () => {
      await relay.stop();
      for (const app of [one, two]) {
        await ask(app, app.admin).expect(200);
        for (let n = 0; n < LIMIT; n++) expect(await statusOf(app, wrong())).toBe(401);
        expect(await statusOf(app, wrong())).toBe(429);
        await ask(app, app.admin).expect(200);
      }
      expect(linesWith('Redis is away, each control plane counts limits for itself')).toHaveLength(2);
      await relay.start();
      for (const app of [one, two]) await reached(app);
      expect(linesWith('Redis answers again')).toHaveLength(2);
      for (let n = 0; n < LIMIT / 2; n++) for (const app of [one, two]) expect(await statusOf(app, wrong())).toBe(401);
      for (const app of [one, two]) expect(await statusOf(app, wrong())).toBe(429);
    });

    it('answer while Redis hangs, and wait for it no longer than a moment', async () => {
      relay.hang();
      const startedMs = performance.now();
      for (let n = 0; n < LIMIT; n++) expect(await statusOf(one, wrong())).toBe(401);
      for (let n = 0; n < 20; n++) expect(await statusOf(one, wrong())).toBe(429);
      expect(performance.now() - startedMs).toBeLessThan(2500);
      relay.goOn();
    });

    it('start and answer where Redis never was', async () => {
      const app = await start({ REDIS_URL: 'redis://127.0.0.1:1', CAUSEWAY_LIMITS_FAILED_TOKENS: '1' });
      await ask(app, app.admin).expect(200);
      await ask(app, wrong()).expect(401);
      await ask(app, wrong()).expect(429);
      await app.close();
    });

    it('count the requests of a token together', async () => {
      const three = await beside(one, { REDIS_URL: relay.url, CAUSEWAY_LIMITS_TOKEN_REQUESTS: '1000' });
      await reached(three);
      const token = await three.token('viewer');
      for (let n = 0; n < 10; n++) expect(await statusOf(n % 2 ? one : three, token)).toBe(200);
      await ask(one, token).expect(429);
      const { headers } = await ask(three, token).expect(200);
      expect(headers['ratelimit-remaining']).toBe('988');
      await three.close();
    });
  });

  it('refuse a token in the next request after one of them has revoked it', async () => {
    const one = await start();
    const two = await beside(one);
    const made = await one.http.post('/api/v1/tokens').set('Authorization', one.admin).send({ name: 'brief', role: 'viewer' });
    const token = `Bearer ${made.body.token}`;
    for (const app of [one, two]) for (let n = 0; n < 3; n++) await ask(app, token).expect(200);
    await one.http.delete(`/api/v1/tokens/${made.body.id}`).set('Authorization', one.admin).expect(204);
    for (const app of [two, one]) await ask(app, token).expect(401);
    for (const app of [two, one]) await app.close();
  });
});

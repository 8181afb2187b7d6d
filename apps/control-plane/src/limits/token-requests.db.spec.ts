/** A token may ask so often, is told how often still, and goes on after a moment. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../testing/test-app.js';

const LIMIT = 6;
const PATH = '/api/v1/groups';
let app: TestApp;

const start = async (environment: Record<string, string> = {}) => {
  app = await startTestApp({
    CAUSEWAY_LIMITS_TOKEN_REQUESTS: String(LIMIT),
    CAUSEWAY_LIMITS_TOKEN_REQUESTS_SECONDS: '60',
    ...environment,
  });
};
afterEach(() => app.close());

const ask = (authorization: string, path = PATH) => app.http.get(path).set({ authorization });

describe('a token', () => {
  it('is told what is left, and refused beyond', async () => {
    await start();
    const token = await app.token('viewer');
    for (let n = 1; n <= LIMIT; n++) {
      const { headers } = await ask(token).expect(200);
      expect(headers).toMatchObject({
        'ratelimit-limit': String(LIMIT),
        'ratelimit-remaining': String(LIMIT - n),
        'ratelimit-policy': `${LIMIT};w=60`,
      });
      expect(Number(headers['ratelimit-reset'])).toBeGreaterThan(50);
      expect(Number(headers['ratelimit-reset'])).toBeLessThanOrEqual(60);
    }
    const { body, headers, type } = await ask(token).expect(429);
    expect([type, body.code]).toEqual(['application/problem+json', 'TooManyRequests']);
    expect(headers['ratelimit-remaining']).toBe('0');
    expect(headers['retry-after']).toBe(headers['ratelimit-reset']);
  });

  it('leaves others what is theirs, and pays for refusals too', async () => {
    await start();
    const [one, other] = [await app.token('viewer'), await app.token('viewer')];
    for (let n = 0; n < LIMIT; n++) await ask(one, '/api/v1/tokens').expect(403);
    await ask(one, '/api/v1/tokens').expect(429);
    await app.http.post(PATH).set({ authorization: one }).send({ name: 'a_group' }).expect(429);
    await ask(other).expect(200);
  });

  it('gets no more by asking at once', async () => {
    await start();
    const token = await app.token('viewer');
    const answers = await Promise.all(Array.from({ length: 40 }, async () => (await ask(token)).status));
    expect(answers.filter((status) => status === 200)).toHaveLength(LIMIT);
    expect(answers.filter((status) => status === 429)).toHaveLength(40 - LIMIT);
  });

  it('goes on when the time is over', async () => {
    await start({ CAUSEWAY_LIMITS_TOKEN_REQUESTS_SECONDS: '1' });
    const token = await app.token('viewer');
    let status: number;
    do status = (await ask(token)).status;
    while (status !== 429);
    do status = (await ask(token)).status;
    while (status === 429);
    expect(status).toBe(200);
  });

  it('is told of in the log once, by its name', async () => {
    await start();
    const token = await app.token('viewer');
    for (let n = 0; n < 2 * LIMIT; n++) await ask(token);
    const lines = app
      .log()
      .split('\n')
      .filter((line) => line.includes('"token-requests"'));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({ event: 'limit', tokenName: expect.stringMatching(/^test-/), count: LIMIT });
    expect(app.log()).not.toContain(token.slice('Bearer '.length));
  });

  it('has no limit where the setting is 0', async () => {
    await start({ CAUSEWAY_LIMITS_TOKEN_REQUESTS: '0' });
    const { headers } = await ask(app.admin).expect(200);
    expect(Object.keys(headers).filter((name) => name.startsWith('ratelimit'))).toEqual([]);
  });

  it('that is refused for its owner’s wrong ones is none of these', async () => {
    await start({ CAUSEWAY_LIMITS_FAILED_TOKENS: '1' });
    await ask('Bearer wrong').expect(401);
    const { headers } = await ask('Bearer wrong').expect(429);
    expect(headers['ratelimit-limit']).toBe(undefined);
  });
});

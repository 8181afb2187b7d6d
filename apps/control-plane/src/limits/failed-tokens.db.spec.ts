/** Who guesses at tokens is refused for a while, and nobody who has shown a good one is refused for it. */
import { randomBytes } from 'node:crypto';
import { describeOnPostgres, postgresUrl } from '@causeway/test-stores';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Settings } from '../config.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';

const LIMIT = 5;
const PATH = '/api/v1/groups';
let app: TestApp;
/** Where requests come from that name nothing else: behind a trusted proxy another address for each test. */
let client: string;
let clients = 0;
beforeEach(() => {
  client = `198.51.100.${++clients}`;
});

const start = async (environment: Record<string, string> = {}) => {
  app = await startTestApp({ CAUSEWAY_LIMITS_FAILED_TOKENS: String(LIMIT), ...environment });
};
const behindProxy = { CAUSEWAY_MANAGEMENT_TRUSTED_PROXIES: '127.0.0.0/8, 10.0.0.0/8' };

const wrong = () => `Bearer cwt_${randomBytes(32).toString('base64url')}`;
const ask = (authorization?: string, from = client, path = PATH) =>
  app.http.get(path).set({ ...(authorization !== undefined && { authorization }), 'X-Forwarded-For': from });
const statusOf = async (authorization?: string, from?: string) => (await ask(authorization, from)).status;

/** @returns the statuses of guesses one after the other */
async function guess(times: number, from?: string): Promise<number[]> {
  const statuses: number[] = [];
  for (let n = 0; n < times; n++) statuses.push(await statusOf(wrong(), from));
  return statuses;
}

describe('an address', () => {
  beforeAll(() => start(behindProxy));
  afterAll(() => app.close());

  it('that has shown too many wrong tokens is told when to come again', async () => {
    expect(await guess(LIMIT)).toEqual(Array(LIMIT).fill(401));
    const { status, body, headers, type } = await ask(wrong());
    expect([status, type, body.code]).toEqual([429, 'application/problem+json', 'TooManyFailedTokens']);
    expect(Number(headers['retry-after'])).toBeGreaterThan(290);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(300);
    expect(headers['www-authenticate']).toBe(undefined);
  });

  it('is judged by what it shows as a token, whatever shape that has', async () => {
    for (const shown of ['', 'Basic YTpi', 'Bearer', 'Bearer a b', `Bearer ${'x'.repeat(5000)}`])
      expect(await statusOf(shown)).toBe(401);
    expect(await statusOf('Basic YTpi')).toBe(429);
  });

  it('may come without a token as often as it likes', async () => {
    for (let n = 0; n < 3 * LIMIT; n++) expect(await statusOf()).toBe(401);
    expect(await statusOf(wrong())).toBe(401);
    await guess(LIMIT);
    expect(await statusOf()).toBe(401);
    await app.http.get('/livez').expect(200);
  });

  it('gets no more guesses by sending them all at once', async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => statusOf(wrong())));
    expect(answers.filter((status) => status === 401)).toHaveLength(LIMIT);
    expect(answers.filter((status) => status === 429)).toHaveLength(60 - LIMIT);
  });

  it('keeps what it had when others from it guess: a token that was good there', async () => {
    const [used, unused] = [await app.token('viewer'), await app.token('viewer')];
    expect(await statusOf(used)).toBe(200);
    await guess(LIMIT - 1);
    expect(await statusOf(unused.replace('Bearer', 'bearer'))).toBe(200);
    await guess(1);
    expect(await guess(1)).toEqual([429]);
    expect(await statusOf(used)).toBe(200);
    // Never shown in this form: whether it is good is not looked up.
    expect(await statusOf(unused)).toBe(429);
  });

  it('loses that with the token', async () => {
    const token = await app.token('viewer');
    await ask(token).expect(200);
    await guess(LIMIT);
    await app.dataSource.query(`UPDATE tokens SET expires_at = now() WHERE name LIKE 'test-%'`);
    // One more failure than the limit: no 401 tells that this one was worth something.
    expect(await statusOf(token)).toBe(429);
    await app.dataSource.query('UPDATE tokens SET expires_at = NULL');
    expect(await statusOf(token)).toBe(429);
  });

  it('has its good tokens at the first time, however many come at once', async () => {
    const tokens = await Promise.all(Array.from({ length: 3 * LIMIT }, () => app.token('viewer')));
    const answers = await Promise.all(tokens.flatMap((token) => [statusOf(token), statusOf(token), statusOf(token)]));
    expect(new Set(answers)).toEqual(new Set([200]));
  });

  it('is told of in the log once, without what it has shown', async () => {
    const shown = wrong();
    for (let n = 0; n < 2 * LIMIT; n++) await ask(shown);
    const lines = app
      .log()
      .split('\n')
      .filter((line) => line.includes('"failed-tokens"') && line.includes(client));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({ event: 'limit', network: client, count: LIMIT, seconds: 300, level: 40 });
    expect(app.log()).not.toContain(shown.slice('Bearer '.length));
  });

  it('counts for itself behind a trusted proxy, which alone can say what it is', async () => {
    await guess(LIMIT);
    expect(await guess(1)).toEqual([429]);
    expect(await guess(1, `192.0.2.1, ${client}, 10.1.1.1`)).toEqual([429]);
    expect(await guess(1, `${client}, 192.0.2.1`)).toEqual([401]);
    expect(await guess(1, '')).toEqual([401]);
  });

  it('of IPv6 counts with all of its /64, and of IPv4 in IPv6 form as what it is', async () => {
    for (let n = 0; n < LIMIT; n++) expect(await guess(1, `2001:db8:0:1::${n}`)).toEqual([401]);
    expect(await guess(1, '2001:DB8:0:1:ffff::1')).toEqual([429]);
    expect(await guess(1, '2001:db8:0:2::1')).toEqual([401]);
    await guess(LIMIT, `::ffff:${client}`);
    expect(await guess(1)).toEqual([429]);
    expect(await guess(1, '::ffff:192.0.2.2')).toEqual([401]);
  });

  it('has no use for a token that was good elsewhere', async () => {
    const token = await app.token('viewer');
    expect(await statusOf(token, '192.0.2.7')).toBe(200);
    await guess(LIMIT, '192.0.2.8');
    expect(await statusOf(token, '192.0.2.8')).toBe(429);
    expect(await statusOf(token, '192.0.2.7')).toBe(200);
  });

  it('is the same on the routes of data planes, whose good tokens stay good', async () => {
    const [instance]: { id: string }[] = await app.dataSource.query('SELECT id FROM instances');
    const manifest = `/internal/v1/instances/${instance?.id}/manifest`;
    const node = `Bearer ${app.get(Settings).nodeToken}`;
    const nodeStatus = async (token: string, path = manifest) => (await ask(token, undefined, path)).status;
    while ((await nodeStatus(node)) !== 200) await new Promise(setImmediate);
    for (let n = 0; n < LIMIT - 1; n++) expect(await nodeStatus(wrong())).toBe(401);
    expect(await nodeStatus(node, '/internal/v1/instances/nobody/manifest')).toBe(404);
    await app.http
      .put('/internal/v1/nodes/n')
      .set({ Authorization: wrong(), 'X-Forwarded-For': client })
      .send({ instance: 'x' })
      .expect(401);
    const { body, headers } = await ask(wrong(), undefined, manifest).expect(429);
    expect(body.code).toBe('TooManyFailedTokens');
    expect(Number(headers['retry-after'])).toBeGreaterThan(290);
    expect(await guess(1)).toEqual([429]);
    expect(await nodeStatus(node)).toBe(200);
    await app.http
      .put('/internal/v1/nodes/n')
      .set({ Authorization: node, 'X-Forwarded-For': client })
      .send({ instance: 'x' })
      .expect(400);
    await app.http.get(manifest).expect(401);
  });
});

describe('an address', () => {
  afterEach(() => app.close());

  it('cannot name another one as its own', async () => {
    await start();
    await guess(LIMIT, '198.51.100.7');
    expect(await guess(1, '198.51.100.8')).toEqual([429]);
  });

  it('may try again when the time is over', async () => {
    await start({ CAUSEWAY_LIMITS_FAILED_TOKENS_SECONDS: '1' });
    const fresh = await app.token('viewer');
    while (!(await guess(LIMIT + 1)).includes(429));
    while ((await statusOf(fresh)) === 429) await new Promise(setImmediate);
    expect(await statusOf(fresh)).toBe(200);
  });

  it('may guess for ever where the setting is 0', async () => {
    await start({ CAUSEWAY_LIMITS_FAILED_TOKENS: '0' });
    expect(new Set(await guess(3 * LIMIT))).toEqual(new Set([401]));
  });
});

describeOnPostgres('whoever is refused', () => {
  afterEach(() => app.close());

  it('is refused without a question to the database', async () => {
    await start();
    await guess(LIMIT);
    const [{ name }] = await app.dataSource.query('SELECT current_database() AS name');
    const server = new pg.Client({ connectionString: postgresUrl });
    await server.connect();
    await server.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await server.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
    expect(await guess(1)).toEqual([429]);
    expect(await statusOf(app.admin)).toBe(429);
    await ask(wrong(), undefined, '/internal/v1/instances/default/manifest').expect(429);
    await server.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    await server.end();
  });
});

/** Whatever a client sends, the answer is a problem that says what is wrong, and never an internal error. */
import { request as openRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../testing/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: { code: string; detail: string; requestId: string; errors?: { path: string; message: string }[] };
}

/** Sends the bytes as they are, which clients that mean well do not let one do. */
function send(method: string, path: string, body?: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = openRequest(`${app.url}${path}`, {
      method,
      headers: { authorization: app.admin, 'content-type': 'application/json', ...headers },
    });
    sent.once('error', reject).once('response', (answer) => {
      const parts: Buffer[] = [];
      answer
        .on('data', (part: Buffer) => parts.push(part))
        .once('end', () => {
          const text = Buffer.concat(parts).toString('utf8');
          resolve({ status: answer.statusCode ?? 0, type: answer.headers['content-type'] ?? '', body: JSON.parse(text || '{}') });
        });
    });
    sent.end(body);
  });
}

const group = '1'.repeat(32);

describe('a body', () => {
  it.each([
    ['that is no JSON', '{"name": '],
    ['with text behind it', '{"name": "good_name"} x'],
    ['that is a bare value', '"good_name"'],
    ['that is a list', '[]'],
    ['that is null', 'null'],
    ['that is not there', undefined],
    ['that is empty', ''],
    ['that is not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['with a NUL character', '{"name": "good_name", "description": "\\u0000"}'],
    ['with half a surrogate pair', '{"name": "good_name", "description": "\\ud800"}'],
    ['with a NUL character in a name of a field', '{"name": "good_name", "a\\u0000": 1}'],
    ['that nests without end', `{"name": "good_name", "network": ${'{"a":'.repeat(60_000)}1${'}'.repeat(60_000)}}`],
    ['of lists that nest without end', `{"name": ${'['.repeat(200_000)}${']'.repeat(200_000)}}`],
    [
      'that would change prototypes',
      '{"name": "good_name", "__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}',
    ],
  ])('%s is refused with 400', async (_, body) => {
    const ofGroup = ['domains', 'stages'].map((resource) => `groups/${group}/${resource}`);
    for (const path of [
      'groups',
      'accounts',
      'tokens',
      'instances',
      'apps',
      'grants',
      'plugins',
      'vpc-accesses',
      'certificates',
      ...ofGroup,
    ]) {
      const answer = await send('POST', `/api/v1/${path}`, body);
      expect([path, answer.status, answer.type]).toEqual([path, 400, 'application/problem+json; charset=utf-8']);
      expect(answer.body).toMatchObject({ code: expect.any(String), requestId: expect.any(String) });
    }
    expect({}).not.toHaveProperty('polluted');
    expect(app.log()).not.toContain('"level":50');
  });

  it('larger than the limit is refused with 413', async () => {
    expect((await send('POST', '/api/v1/plugins', JSON.stringify({ name: 'x'.repeat(1_100_000) }))).status).toBe(413);
  });

  it('of another media type is refused with 415', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml'])
      expect((await send('POST', '/api/v1/groups', 'name=good_name', { 'content-type': type })).status).toBe(415);
  });

  it('in a character set or coding that nobody reads is refused with 415', async () => {
    const odd = { 'content-type': 'application/json; charset=latin-7' };
    expect((await send('POST', '/api/v1/groups', '{"name": "good_name"}', odd)).status).toBe(415);
    expect((await send('POST', '/api/v1/groups', '{}', { 'content-encoding': 'compress' })).status).toBe(415);
  });

  it('with several faults gets all of them named at once', async () => {
    const { status, body } = await send(
      'POST',
      '/api/v1/groups',
      '{"name": 5, "basePath": "x", "network": {"internet": "yes", "a": 1}, "b": null}',
    );
    expect(status).toBe(400);
    expect(new Set(body.errors?.map(({ path }) => path))).toEqual(
      new Set(['name', 'basePath', 'network.internet', 'network.a', 'b']),
    );
  });
});

describe('a path or query', () => {
  it.each([
    ['GET', '/api/v1/nothing', 404],
    ['GET', '/nothing', 404],
    ['GET', `/api/v1/groups/${group}`, 404],
    ['GET', '/api/v1/groups/%00', 4],
    ['GET', '/api/v1/groups/%zz', 400],
    ['GET', '/api/v1/apps/not-a-number', 404],
    ['GET', '/api/v1/apps/99999999999999999999', 404],
    ['GET', '/api/v1/apps/1%00', 404],
    ['GET', '/api/v1/groups?limit=0', 400],
    ['GET', '/api/v1/groups?limit=201', 400],
    ['GET', '/api/v1/groups?limit=1e9', 400],
    ['GET', '/api/v1/groups?limit=x', 400],
    ['GET', '/api/v1/groups?limit=1&limit=2', 400],
    ['GET', '/api/v1/groups?cursor=%00', 400],
    ['GET', '/api/v1/groups?cursor=!!', 400],
    ['GET', '/api/v1/apps?cursor=eA', 400],
    ['GET', '/api/v1/groups?unknown=1', 400],
    ['GET', '/api/v1/grants?appId=x', 4],
    ['GET', '/api/v1/grants?apiId[a]=x', 400],
    ['GET', '/api/v1/grants?stage=%00', 4],
    ['GET', `/api/v1/groups/${group}/domains/%00`, 404],
    ['GET', `/api/v1/groups/${group}/stages/%00`, 4],
    ['GET', `/api/v1/groups/${group}/stages/%00/variables`, 4],
    ['GET', `/api/v1/groups/${group}/domains?cursor=%00`, 4],
    ['GET', '/api/v1/vpc-accesses/%00', 4],
    ['GET', '/api/v1/certificates/%00', 4],
    ['GET', '/api/v1/certificates?name=%00', 400],
    ['PATCH', `/api/v1/groups/${group}/domains/%00`, 404],
    ['GET', '/api/v1/vpc-accesses?name=%00', 400],
    ['POST', '/api/v1/groups?wait=never', 400],
    ['POST', '/api/v1/groups?wait=applied&timeout=-1', 400],
    ['PUT', '/api/v1/groups', 404],
    ['PATCH', `/api/v1/groups/${group}`, 404],
    ['PATCH', `/api/v1/apps/x`, 404],
    ['DELETE', '/api/v1/tokens/%00', 4],
    ['DELETE', '/api/v1/plugins/%00', 4],
  ])('%s %s is answered with %i', async (method, path, status) => {
    const answer = await send(method, path, method === 'GET' || method === 'DELETE' ? undefined : '{"name": "good_name"}');
    // 4 stands for any refusal: whether a NUL makes a name absent or malformed is all the same.
    expect(status === 4 ? Math.floor(answer.status / 100) : answer.status).toBe(status);
    expect(answer.type).toBe('application/problem+json; charset=utf-8');
    expect(app.log()).not.toContain('"level":50');
  });
});

describe('a token', () => {
  it.each([undefined, '', 'Bearer', 'Bearer ', 'Basic YTpi', 'Bearer cwt_wrong', `Bearer ${'x'.repeat(5000)}`, 'Bearer a b'])(
    'such as %j is refused with 401, which says how to show one',
    async (authorization) => {
      const answer = await app.http.get('/api/v1/groups').set(authorization === undefined ? {} : { authorization });
      expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Bearer']);
    },
  );

  it('never reaches the log, nor does any secret', async () => {
    const secret = 'TopSecretOfTheTest';
    const headers = { authorization: app.admin };
    await app.http.post('/api/v1/apps').set(headers).send({ name: 'quiet_app', key: 'QUIETKEY', secret }).expect(201);
    await app.http.post('/api/v1/apps').set(headers).send({ name: 'quiet_app', key: 'QUIETKEY', secret }).expect(409);
    await app.http.post('/api/v1/apps').set(headers).send({ name: 'x', key: 1, secret: { secret } }).expect(400);
    const config = `type: APIGW_FRONTEND\nkey: K\nsecret: ${secret}\n`;
    await app.http
      .post('/api/v1/plugins')
      .set(headers)
      .send({ name: 'quiet_plugin', type: 'backendSignature', config })
      .expect(201);
    await app.http
      .post('/api/v1/plugins')
      .set(headers)
      .send({ name: 'bad_plugin', type: 'backendSignature', config: `${config}more: 1` })
      .expect(422);
    expect(app.log()).toContain('"event":"request"');
    expect(app.log()).not.toContain(secret);
    expect(app.log()).not.toContain(app.admin.slice('Bearer '.length));
  });
});

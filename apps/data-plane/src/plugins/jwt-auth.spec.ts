/** jwtAuth on the wire: claims that reach backends and conditions, keys of another API, for clients and for internal calls (plugins, section 5.4). */
import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { answering, type Backend, ok, startBackend } from '../testing/backend.js';
import { ask, get, post } from '../testing/client.js';
import { type ApiInput, INTERNAL_HOST, idOf, type PluginInput, plainSecret, type SnapshotInput } from '../testing/snapshot.js';
import { type Plane, startPlane } from '../testing/start-plane.js';
import { headerOf, type Message } from '../testing/wire.js';

const SECRET = Buffer.alloc(32, 7);
/** RFC 7515, appendix A.3: an expired token, and its key. */
const RFC_TOKEN =
  'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.' +
  'DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q';
const RFC_KEY = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
};

function token(claims: object): string {
  const text = [{ alg: 'HS256' }, claims].map((each) => Buffer.from(JSON.stringify(each)).toString('base64url')).join('.');
  return `${text}.${createHmac('sha256', SECRET).update(text).digest('base64url')}`;
}
const bearer = (claims: object) => `Authorization: Bearer ${token(claims)}`;

const jwt = (config: object = {}): PluginInput => ({
  id: 'jwt',
  type: 'jwtAuth',
  config: {
    parameter: 'Authorization',
    parameterLocation: 'header',
    jwk: { kty: 'oct', k: plainSecret(SECRET.toString('base64url')) },
    ...config,
  },
});
const claim = (claimName: string, location: string, parameterName: string) => ({ claimName, location, parameterName });

let plane: Plane;
let backend: Backend;

afterEach(async () => {
  if (!plane.stopped) await plane.untilMetric('causeway_running_requests', 0);
  expect(plane.failures).toEqual([]);
  await plane.stop();
  await backend.close();
});

async function start(program: (address: string) => SnapshotInput, environment: Record<string, string> = {}) {
  backend = await startBackend(answering(ok('reached')));
  plane = await startPlane({ program: program(backend.address), environment });
}

const outcome = ({ lines, body }: Message) => headerOf(lines, 'X-Ca-Error-Code') ?? body;
const asked = async (text: string) => outcome(await ask(plane.publicPort, text));

describe.each(['inprocess', 'wire'])('jwtAuth, internal calls %s', (internalCalls) => {
  it.each(['/a', '/through'])(
    'lets tokens pass, and claims reach the backend in place of the client’s own words: %s',
    async (path) => {
      const claims = [claim('sub', 'header', 'X-User'), claim('n', 'query', 'n'), claim('role', 'formData', 'role')];
      await start(
        (address) => ({
          apis: [
            { path: '/a', backend: { type: 'HTTP', address, path: '/b' }, plugins: ['jwt'] },
            { path: '/through', backend: { type: 'HTTP', address: INTERNAL_HOST, path: '/a' } },
          ],
          plugins: [jwt({ claimParameters: claims })],
        }),
        { CAUSEWAY_INTERNAL_CALLS: internalCalls },
      );
      expect(await asked(get(path))).toBe('I400JR');
      const own = ['X-User: root', 'Content-Type: application/x-www-form-urlencoded'];
      const send = (each: object) => asked(post(`${path}?n=9&m=1`, 'role=root&c=d', [...own, bearer(each)]));
      expect(await send({ sub: 'Ünal', n: 5, role: 'a b' })).toBe('reached');
      expect(await send({})).toBe('reached');
      const [first, second] = backend.requests;
      expect([first!.start, first!.body]).toEqual(['POST /b?m=1&n=5 HTTP/1.1', 'c=d&role=a+b']);
      expect(headerOf(first!.lines, 'X-User')).toBe(Buffer.from('Ünal').toString('latin1'));
      // The token is forwarded as any other header.
      expect(headerOf(first!.lines, 'Authorization')).toMatch(/^Bearer ey/);
      expect([second!.start, second!.body, headerOf(second!.lines, 'X-User')]).toEqual([
        'POST /b?m=1 HTTP/1.1',
        'c=d',
        undefined,
      ]);
    },
  );

  it('takes keys of another API, and goes on while that is gone', async () => {
    const keys: ApiInput = { path: '/keys', backend: { type: 'MOCK', body: JSON.stringify({ keys: [RFC_KEY] }) } };
    const own: ApiInput = { path: '/a', backend: { type: 'MOCK', body: 'passed' }, plugins: ['jwt'] };
    const plugins = [jwt({ jwk: undefined, jwksUri: `http://${INTERNAL_HOST}/keys`, ignoreExpirationCheck: true })];
    await start(() => ({ apis: [own, keys], plugins }), { CAUSEWAY_INTERNAL_CALLS: internalCalls });
    const text = get('/a', [`Authorization: ${RFC_TOKEN}`]);
    expect(await asked(text)).toBe('passed');
    await plane.apply({ apis: [{ ...own, backend: { type: 'MOCK', body: 'passed again' } }], plugins });
    expect(await asked(text)).toBe('passed again');
    expect(await asked(get('/a', [`Authorization: ${RFC_TOKEN.slice(0, -4)}AAAA`]))).toBe('A403JT');
  });
});

it('gives claims to conditions, and fills the path of the backend with them', async () => {
  await start((address) => ({
    apis: [
      {
        path: '/users/[id]',
        backend: { type: 'HTTP', address, path: '/u/[id]' },
        parameters: [{ name: 'id', in: 'path', required: true, backend: { name: 'id', in: 'path' } }],
        plugins: ['jwt', 'gate'],
      },
    ],
    plugins: [
      jwt({ claimParameters: [claim('sub', 'path', 'id')] }),
      {
        id: 'gate',
        type: 'accessControl',
        config: { parameters: { tier: 'Token:tier' }, rules: [{ name: 'r', condition: "$tier = 'free'", ifTrue: 'DENY' }] },
      },
    ],
  }));
  expect(await asked(get('/users/root', [bearer({ sub: 'a/b', tier: 'gold' })]))).toBe('reached');
  expect(backend.requests.map(({ start }) => start)).toEqual(['GET /u/a%2Fb HTTP/1.1']);
  expect(await asked(get('/users/root', [bearer({ sub: 'a', tier: 'free' })]))).toBe('A403AC');
  for (const sub of [undefined, '', '..']) expect(await asked(get('/users/root', [bearer({ sub })]))).toBe('I504RB');
});

it('is asked for beside the credentials of an app', async () => {
  await start(() => ({
    apis: [{ path: '/a', auth: 'APP', backend: { type: 'MOCK', body: 'passed' }, plugins: ['jwt'] }],
    plugins: [jwt()],
    keys: { K: 'S' },
  }));
  expect(await asked(get('/a', [bearer({})]))).toBe('A400MA');
});

it('keeps what it saw, and reads its block list anew, when it is edited', async () => {
  const program = (values: string[], body: string): SnapshotInput => ({
    apis: [{ path: '/a', backend: { type: 'MOCK', body }, plugins: ['jwt'] }],
    plugins: [jwt({ preventJtiReplay: true, blockClaimParameterName: 'sub', blockByDataSet: idOf('blocked') })],
    datasets: [{ id: 'blocked', type: 'JWT_BLOCKING', values: ['nobody', ...values] }],
  });
  await start(() => program([], 'passed'));
  const send = (jti: string) => asked(get('/a', [bearer({ jti, sub: 'mallory', exp: Math.floor(Date.now() / 1000) + 3600 })]));
  expect([await send('one'), await send('one')]).toEqual(['passed', 'S403JU']);
  await plane.apply(program([], 'passed again'));
  expect([await send('one'), await send('two')]).toEqual(['S403JU', 'passed again']);
  await plane.apply(program(['mallory'], 'passed'));
  expect(await send('three')).toBe('A403JB');
});

it('of many equal ids at once lets one pass', async () => {
  await start(() => ({
    apis: [{ path: '/a', backend: { type: 'MOCK', body: 'passed' }, plugins: ['jwt'] }],
    plugins: [jwt({ preventJtiReplay: true })],
  }));
  const text = get('/a', [bearer({ jti: 'j' })]);
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => asked(text)));
  expect(outcomes.filter((each) => each === 'passed')).toHaveLength(1);
});

it('writes no token into the log', async () => {
  await start(() => ({ apis: [{ path: '/a', backend: { type: 'MOCK' }, plugins: ['jwt'] }], plugins: [jwt()] }));
  const shown = token({ sub: 'a' });
  await ask(plane.publicPort, get('/a', [`Authorization: Bearer ${shown}`]));
  await ask(plane.publicPort, get('/a', [`Authorization: Bearer ${shown}x`]));
  const log = await plane.stopAndReadLog();
  expect(log).toHaveLength(2);
  expect(JSON.stringify(log)).not.toContain(shown.split('.')[1]);
});

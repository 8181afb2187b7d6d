/** accessControl on the wire: after parameters are read, before the backend, for callees as for anybody (plugins, section 5.7). */
import { afterEach, describe, expect, it } from '@jest/globals';
import { answering, type Backend, ok, startBackend } from '../testing/backend.js';
import { ask, get, post } from '../testing/client.js';
import { type ApiInput, INTERNAL_HOST } from '../testing/snapshot.js';
import { type Plane, startPlane } from '../testing/start-plane.js';
import { headerOf } from '../testing/wire.js';

let plane: Plane;
let backend: Backend;

afterEach(async () => {
  await plane.untilMetric('causeway_running_requests', 0);
  expect(plane.failures).toEqual([]);
  await plane.stop();
  await backend.close();
});

const gate = {
  parameters: { user: 'BodyJsonField:$.user', kind: 'Form:kind' },
  rules: [
    { name: 'known', condition: "$tier = 'gold'", ifTrue: 'ALLOW' },
    {
      name: 'named',
      condition: "$user = 'bad' or $kind = 'bad'",
      ifTrue: 'DENY',
      statusCode: 451,
      errorMessage: 'not for ${user}${kind}',
      responseHeaders: { 'Content-Type': 'application/json' },
      responseBody: '{"who":"${user}${kind}"}',
    },
  ],
};

async function start(internalCalls: string) {
  backend = await startBackend(answering(ok('done')));
  const tier = { name: 'tier', in: 'query' as const, backend: { name: 'tier', in: 'query' as const }, default: 'silver' };
  const apis: ApiInput[] = [
    { path: '/a', backend: { type: 'HTTP', address: backend.address, path: '/b' }, plugins: ['gate'], parameters: [tier] },
    { path: '/caller', backend: { type: 'HTTP', address: INTERNAL_HOST, path: '/a' } },
  ];
  plane = await startPlane({
    environment: { CAUSEWAY_INTERNAL_CALLS: internalCalls },
    program: { apis, plugins: [{ id: 'gate', type: 'accessControl', config: gate }] },
  });
}

describe.each(['inprocess', 'wire'])('accessControl, internal calls %s', (internalCalls) => {
  it.each(['/a', '/caller'])('reads bodies and parameters of %s, and answers or hands on what came', async (path) => {
    await start(internalCalls);
    const json = ['Content-Type: application/json'];
    const form = ['Content-Type: application/x-www-form-urlencoded'];
    for (const denied of [
      await ask(plane.publicPort, post(path, '{"user":"bad"}', json)),
      await ask(plane.publicPort, post(path, 'kind=bad', form)),
    ]) {
      expect([denied.start.split(' ')[1], denied.body]).toEqual(['451', '{"who":"bad"}']);
      expect(['X-Ca-Error-Code', 'X-Ca-Error-Message', 'Content-Type'].map((name) => headerOf(denied.lines, name))).toEqual([
        'A403AC',
        'not for bad',
        'application/json',
      ]);
    }
    expect(backend.requests.length).toBe(0);
    expect((await ask(plane.publicPort, post(path, '{"user":"good"}', json))).body).toBe('done');
    expect((await ask(plane.publicPort, post(`${path}?tier=gold`, '{"user":"bad"}', json))).body).toBe('done');
    expect(backend.requests.map(({ body }) => body)).toEqual(['{"user":"good"}', '{"user":"bad"}']);
  });

  it('of a dataset that is not there makes its API X400PM', async () => {
    await start(internalCalls);
    const rules = [{ name: 'r', assertParameterName: 'q', assertInDataset: 'none', ifTrue: 'ALLOW' }];
    await plane.apply({
      apis: [{ path: '/a', backend: { type: 'MOCK' }, plugins: ['gate'] }],
      plugins: [{ id: 'gate', type: 'accessControl', config: { parameters: { q: 'Query:q' }, rules } }],
    });
    expect(headerOf((await ask(plane.publicPort, get('/a'))).lines, 'X-Ca-Error-Code')).toBe('X400PM');
  });
});

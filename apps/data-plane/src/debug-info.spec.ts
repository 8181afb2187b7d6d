/** X-Ca-Debug-Info: what a client that asks is told of each hop. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { debugInfo } from './debug-info.js';
import { answering, type Backend, ok, startBackend } from './testing/backend.js';
import { ask, get } from './testing/client.js';
import { INTERNAL_HOST, idOf, plainSecret, type SnapshotInput } from './testing/snapshot.js';
import { type Plane, startPlane } from './testing/start-plane.js';
import { OTHER_INTERNAL_HOST, twoGroups } from './testing/two-groups.js';
import { headerOf } from './testing/wire.js';

const DEBUG = ['X-Ca-Request-Mode: debug'];

describe.each(['inprocess', 'wire'])('debug information, internal calls %s', (mode) => {
  let plane: Plane;
  let backend: Backend;

  async function start(group: SnapshotInput['group'] = { debug: true }) {
    backend = await startBackend(answering(ok('body', ['X-Ca-Debug-Info: {"Hops":[{"Forged":1}]}'])));
    plane = await startPlane({
      program: {
        apis: [
          { id: 'callee', path: '/callee', backend: { type: 'HTTP', address: backend.address } },
          {
            id: 'caller',
            path: '/caller',
            plugins: ['route', 'sign'],
            backend: { type: 'HTTP', address: `http://${INTERNAL_HOST}`, path: '/none' },
          },
          { id: 'mock', path: '/mock', backend: { type: 'MOCK' } },
        ],
        plugins: [
          {
            id: 'route',
            type: 'routing',
            config: { routes: [{ name: 'way1', condition: '1 = 1', backend: { path: '/callee' } }] },
          },
          {
            id: 'sign',
            type: 'backendSignature',
            config: { type: 'APIGW_FRONTEND', key: 'KEY-1', secret: plainSecret('secret-1') },
          },
        ],
        group: group ?? {},
        keys: { 'KEY-1': 'secret-1' },
      },
      environment: { CAUSEWAY_INTERNAL_CALLS: mode },
    });
  }

  const told = async (path: string, lines: readonly string[] = DEBUG) => {
    const text = headerOf((await ask(plane.publicPort, get(path, lines))).lines, 'X-Ca-Debug-Info');
    return text === undefined ? undefined : JSON.parse(text);
  };

  afterEach(async () => {
    expect(plane.failures).toEqual([]);
    await plane.stop();
    await backend.close();
  });

  const hop = (id: string, name: string, more: object = {}) => ({
    ApiId: idOf(id),
    ApiName: name,
    Stage: 'RELEASE',
    Revision: 1,
    PluginLatency: expect.any(Number),
    ...more,
  });

  it('tells of the hop, with times in ms', async () => {
    await start();
    const info = await told('/callee');
    expect(info).toEqual({
      ServiceLatency: expect.any(Number),
      TotalLatency: expect.any(Number),
      Hops: [hop('callee', 'api_0', { BackendLatency: expect.any(Number) })],
    });
    expect(info.TotalLatency).toBeGreaterThanOrEqual(info.ServiceLatency);
  });

  it('tells of the hops under it, the caller first, with the route that was hit, and of no secret', async () => {
    await start();
    const info = await told('/caller');
    expect(info.Hops).toEqual([
      hop('caller', 'api_1', { Route: 'way1', BackendLatency: expect.any(Number) }),
      hop('callee', 'api_0', { BackendLatency: expect.any(Number) }),
    ]);
    expect(JSON.stringify(info)).not.toContain('secret');
    expect(info.Hops[0].BackendLatency).toBeGreaterThanOrEqual(info.Hops[1].BackendLatency);
  });

  it('tells of refusals and of what the gateway answers itself', async () => {
    await start();
    expect((await told('/mock')).Hops).toEqual([hop('mock', 'api_2')]);
    expect(await told('/none')).toBeUndefined();
  });

  it('is not there unless asked for, and not where the group says no', async () => {
    await start();
    expect(await told('/callee', [])).toBeUndefined();
    expect(await told('/callee', ['X-Ca-Request-Mode: no'])).toBeUndefined();
    await plane.stop();
    await backend.close();
    await start({});
    for (const path of ['/callee', '/caller']) expect(await told(path)).toBeUndefined();
  });

  it.each([
    ['of the caller alone when the callee’s group says no', { debug: true }, {}, ['caller']],
    ['of nobody when the caller’s group says no', {}, { debug: true }, []],
    ['of both when both say yes', { debug: true }, { debug: true }, ['caller', 'callee']],
  ])('tells %s', async (_, ofCaller, ofCallee, ids) => {
    await start();
    const api = (id: string, address: string) => [{ id, path: '/*', backend: { type: 'HTTP' as const, address, path: '/*' } }];
    await plane.apply(
      twoGroups(
        { apis: api('caller', `http://${OTHER_INTERNAL_HOST}`), group: ofCaller },
        { apis: api('callee', backend.address), group: ofCallee },
      ),
    );
    const hops: ReadonlyArray<{ ApiId: string }> = (await told('/a'))?.Hops ?? [];
    expect(hops.map(({ ApiId }) => ApiId)).toEqual(ids.map(idOf));
  });

  it('is not asked of a backend, and a backend’s own is not handed on', async () => {
    await start();
    await told('/caller');
    expect(backend.requests[0]!.text).not.toMatch(/request-mode/i);
  });
});

it('is cut at 4096 characters, whatever names there are, and is ASCII', () => {
  const backend = { kind: 'internal' };
  const route = { apiId: 'a', apiName: 'n', stage: 'RELEASE', group: { debug: true }, backend };
  const base = { head: { get: () => 'debug' }, route, backend: null, revision: 1, routeName: null, startedMs: 0 };
  const hop = (more: object) =>
    ({ ...base, upstreamStartMs: 1, upstreamHeadMs: 2, child: null, debugBelow: null, ...more }) as never;
  const many = JSON.stringify({ Hops: Array.from({ length: 300 }, (_, n) => ({ ApiName: `é\r\n\ud800 ${n}` })) });
  const text = debugInfo(hop({ routeName: 'ü\r\nX: 1', debugBelow: many }), 3);
  expect(text.length).toBeLessThanOrEqual(4096);
  expect(text).toMatch(/^[\x20-\x7e]+$/);
  expect(JSON.parse(text)).toMatchObject({ Truncated: true, TotalLatency: 3, ServiceLatency: 1 });
  expect(JSON.parse(text).Hops.slice(0, 2)).toMatchObject([{ Route: 'ü\r\nX: 1' }, { ApiName: 'é\r\n\ud800 0' }]);
  for (const broken of ['', '{', 'null', '{"Hops":1}', '[]'])
    expect(JSON.parse(debugInfo(hop({ debugBelow: broken }), 3)).Hops).toHaveLength(1);
});

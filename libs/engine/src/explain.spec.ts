/** What an explanation says, and that it says what a request would really meet. */
import { Readable } from 'node:stream';
import type { Chunk, GroupChunk } from '@causeway/contract';
import { Answer } from '@causeway/plugins';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { explainRequest } from './explain.js';
import type { Sample } from './explain-sample.js';
import { locate } from './locate.js';
import { type Made, makeExchange } from './testing/make-exchange.js';
import {
  apiId,
  apisChunk,
  chunkMap,
  deps,
  GROUP,
  groupChunk,
  INTERNAL_HOST,
  instanceChunk,
  type MadeApi,
  makeProgram,
  PUBLIC_HOST,
  pluginChunk,
} from './testing/make-program.js';

const [ROUTER, SIGNER] = ['1', '2'].map((digit) => digit.repeat(32)) as [string, string];
const CALLEE = `${'f'.repeat(32)}-local-intranet.apigw.localhost`;

const router = pluginChunk(ROUTER, 'routing', {
  parameters: { target: 'Query:target', svc: 'Host:svc', user: 'BodyJsonField:$.user', kind: 'Form:kind' },
  routes: [
    {
      name: 'one',
      condition: "$target = 'one' and $size > 5",
      backend: { address: 'one.example.com:8080', path: '/one' },
      'constant-parameters': [
        { name: 'X-Route', location: 'header', value: 'é' },
        { name: 'route', location: 'query', value: 'a b' },
      ],
    },
    {
      name: 'two',
      condition: "$svc = 'blue' or $user = 'me' or $kind = 'two'",
      backend: { type: 'HTTP', address: CALLEE },
      'constant-parameters': [{ name: 'x-ca-stage', location: 'header', value: 'test' }],
    },
    { name: 'lucky', condition: "$target = 'luck' and Random() < 0.5", backend: { type: 'MOCK', statusCode: 202 } },
    { name: 'open', condition: "$target = 'open'", backend: { type: 'HTTP', path: '/nowhere' } },
  ],
});
const signer = pluginChunk(SIGNER, 'backendSignature', { type: 'APIGW_BACKEND', key: 'K', secret: 'v1.TOPSECRET' });

const apis: readonly MadeApi[] = [
  {
    path: '/items/[id]',
    method: 'POST',
    plugins: [ROUTER],
    definition: {
      request: { method: 'POST', path: '/items/[id]', maxBodyBytes: 100 },
      parameters: [
        { name: 'size', in: 'query', type: 'Int', default: '9', backend: { name: 'size', in: 'query' } },
        { name: 'id', in: 'path', type: 'String', required: true, backend: { name: 'item', in: 'path' } },
      ],
      constants: [{ name: 'X-From', in: 'header', value: 'gateway' }],
      backend: { type: 'HTTP', address: 'http://own.example.com', path: '/own/[item]' },
    },
  },
  { path: '/signed', definition: { auth: 'APP', signatureMethods: ['HmacSHA256'], forceNonce: true } },
  { path: '/only-routes', plugins: [ROUTER], definition: { backend: undefined } },
  { path: '/tested', stage: 'TEST' },
];

const chunks: readonly Chunk[] = [
  instanceChunk({ privateDns: [{ host: 'own.example.com', records: [{ address: '10.0.0.1', port: 81, weight: 1 }] }] }),
  groupChunk({
    basePath: '/v1',
    domains: [
      { domain: '*.x.com', type: 'internet', stage: null, patterns: ['{svc}.x.com'] },
      { domain: 'test.y.com', type: 'internet', stage: 'TEST', patterns: [] },
    ],
    stages: [{ name: 'MINE', variables: {} }],
    bindings: [{ pluginId: SIGNER, stage: 'RELEASE' }],
  } satisfies Partial<GroupChunk>),
  apisChunk(apis),
  router,
  signer,
];

type Asked = Partial<Omit<Sample, 'body' | 'target'>> & { readonly body?: string };

function explain(target: string, { body, ...changed }: Asked = {}, given: readonly Chunk[] = chunks) {
  const sample: Sample = {
    method: 'GET',
    scheme: 'http',
    host: PUBLIC_HOST,
    target,
    headers: [],
    clientIp: '192.0.2.1',
    ...changed,
    body: body === undefined ? null : bodyOf(body),
  };
  return explainRequest(chunkMap(given), sample, { ...deps, random: Math.random });
}

function bodyOf(text: string) {
  const buffered = Buffer.from(text, 'utf8');
  return { stream: Readable.from([]), length: buffered.length, buffered, contentMd5: null };
}

const post = (target: string, asked: Asked = {}) => explain(target, { method: 'POST', ...asked });

describe('an explanation', () => {
  it('names group, stage, API, plugins and backend, and why each route was taken or not', async () => {
    expect(await post('/v1/items/a%20b?target=one&size=7')).toMatchObject({
      outcome: 'backend',
      refusal: null,
      listener: 'public',
      host: PUBLIC_HOST,
      domain: PUBLIC_HOST,
      group: { id: GROUP, name: 'group', basePath: '/v1' },
      stage: 'RELEASE',
      api: { id: apiId(1), name: 'some_api', version: '1', method: 'POST', path: '/items/[id]' },
      pathParameters: { id: 'a b' },
      parameters: { size: '7', id: 'a b' },
      authentication: { type: 'ANONYMOUS' },
      plugins: [
        {
          id: ROUTER,
          name: 'name of 11',
          type: 'routing',
          boundTo: 'api',
          rules: [
            {
              rule: 'one',
              condition: "$target = 'one' and $size > 5",
              holds: true,
              why: [
                'true: right to left,',
                "  true: $target = 'one' ($target from Query:target is 'one')",
                'and',
                "  true: $size > 5 ($size is '7')",
              ],
            },
            { rule: 'two', holds: false },
            { rule: 'lucky', holds: false },
            { rule: 'open', holds: false },
          ],
        },
        { id: SIGNER, type: 'backendSignature', boundTo: 'group', rules: [] },
      ],
      backend: {
        type: 'HTTP',
        route: 'one',
        address: 'http://one.example.com:8080',
        host: 'one.example.com:8080',
        method: 'POST',
        path: '/one',
        query: 'size=7&route=a%20b',
        constants: [
          { name: 'X-From', in: 'header', value: 'gateway', from: 'api' },
          { name: 'X-Route', in: 'header', value: 'é', from: 'route' },
          { name: 'route', in: 'query', value: 'a b', from: 'route' },
        ],
      },
    });
  });

  it('falls back to the API’s own backend, at the addresses of private DNS', async () => {
    expect((await post('/v1/items/7')).backend).toMatchObject({
      type: 'HTTP',
      route: null,
      address: 'http://own.example.com:80',
      resolvesTo: ['10.0.0.1:81'],
      path: '/own/7',
      query: 'size=9',
      timeoutMs: 10_000,
    });
  });

  it('lists the headers that leave, signature among them, without a value', async () => {
    const { backend } = await post('/v1/items/7', { headers: ['User-Agent', 'curl', 'Authorization', 'Bearer mine'] });
    expect(backend?.headers).toEqual(
      expect.arrayContaining(['User-Agent', 'X-From', 'Via', 'X-Ca-Request-Id', 'X-Ca-Proxy-Signature']),
    );
  });

  it.each<[string, Asked]>([
    ['a wildcard’s pattern', { host: 'blue.x.com' }],
    ['a field of a JSON body', { body: '{"user":"me"}', headers: ['Content-Type', 'application/json'] }],
    ['a form', { body: 'kind=two', headers: ['Content-Type', 'application/x-www-form-urlencoded'] }],
  ])('reads %s, and tells the stage asked for at an internal domain', async (_, asked) => {
    expect(await post('/v1/items/7', asked)).toMatchObject({
      hostParameters: asked.host === undefined ? {} : { svc: 'blue' },
      backend: { type: 'INTERNAL', route: 'two', address: CALLEE, stage: 'TEST' },
    });
  });

  it('draws chance once: the verdict is what was done', async () => {
    const seen = new Set<string>();
    for (let i = 0; i < 64; i++) {
      const { plugins, backend } = await post('/v1/items/7?target=luck');
      const lucky = plugins[0]?.rules.find(({ rule }) => rule === 'lucky');
      expect(backend?.type).toBe(lucky?.holds ? 'MOCK' : 'HTTP');
      seen.add(String(backend?.type));
    }
    expect(seen.size).toBe(2);
  });

  it('tells what an API asks of its callers, and looks at no credential', async () => {
    const headers = ['X-Ca-Key', 'K', 'X-Ca-Signature', 'wrong'];
    expect(await explain('/v1/signed', { headers })).toMatchObject({
      outcome: 'backend',
      authentication: { type: 'APP', signatureMethods: ['HmacSHA256'], forceNonce: true, given: ['x-ca-key', 'x-ca-signature'] },
      backend: { type: 'MOCK', status: 200 },
    });
  });

  it('takes an internal domain as another API would call it', async () => {
    expect(await post('/v1/items/7', { host: `${INTERNAL_HOST}:8081` })).toMatchObject({
      outcome: 'backend',
      listener: 'internal',
    });
  });

  it('holds no secret, neither sealed nor open, and changes nothing that it was given', async () => {
    const frozen = JSON.stringify(chunks);
    const text = JSON.stringify(await post('/v1/items/7'));
    expect(text).not.toMatch(/SECRET|v1\.|not a secret/);
    expect(JSON.stringify(chunks)).toBe(frozen);
  });

  it('does not open a secret', async () => {
    const sealed = pluginChunk(SIGNER, 'backendSignature', { type: 'APIGW_BACKEND', key: 'K', secret: 'v1.closed' });
    expect(await explain('/v1/items/7', { method: 'POST' }, [...chunks.slice(0, -1), sealed])).toMatchObject({
      outcome: 'backend',
    });
  });
});

describe('a refusal', () => {
  it.each<[string, string, string, string, Asked, RegExp]>([
    ['target', 'I400PA', 'GET', '/v1/../x', {}, /dot segment/],
    ['target', 'I405UM', 'TRACE', '/v1/tested', {}, /TRACE/],
    ['host', 'I404DO', 'GET', '/v1/tested', { host: 'nobody.example.com' }, /public listener does not serve nobody.example.com/],
    ['group', 'I404NF', 'GET', '/v2/tested', {}, /none of the base paths \/v1/],
    [
      'stage',
      'I400SG',
      'GET',
      '/v1/tested',
      { headers: ['X-Ca-Stage', 'no'] },
      /NO, by X-Ca-Stage; the group has no such stage; live are: RELEASE, TEST/,
    ],
    ['stage', 'I404NF', 'GET', '/v1/tested', { headers: ['X-Ca-Stage', 'mine'] }, /nothing is live there/],
    ['api', 'I404NF', 'GET', '/v1/tested', {}, /is live in RELEASE; in TEST it is/],
    ['api', 'I404NF', 'GET', '/v1/items/7', {}, /its path is, for POST/],
    ['api', 'I404NF', 'POST', '/v1/items/7', { host: 'test.y.com' }, /in RELEASE it is/],
    ['entry', 'I403PT', 'GET', '/v1/signed', { headers: ['Upgrade', 'websocket'] }, /WS/],
    ['body', 'I413RL', 'POST', '/v1/items/7', { body: 'x'.repeat(101) }, /./],
    ['parameters', 'I400IP', 'POST', '/v1/items/7?size=x', {}, /size/],
    ['plugins', 'I504RB', 'GET', '/v1/only-routes?target=open', {}, /no address/],
    ['backend', 'I504RB', 'GET', '/v1/only-routes', {}, /no route matched/],
  ])('at %s is %s for %s %s', async (step, code, method, target, asked, why) => {
    const told = await explain(target, { method, ...asked });
    expect(told).toMatchObject({ outcome: 'refused', refusal: { code }, backend: null });
    expect(told.steps.filter(({ passed }) => !passed)).toEqual([{ step, passed: false, why: expect.stringMatching(why) }]);
    expect(told.steps.at(-1)?.step).toBe(step);
  });

  it('by the access list of the instance comes before all else', async () => {
    const closed = instanceChunk({ accessLists: { ipv4: { mode: 'deny', blocks: ['192.0.2.0/24'] }, ipv6: null } });
    expect(await explain('/v1/signed', {}, chunks.with(0, closed))).toMatchObject({
      refusal: { code: 'A403IP' },
      steps: [{ step: 'access', passed: false }],
    });
    expect(await explain('/v1/signed', { clientIp: '10.0.0.1' }, chunks.with(0, closed))).toMatchObject({ outcome: 'backend' });
    expect(await explain('/v1/signed', { host: INTERNAL_HOST }, chunks.with(0, closed))).toMatchObject({ outcome: 'backend' });
  });

  it('of an API whose plugin is broken names the plugin', async () => {
    const broken = pluginChunk(ROUTER, 'routing', { routes: [] });
    const told = await explain('/v1/items/7', { method: 'POST' }, chunks.with(3, broken));
    expect(told).toMatchObject({ refusal: { code: 'X400PM' }, plugins: [{ id: ROUTER, rules: [] }, { id: SIGNER }] });
  });
});

describe('any request', () => {
  const requests = fc.record({
    method: fc.constantFrom('GET', 'POST', 'HEAD', 'TRACE'),
    host: fc.constantFrom(PUBLIC_HOST, 'blue.x.com', 'a.b.x.com', 'test.y.com', INTERNAL_HOST, 'nobody.example.com'),
    path: fc.constantFrom(
      '/v1/items/7',
      '/v1/items/%2e',
      '/v1/items/',
      '/v1',
      '/v1/signed',
      '/v1/tested',
      '/v1/only-routes',
      '/v10/tested',
    ),
    query: fc.constantFrom('', '?target=one', '?target=one&size=3', '?size=x', '?target=open', '?target=%', '?target=luck'),
    stage: fc.option(fc.constantFrom('release', 'TEST', 'MINE', 'NONE'), { nil: null }),
    upgrade: fc.boolean(),
  });

  it('is explained as it is handled', async () => {
    const program = await makeProgram(chunks);
    await fc.assert(
      fc.asyncProperty(requests, async ({ method, host, path, query, stage, upgrade }) => {
        const headers = [...(stage === null ? [] : ['X-Ca-Stage', stage]), ...(upgrade ? ['Upgrade', 'websocket'] : [])];
        const made: Made = { method, host, headers, listener: host === INTERNAL_HOST ? 'internal' : 'public' };
        const x = makeExchange(path + query, made);
        let answer = locate(x, program, 5);
        for (const step of x.route?.steps ?? []) answer ??= await step(x);
        const told = await explainRequest(
          chunkMap(chunks),
          { method, scheme: 'http', host, target: path + query, headers, body: null, clientIp: '192.0.2.1' },
          deps,
        );
        expect(told.api?.id ?? null).toBe(x.route?.apiId ?? null);
        expect(told.stage === null || x.route === null || told.stage === x.route.stage).toBe(true);
        if (answer !== undefined) return expect(told.refusal?.code).toBe(answer.errorCode);
        const backend = x.backend ?? x.route?.backend ?? null;
        expect(told.backend?.route ?? null).toBe(backend === null ? null : x.routeName);
        const out = backend === null || backend.kind === 'mock' || backend.kind === 'unusable' ? null : x.route!.map(x, backend);
        if (out !== null && !(out instanceof Answer))
          expect([told.backend?.path, told.backend?.method]).toEqual([out.path, out.method]);
      }),
      { numRuns: 300 },
    );
  });
});

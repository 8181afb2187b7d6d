/** What a group asks to have logged stands in its lines: no more, no credential, and nothing waits for it (management model 2.17). */
import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { answering, type Backend, type Behaviour, ok, startBackend } from './testing/backend.js';
import { ask, dial, get, post } from './testing/client.js';
import { type ApiInput, GROUP, type PluginInput, plainSecret, type SnapshotInput } from './testing/snapshot.js';
import { freePort, type Plane, startPlane } from './testing/start-plane.js';
import { OTHER_GROUP, OTHER_INTERNAL_HOST, twoGroups } from './testing/two-groups.js';
import { until } from './testing/until.js';
import { headerOf } from './testing/wire.js';

type Line = Readonly<Record<string, unknown>>;
type Group = NonNullable<SnapshotInput['group']>;

const NOTHING = {
  requestBody: false,
  responseBody: false,
  queryString: [],
  requestHeaders: [],
  responseHeaders: [],
  jwtClaims: [],
};
const ALL: NonNullable<Group['userLog']> = {
  requestBody: true,
  responseBody: true,
  queryString: ['*'],
  requestHeaders: ['*'],
  responseHeaders: ['*'],
  jwtClaims: ['*'],
};
const RECORDED = [
  'requestQueryString',
  'requestHeaders',
  'requestBody',
  'responseHeaders',
  'responseBody',
  'jwtClaims',
  'customTraceId',
];
const SIGNER: PluginInput = {
  id: 'signer',
  type: 'backendSignature',
  config: { type: 'APIGW_FRONTEND', key: 'K', secret: plainSecret('S') },
};

let plane: Plane;
let backend: Backend | null = null;

afterEach(async () => {
  expect(plane.failures).toEqual([]);
  await plane.stop();
  await backend?.close();
  backend = null;
});

async function start(group: Group, apis: readonly ApiInput[], more: Partial<SnapshotInput> = {}) {
  plane = await startPlane({ program: { group, apis, ...more } });
}

/** One API before a backend. */
async function startBefore(behave: Behaviour, group: Group = { userLog: ALL }, api: Partial<ApiInput> = {}) {
  backend = await startBackend(behave);
  await start(group, [{ path: '/a', backend: { type: 'HTTP', address: backend.address }, ...api }]);
}

const recorded = (line: Line | undefined) =>
  Object.fromEntries(RECORDED.flatMap((name) => (line?.[name] === undefined ? [] : [[name, line[name]]])));
const logged = async () => (await plane.stopAndReadLog()).map((line) => recorded(line));
/** The text of the bytes, one character for each, as it goes to the wire. */
const bytes = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

describe('a line', () => {
  const request = post('/a?b=1&AppCode=secret-1&c=%C3%A9&b=2&d', 'body', [
    'X-A: 1',
    `x-a: ${bytes('é')}`,
    'X-B: "2"',
    'Authorization: APPCODE secret-2',
    'Cookie: session=secret-3',
    'X-Ca-AppCode: secret-4',
    'X-Ca-Signature: secret-5',
    'X-Code: secret-6',
    'X-Ca-Nonce: nonce-1',
    'Proxy-Authorization: Basic secret-7',
  ]);
  const answer = ok('done', ['X-C: 1', 'Set-Cookie: session=secret-8', 'X-C: 2', 'Connection: X-D', 'X-D: 1']);
  const appCode = { in: 'header' as const, name: 'X-Code', keepForBackend: false };

  it('has nothing of a request unless its group asks', async () => {
    await startBefore(answering(answer), {});
    await ask(plane.publicPort, request);
    const [line] = await plane.stopAndReadLog();
    expect(recorded(line)).toEqual({});
    expect(line).toMatchObject({ clientNonce: 'nonce-1', requestSize: 4, responseSize: 4 });
  });

  it('has all of it where the group asks for all, but for credentials', async () => {
    await startBefore(answering(answer), { userLog: ALL, appCode });
    await ask(plane.publicPort, request);
    const [line] = await plane.stopAndReadLog();
    expect(recorded(line)).toEqual({
      requestQueryString: 'b=1&AppCode=******&c=%C3%A9&b=2&d',
      requestHeaders: {
        'x-a': '1, é',
        'x-b': '"2"',
        authorization: '******',
        cookie: '******',
        'x-ca-appcode': '******',
        'x-ca-signature': '******',
        'x-code': '******',
        'x-ca-nonce': 'nonce-1',
      },
      requestBody: 'body',
      responseHeaders: { 'x-c': '1, 2', 'set-cookie': '******' },
      responseBody: 'done',
    });
    expect(JSON.stringify(line)).not.toContain('secret');
  });

  it('has what is named, and nothing where there is nothing of that name', async () => {
    const userLog = { ...NOTHING, queryString: ['d', 'b'], requestHeaders: ['X-B', 'x-none'], responseHeaders: ['X-None'] };
    await startBefore(answering(answer), { userLog });
    for (const target of ['/a?b=1&AppCode=2&d', '/a?e=1', '/a']) await ask(plane.publicPort, get(target, ['X-B: 2']));
    expect(await logged()).toEqual([
      { requestQueryString: 'b=1&d', requestHeaders: { 'x-b': '2' } },
      { requestHeaders: { 'x-b': '2' } },
      { requestHeaders: { 'x-b': '2' } },
    ]);
  });

  it.each([
    [{ in: 'header', name: 'X-Trace' }, `${bytes('é')}1`],
    [{ in: 'query', name: 'trace' }, 'q 1'],
  ] as const)('says the client’s own id from where the group says: %j', async (customTrace, expected) => {
    await start({ customTrace }, [{ path: '/a', backend: { type: 'MOCK' } }]);
    await ask(plane.publicPort, get('/a?trace=q+1', [`X-Trace: ${bytes('é')}1`]));
    await ask(plane.publicPort, get('/a'));
    expect(await logged()).toEqual([{ customTraceId: Buffer.from(expected, 'latin1').toString('utf8') }, {}]);
  });

  it('of a refusal has the request, and no more of its body than somebody read', async () => {
    const apis: ApiInput[] = [{ path: '/a', auth: 'APP', backend: { type: 'MOCK' } }];
    await start({ userLog: ALL }, apis);
    await ask(plane.publicPort, post('/a?b=1', 'unread', ['X-A: 1']));
    await ask(plane.publicPort, get('/none?b=1'));
    expect(await logged()).toEqual([{ requestQueryString: 'b=1', requestHeaders: { 'x-a': '1' } }, {}]);
  });

  it('has claims that were verified, and the token in no place where it may stand', async () => {
    const secret = Buffer.alloc(32, 7);
    const text = [{ alg: 'HS256' }, { sub: 'Ü', n: 5, roles: ['a'], none: null }]
      .map((each) => Buffer.from(JSON.stringify(each)).toString('base64url'))
      .join('.');
    const token = `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
    const jwk = { kty: 'oct', k: plainSecret(secret.toString('base64url')) };
    const plugins: PluginInput[] = (['header', 'query'] as const).map((parameterLocation) => ({
      id: parameterLocation,
      type: 'jwtAuth',
      config: { parameter: 'X-Token', parameterLocation, jwk },
    }));
    const apis = plugins.map(({ id }): ApiInput => ({ path: `/${id}`, backend: { type: 'MOCK' }, plugins: [id] }));
    await start({ userLog: ALL }, apis, { plugins });
    await ask(plane.publicPort, get('/header', [`X-Token: ${token}`]));
    await ask(plane.publicPort, get(`/query?X-Token=${token}`));
    await ask(plane.publicPort, get('/query?X-Token=a.b.c'));
    const log = await plane.stopAndReadLog();
    expect(log.map(({ jwtClaims }) => jwtClaims)).toEqual([...Array(2).fill({ sub: 'Ü', n: '5', roles: '["a"]' }), undefined]);
    expect(JSON.stringify(log)).not.toContain(token);
    expect(log.map(({ requestQueryString }) => requestQueryString)).toEqual([undefined, 'X-Token=******', 'X-Token=******']);
  });

  it('does not grow with what a client sends: what does not fit is left out', async () => {
    await startBefore(answering(answer));
    const lines = Array.from({ length: 9 }, (_, n) => `X-${n}: ${'a'.repeat(3000)}`);
    await ask(
      plane.publicPort,
      get(`/a?${'a=1&'.repeat(1000)}b=${'c'.repeat(3990)}`, [...lines, `X-X: ${'\u0080'.repeat(3000)}`, 'X-Z: 1']),
    );
    const [line] = await plane.stopAndReadLog();
    const headers = line?.requestHeaders as Record<string, string>;
    expect([Object.keys(headers), headers['x-0']]).toEqual([['x-0', 'x-1', 'x-2', 'x-z'], 'a'.repeat(2048)]);
    expect(line?.requestQueryString).toBe(`${'a=1&'.repeat(1000)}b=${'c'.repeat(3990)}`);
    expect(JSON.stringify(line).length).toBeLessThan(20_000);
  });
});

describe('a body', () => {
  const long = 'x'.repeat(1023);

  it.each([
    ['of 1024 bytes is there whole', `${long}y`, `${long}y`],
    ['that is longer is cut', `${long}yz`, `${long}y`],
    ['is cut before a character that the cut goes through', `${long}é`, long],
    ['is cut before a character of four bytes', `${long.slice(2)}\u{1f600}`, long.slice(2)],
    ['is cut behind a whole character', `${long.slice(1)}éz`, `${long.slice(1)}é`],
    ['of text may be anything', '{"a":\u2028 [é', '{"a":\u2028 [é'],
    ['that is empty is absent', '', undefined],
    ['that is no UTF-8 is absent', '\xff\xfe', undefined, 'latin1'],
    ['that ends within a character is absent', '\xe4\xbd', undefined, 'latin1'],
    ['with a NUL is absent: it is no text', '1\x002\x00', undefined],
    ['that is compressed is absent', gzipSync('{"a":1}').toString('latin1'), undefined, 'latin1', 'Content-Encoding: gzip'],
    ['that only says so is absent', 'plain', undefined, 'latin1', 'content-encoding: x, identity'],
    ['that does not say so is absent', gzipSync('{"a":1}').toString('latin1'), undefined, 'latin1'],
    ['that says it is not compressed is there', 'plain', 'plain', 'latin1', 'Content-Encoding: Identity'],
    ['in UTF-8 is there', 'é', 'é', 'utf8', 'Content-Type: text/plain; charset="UTF-8"'],
    ['in another charset is absent', 'plain', undefined, 'latin1', 'Content-Type: text/plain; charset=utf-7'],
  ] as ReadonlyArray<readonly [string, string, string | undefined, ('utf8' | 'latin1')?, string?]>)('%s', async (...given) => {
    const [, body, expected, encoding = 'utf8', line = 'X-A: 1'] = given;
    const sent = Buffer.from(body, encoding).toString('latin1');
    await startBefore(answering(ok(sent, [line])));
    const answer = await ask(plane.publicPort, post('/a', sent, [line]));
    expect([answer.body, backend!.requests[0]?.body]).toEqual([sent, sent]);
    const [entry] = await plane.stopAndReadLog();
    expect([entry?.requestBody, entry?.responseBody]).toEqual([expected, expected]);
  });

  it('is logged from the pieces that pass, and none waits for another', async () => {
    const pieces = ['one,', 'two,', 'three'];
    const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
    let next = () => {};
    await startBefore(async (wire) => {
      await wire.through('0\r\n\r\n');
      wire.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      for (const piece of pieces) {
        const got = new Promise<void>((resolve) => {
          next = resolve;
        });
        wire.send(chunk(piece));
        await got;
      }
      wire.send('0\r\n\r\n');
    });
    const wire = await dial(plane.publicPort);
    wire.send(get('/a', ['Transfer-Encoding: chunked']).replace('GET', 'POST'));
    for (const piece of pieces) {
      wire.send(chunk(piece));
      await until(() => backend!.connections[0]?.received.endsWith(piece) === true, `the backend has ${piece}`);
    }
    wire.send('0\r\n\r\n');
    for (const piece of pieces) {
      await wire.through(chunk(piece));
      next();
    }
    await wire.through('0\r\n\r\n');
    wire.socket.destroy();
    const [line] = await plane.stopAndReadLog();
    expect([line?.requestBody, line?.responseBody]).toEqual(['one,two,three', 'one,two,three']);
    expect(line).toMatchObject({ requestSize: 13, responseSize: 13, statusCode: 200 });
  });

  it('of a form is that which was read, and of an answer by the gateway its own', async () => {
    const apis: ApiInput[] = [
      {
        path: '/a',
        backend: { type: 'MOCK', body: 'mocked', headers: [{ name: 'X-A', value: '1' }] },
        parameters: [FORM_PARAMETER],
      },
      { path: '/none', backend: { type: 'MOCK', statusCode: 204, body: 'nobody sees' } },
    ];
    await start({ userLog: { ...ALL, requestHeaders: [], responseHeaders: ['x-a'] } }, apis);
    await ask(plane.publicPort, post('/a', 'a=1&b=2', ['Content-Type: application/x-www-form-urlencoded']));
    await ask(plane.publicPort, get('/none'));
    await ask(plane.publicPort, get('/a').replace('GET', 'HEAD'));
    const { requestBody, ...head } = { requestBody: 'a=1&b=2', responseHeaders: { 'x-a': '1' } };
    expect(await logged()).toEqual([{ ...head, requestBody, responseBody: 'mocked' }, {}, head]);
  });

  it('that breaks off is logged as far as it came, with what ended it', async () => {
    await startBefore(async (wire) => {
      await wire.message();
      wire.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nbegun');
      await plane.untilMetric('causeway_running_requests', 1);
      wire.socket.end();
    });
    const wire = await dial(plane.publicPort);
    wire.send(get('/a'));
    await wire.rest();
    await plane.untilMetric('causeway_running_requests', 0);
    const [line] = await plane.stopAndReadLog();
    expect(line).toMatchObject({ responseBody: 'begun', exception: 'SocketError UND_ERR_SOCKET' });
  });

  const FORM_PARAMETER = { name: 'a', in: 'form' as const, backend: { name: 'a', in: 'form' as const } };
});

describe.each(['inprocess', 'wire'])('a call from a group to another, %s', (mode) => {
  const groups = (address: string, ours: Group, theirs: Group, more: Partial<ApiInput> = {}) =>
    twoGroups(
      {
        group: ours,
        apis: [
          {
            id: 'caller',
            path: '/a',
            backend: { type: 'HTTP', address: `http://${OTHER_INTERNAL_HOST}`, path: '/b' },
            ...more,
            plugins: ['signer', ...(more.plugins ?? [])],
          },
          // Grants are of one chunk: the callee's stands here too, under the id that it has there.
          { id: 'callee', path: '/never', backend: { type: 'MOCK' } },
        ],
        plugins: [SIGNER, MAPPED],
        keys: { K: 'S' },
      },
      { group: theirs, apis: [{ id: 'callee', path: '/b', auth: 'APP', backend: { type: 'HTTP', address } }] },
    );
  const MAPPED: PluginInput = {
    id: 'mapped',
    type: 'transformer',
    config: { removeResponseHeader: [{ name: 'X-C' }], putResponseHeader: [{ name: 'X-M', value: '1' }] },
  };

  async function call(ours: Group, theirs: Group, more: Partial<ApiInput> = {}): Promise<{ caller: Line; callee: Line }> {
    backend = await startBackend(answering(ok('done', ['X-C: 1'])));
    plane = await startPlane({
      program: groups(backend.address, ours, theirs, more),
      environment: { CAUSEWAY_INTERNAL_CALLS: mode },
    });
    const request = post('/a?q=1', 'n=5', ['X-A: 1', 'Authorization: secret', 'Content-Type: text/plain']);
    expect((await ask(plane.publicPort, request)).body).toBe('done');
    const log = await plane.stopAndReadLog();
    expect(JSON.stringify(log)).not.toContain('secret');
    const of = (id: string) => log.find(({ groupId }) => groupId === id)!;
    return { caller: of(GROUP), callee: of(OTHER_GROUP) };
  }

  it('is logged by each group as that asks for', async () => {
    const { caller, callee } = await call({ userLog: { ...NOTHING, requestBody: true } }, {});
    expect([recorded(caller), recorded(callee)]).toEqual([{ requestBody: 'n=5' }, {}]);
  });

  it('is logged by the called group alone, with what the caller sent and was answered', async () => {
    const { caller, callee } = await call({}, { userLog: ALL }, { plugins: ['mapped'] });
    expect(recorded(caller)).toEqual({});
    expect(recorded(callee)).toEqual({
      requestQueryString: 'q=1',
      requestHeaders: {
        'x-a': '1',
        authorization: '******',
        'content-type': 'text/plain',
        via: expect.any(String),
        'x-forwarded-for': expect.any(String),
        'x-forwarded-proto': 'http',
        'x-ca-request-id': caller.requestId,
        'x-ca-key': 'K',
        'x-ca-timestamp': expect.any(String),
        'x-ca-nonce': callee.clientNonce,
        'x-ca-signature-method': 'HmacSHA256',
        'x-ca-signature-headers': expect.any(String),
        'x-ca-signature': '******',
      },
      requestBody: 'n=5',
      responseHeaders: { 'x-c': '1' },
      responseBody: 'done',
    });
  });

  it('tells of each hop when its own answer began and ended, and who decided what', async () => {
    const { caller, callee } = await call({ userLog: ALL }, {}, { plugins: ['mapped'] });
    expect(caller.responseHeaders).toMatchObject({ 'x-m': '1' });
    expect(caller.responseHeaders).not.toHaveProperty('x-c');
    for (const line of [caller, callee]) {
      const names = ['time', 'backendRequestStart', 'backendRequestEnd', 'backendResponseStart', 'frontResponseStart'];
      const times = [...names, 'frontResponseEnd'].map((name) => line[name] as number);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(line.frontResponseEnd).toBeLessThanOrEqual((line.time as number) + (line.totalLatency as number) + 1);
      expect(line.stageId).toMatch(/^[0-9a-f]{32}$/);
    }
    expect(caller.stageId).not.toBe(callee.stageId);
  });
});

describe('what decided about a request', () => {
  const plugins: readonly PluginInput[] = [
    { id: 'ip', type: 'ipControl', config: { type: 'REFUSE', items: [{ blocks: ['127.0.0.1'] }] } },
    { id: 'cors', type: 'cors', config: { allowOrigins: 'https://a.example' } },
    {
      id: 'routing',
      type: 'routing',
      config: {
        parameters: { to: 'Query:to' },
        routes: [{ name: 'one', condition: "$to = 'one'", backend: { type: 'MOCK', statusCode: 500 } }],
      },
    },
    {
      id: 'errors',
      type: 'errorMapping',
      config: {
        parameters: { s: 'StatusCode' },
        errorCondition: '$s >= 500',
        mappings: [{ condition: '$s = 500', statusCode: 400 }],
      },
    },
  ];

  it.each([
    ['nobody', '/a', [], undefined],
    ['those who chose the route and the answer', '/a?to=one', [], ['routing', 'errorMapping']],
    ['who refused it', '/ip', [], ['ipControl']],
    ['who refused its origin', '/a', ['Origin: https://b.example'], ['cors']],
  ] as const)('is told: %s', async (_, target, lines, expected) => {
    const mock = { type: 'MOCK' as const };
    const apis: ApiInput[] = [
      { path: '/a', backend: mock, plugins: ['cors', 'routing', 'errors'] },
      { path: '/ip', backend: mock, plugins: ['ip', 'routing'] },
    ];
    await start({}, apis, { plugins });
    await ask(plane.publicPort, get(target, lines));
    const [line] = await plane.stopAndReadLog();
    expect(line?.pluginHits).toEqual(expected);
  });
});

it('a backend that is not there is told by the kind of error', async () => {
  await start({}, [{ path: '/a', backend: { type: 'HTTP', address: `http://127.0.0.1:${await freePort()}` } }]);
  const answer = await ask(plane.publicPort, get('/a'));
  const [line] = await plane.stopAndReadLog();
  expect([headerOf(answer.lines, 'X-Ca-Error-Code'), line?.exception]).toEqual(['D504CO', 'Error ECONNREFUSED']);
});

it('a WebSocket’s handshake is a request as any other', async () => {
  const accepted = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
  await startBefore(answering(accepted), { userLog: ALL }, { request: { protocols: ['WS'] } });
  const wire = await dial(plane.publicPort);
  wire.send(get('/a?b=1', ['Connection: Upgrade', 'Upgrade: websocket', 'X-A: 1', 'Cookie: secret']));
  await wire.message(true);
  wire.socket.destroy();
  await plane.untilMetric('causeway_requests_total{listener="public",status="101"}', 1);
  expect(await logged()).toEqual([{ requestQueryString: 'b=1', requestHeaders: { 'x-a': '1', cookie: '******' } }]);
});

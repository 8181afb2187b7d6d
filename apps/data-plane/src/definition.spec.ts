/** What a definition makes of a request on its way through sockets: upstreams by name, parameters, variables, unfit values. */
import { createServer, type Server } from 'node:tls';
import { type Chunk, chunkKeys, type VpcAccessesChunk } from '@causeway/contract';
import { afterEach, describe, expect, it } from '@jest/globals';
import { answering, type Backend, ok, startBackend } from './testing/backend.js';
import { ask, dial, get, post } from './testing/client.js';
import { type ApiInput, INTERNAL_HOST, type SnapshotInput, snapshot } from './testing/snapshot.js';
import { type Plane, startPlane } from './testing/start-plane.js';
import { headerOf } from './testing/wire.js';

type Access = VpcAccessesChunk['accesses'][number];

let plane: Plane;
let backend: Backend | null = null;
let secure: Server | null = null;

afterEach(async () => {
  await plane.untilMetric('causeway_running_requests', 0);
  expect(plane.failures).toEqual([]);
  await plane.stop();
  await backend?.close();
  secure?.close();
  backend = null;
  secure = null;
});

function withAccesses(input: SnapshotInput, accesses: Access[]) {
  const chunk: Chunk = { kind: 'vpc-accesses', accountId: 'acc', accesses };
  return new Map([...snapshot(input), [chunkKeys.vpcAccesses('acc'), { hash: JSON.stringify(chunk), chunk }]]);
}

async function start(api: Partial<ApiInput>, group: SnapshotInput['group'] = {}, accesses: Access[] = []) {
  backend = await startBackend(answering(ok('reached')));
  const own = { type: 'HTTP' as const, address: backend.address, path: '/b' };
  plane = await startPlane({ program: withAccesses({ apis: [{ backend: own, ...api }], group: { ...group } }, accesses) });
}

const codeOf = async (text: string) => headerOf((await ask(plane.publicPort, text)).lines, 'X-Ca-Error-Code');
const upstream = (more: object = {}) => ({ backend: { type: 'HTTP-VPC' as const, vpcAccessName: 'shop', path: '/b', ...more } });

describe('a named upstream', () => {
  it('is called at its address, under the name that it wants to hear', async () => {
    await start(upstream());
    expect(await codeOf(get('/a'))).toBe('X504VE');
    const address = `127.0.0.1:${backend!.port}`;
    await plane.apply(withAccesses({ apis: [upstream()] }, [{ name: 'shop', address, hostHeader: null }]));
    expect((await ask(plane.publicPort, get('/a'))).body).toBe('reached');
    await plane.apply(withAccesses({ apis: [upstream()] }, [{ name: 'shop', address, hostHeader: 'shop.example.com' }]));
    expect((await ask(plane.publicPort, get('/a'))).body).toBe('reached');
    expect(backend!.requests.map(({ start, lines }) => [start, headerOf(lines, 'Host')])).toEqual([
      ['GET /b HTTP/1.1', address],
      ['GET /b HTTP/1.1', 'shop.example.com'],
    ]);
  });

  it('over TLS is asked for a certificate of that name', async () => {
    const asked: string[] = [];
    const server = createServer({
      SNICallback: (name, done) => {
        asked.push(name);
        done(new Error('no certificate'));
      },
    }).on('tlsClientError', () => {});
    secure = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const access = { name: 'shop', address: `127.0.0.1:${port}`, hostHeader: 'shop.example.com:99' };
    await start(upstream({ scheme: 'https' }), {}, [access]);
    expect(await codeOf(get('/a'))).toMatch(/^D504C[OS]$/);
    expect(asked).toEqual(['shop.example.com']);
  });

  it('is guarded like any other address', async () => {
    await start(upstream(), {}, [{ name: 'shop', address: '169.254.169.254:80', hostHeader: 'shop.example.com' }]);
    expect(await codeOf(get('/a'))).toBe('D504IL');
  });

  it('may be an internal domain, which is never looked up', async () => {
    const first = { path: '/first', ...upstream({ path: '/second' }) };
    const second = { path: '/second', backend: { type: 'MOCK' as const, body: 'callee' } };
    const access = { name: 'shop', address: `${INTERNAL_HOST}:80`, hostHeader: null };
    await start({});
    await plane.apply(withAccesses({ apis: [first, second] }, [access]));
    expect((await ask(plane.publicPort, get('/first'))).body).toBe('callee');
  });
});

it('a backend of a type that is not supported is answered X501NS, and named', async () => {
  await start({});
  const chunks = snapshot({ apis: [{}] });
  for (const { chunk } of chunks.values())
    if (chunk.kind === 'apis') chunk.apis[0]!.definition = { ...chunk.apis[0]!.definition, backend: { type: 'OSS' } as never };
  await plane.apply(chunks);
  const { start: line, lines } = await ask(plane.publicPort, get('/a'));
  expect(line).toMatch(/^HTTP\/1\.1 501 /);
  expect(headerOf(lines, 'X-Ca-Error-Message')).toBe('Not Supported: backend type OSS');
});

describe('parameters', () => {
  const parameter = (name: string, place: 'query' | 'header' | 'form', more: object = {}) =>
    ({ name, in: place, backend: { name, in: place }, ...more }) as NonNullable<ApiInput['parameters']>[number];
  const mapped: Partial<ApiInput> = {
    request: { mode: 'MAPPING' },
    parameters: [
      parameter('n', 'query', { type: 'Array', items: 'Int' }),
      parameter('X-Tag', 'header', { type: 'Array' }),
      parameter('f', 'form', { type: 'Array' }),
      parameter('code', 'query', { pattern: '[A-Z]{2}[0-9]+' }),
      parameter('doc', 'query', { jsonSchema: '{"type":"object","required":["id"]}' }),
    ],
  };

  it('of type Array reach the backend with every value, from query, form and header lines', async () => {
    await start(mapped);
    const form = ['X-Tag: a', 'x-tag: b', 'Content-Type: application/x-www-form-urlencoded'];
    await ask(plane.publicPort, post('/a?n=1&z=9&n=-2', 'f=x&f=y+z&g=1', form));
    const [{ start: line, lines, body } = { start: '', lines: [], body: '' }] = backend!.requests;
    expect([line, body]).toEqual(['POST /b?n=1&n=-2 HTTP/1.1', 'f=x&f=y+z']);
    expect(lines.filter((each) => /^x-tag:/i.test(each))).toEqual(['X-Tag: a', 'X-Tag: b']);
  });

  it.each([
    ['an item', '/a?n=1&n=x', 'Invalid Parameter `n` must be a whole number'],
    ['a pattern', '/a?code=ab1', 'Invalid Parameter `code` does not match its pattern'],
    ['a pattern, of a long value', `/a?code=AB${'1'.repeat(7000)}x`, 'Invalid Parameter `code` does not match its pattern'],
    ['a schema', '/a?doc=%7B%7D', 'Invalid Parameter `doc` does not conform to its schema'],
    ['a schema, of no JSON', '/a?doc=%7B', 'Invalid Parameter `doc` must be JSON'],
  ])('that fail are refused before the backend hears of them: by %s', async (_, target, message) => {
    await start(mapped);
    const { lines } = await ask(plane.publicPort, get(target));
    expect(headerOf(lines, 'X-Ca-Error-Code')).toBe('I400IP');
    expect(headerOf(lines, 'X-Ca-Error-Message')).toBe(message);
    expect(backend!.connections.length).toBe(0);
  });
});

it('a thousand values that no header may hold cost no connection, and the next good one arrives', async () => {
  await start({
    request: { mode: 'MAPPING' },
    parameters: [{ name: 'q', in: 'query', backend: { name: 'X-Q', in: 'header' } }],
    system: [{ parameter: 'CaClientUa', name: 'X-Agent', in: 'header' }],
  });
  expect((await ask(plane.publicPort, get('/a?q=first'))).body).toBe('reached');
  const unfit = ['%00', '%0A', '%0D%0AX-Evil:%201', 'a%1Fb', '%7F', '%08'];
  const wire = await dial(plane.publicPort);
  for (let n = 0; n < 1000; n++) {
    wire.send(get(`/a?q=${n}${unfit[n % unfit.length]}`));
    expect(headerOf((await wire.message()).lines, 'X-Ca-Error-Code')).toBe('I400IP');
  }
  wire.send(get('/a?q=%C3%A9%09%F0%9F%98%80', ['User-Agent: agent']));
  expect((await wire.message()).body).toBe('reached');
  wire.socket.destroy();
  expect(backend!.connections.length).toBe(1);
  expect(backend!.requests.length).toBe(2);
  const text = Buffer.from(headerOf(backend!.requests[1]!.lines, 'X-Q') ?? '', 'latin1').toString('utf8');
  expect(text).toBe('é\t😀');
});

it('stage variables and constants stand in path, form, query and header, by stage', async () => {
  const constants = (['header', 'query', 'path', 'form'] as const).map((place) => ({ name: 'k', in: place, value: '#Env# &' }));
  backend = await startBackend(answering(ok('reached')));
  const api = { constants, backend: { type: 'HTTP' as const, address: '#Address#', path: '#Base#/[k]' } };
  const group = {
    stages: ['RELEASE', 'TEST'].map((name) => ({
      name,
      variables: { Address: backend!.address, Base: '/base', Env: name.toLowerCase() },
    })),
  };
  plane = await startPlane({ program: { apis: [api, { ...api, stage: 'TEST' }, { ...api, stage: 'PRE' }], group } });
  const form = ['Content-Type: application/x-www-form-urlencoded', 'k: evil'];
  await ask(plane.publicPort, post('/a?k=evil&x=1', 'k=evil&y=2', form));
  await ask(plane.publicPort, post('/a', '', [...form, 'X-Ca-Stage: test']));
  expect(backend.requests.map(({ start: line, body, lines }) => [line, body, headerOf(lines, 'k')])).toEqual([
    ['POST /base/release%20%26?x=1&k=release%20%26 HTTP/1.1', 'y=2&k=release+%26', 'release &'],
    ['POST /base/test%20%26?k=test%20%26 HTTP/1.1', 'k=test+%26', 'test &'],
  ]);
  expect(await codeOf(get('/a', ['X-Ca-Stage: PRE']))).toBe('X500AM');
});

/** cors on the wire: preflights, pages that may call and pages that may not, refusals of others (plugins, section 5.8). */
import { afterEach, describe, expect, it } from '@jest/globals';
import { answering, type Backend, ok, startBackend } from '../testing/backend.js';
import { ask, get } from '../testing/client.js';
import { HOST, INTERNAL_HOST, type PluginInput, type SnapshotInput } from '../testing/snapshot.js';
import { type Plane, startPlane } from '../testing/start-plane.js';
import { headerOf, type Message } from '../testing/wire.js';

let plane: Plane;
let backend: Backend | null = null;

afterEach(async () => {
  await plane.untilMetric('causeway_running_requests', 0);
  expect(plane.failures).toEqual([]);
  await plane.stop();
  await backend?.close();
  backend = null;
});

const PAGE = 'https://www.example.com';
const plugins: readonly PluginInput[] = [
  { id: 'pages', type: 'cors', config: { allowOrigins: PAGE, allowMethods: 'GET,PUT', allowHeaders: 'X-Token' } },
];
const mock = { type: 'MOCK' as const, body: 'mocked', headers: [{ name: 'Access-Control-Allow-Origin', value: '*' }] };

async function start(apis: SnapshotInput['apis'], more: Partial<SnapshotInput> = {}, internalCalls = 'inprocess') {
  plane = await startPlane({ environment: { CAUSEWAY_INTERNAL_CALLS: internalCalls }, program: { apis, plugins, ...more } });
}

const from = (origin: string, path = '/a', lines: readonly string[] = []) =>
  ask(plane.publicPort, get(path, [`Origin: ${origin}`, ...lines]));
const preflight = (path: string, method = 'PUT', lines: readonly string[] = [], origin = PAGE) =>
  ask(
    plane.publicPort,
    get(path, [`Origin: ${origin}`, `Access-Control-Request-Method: ${method}`, ...lines]).replace('GET', 'OPTIONS'),
  );
const codeOf = ({ lines }: Message) => headerOf(lines, 'X-Ca-Error-Code');
const corsOf = ({ lines }: Message) => lines.filter((line) => /^(?:access-control-|vary)/i.test(line));

const EXPOSED = 'Access-Control-Expose-Headers: X-Ca-Request-Id,X-Ca-Error-Code,X-Ca-Error-Message';

describe('a preflight', () => {
  it('is answered for the API of the method that it asks for, without credentials', async () => {
    await start([
      { path: '/a', method: 'GET', backend: mock },
      { path: '/a', method: 'PUT', auth: 'APP', backend: mock, plugins: ['pages'] },
    ]);
    const answer = await preflight('/a', 'PUT', ['Access-Control-Request-Headers: x-token']);
    expect([answer.start, answer.body, headerOf(answer.lines, 'Content-Length')]).toEqual(['HTTP/1.1 200 OK', '', '0']);
    expect(corsOf(answer)).toEqual([
      'Access-Control-Allow-Methods: GET,PUT',
      'Access-Control-Max-Age: 172800',
      'Access-Control-Allow-Headers: X-Token',
      'Vary: Access-Control-Request-Method, Access-Control-Request-Headers',
      'Vary: Origin',
      `Access-Control-Allow-Origin: ${PAGE}`,
      EXPOSED,
    ]);
    expect(codeOf(await preflight('/a', 'PUT', ['Access-Control-Request-Headers: x-other']))).toBe('A403CO');
    expect(codeOf(await preflight('/a', 'PUT', [], 'https://evil.com'))).toBe('A403CO');
  });

  it('for an API without the plugin is a request like any other, and for none I404CO', async () => {
    await start([
      { path: '/a', method: 'GET', backend: mock },
      { path: '/a', method: 'OPTIONS', backend: { type: 'MOCK', body: 'own' } },
    ]);
    expect((await preflight('/a', 'GET')).body).toBe('own');
    expect(codeOf(await preflight('/a', 'PUT'))).toBe('I404CO');
    expect(codeOf(await preflight('/b', 'GET'))).toBe('I404CO');
    expect(codeOf(await preflight('/a', 'PROPFIND'))).toBe('I404CO');
  });

  it('is of the default stage, and counts for no limit', async () => {
    const api = { path: '/a', method: 'PUT' as const, backend: mock, plugins: ['pages'] };
    await start([api], { group: { trafficLimit: 1 } });
    for (let count = 0; count < 5; count++) expect(codeOf(await preflight('/a'))).toBeUndefined();
    await plane.apply({
      apis: [
        { ...api, stage: 'TEST' },
        { path: '/b', backend: mock },
      ],
      plugins,
    });
    expect(codeOf(await preflight('/a'))).toBe('I404CO');
  });

  it('for an API that cannot be called says why', async () => {
    await start([{ path: '/a', backend: mock, plugins: ['pages', 'bad'] }], {
      plugins: [...plugins, { id: 'bad', type: 'routing', config: {} }],
    });
    expect(codeOf(await preflight('/a'))).toBe('X400PM');
  });
});

describe('an actual request', () => {
  it('of a listed page is answered for that page, in place of what the backend says', async () => {
    await start([{ path: '/a', backend: mock, plugins: ['pages'] }]);
    const answer = await from(PAGE);
    expect([answer.body, corsOf(answer)]).toEqual(['mocked', ['Vary: Origin', `Access-Control-Allow-Origin: ${PAGE}`, EXPOSED]]);
    expect(corsOf(await ask(plane.publicPort, get('/a')))).toEqual(['Vary: Origin']);
  });

  it('of another page is refused before anybody asks who calls; one of the own domain is not', async () => {
    await start([{ path: '/a', auth: 'APP', backend: mock, plugins: ['pages'] }]);
    const refused = await from('https://evil.com');
    expect([codeOf(refused), corsOf(refused)]).toEqual(['A403CO', ['Vary: Origin']]);
    expect(codeOf(await from('null'))).toBe('A403CO');
    expect(codeOf(await from(`http://${HOST}`))).toBe('A400MA');
  });

  it('that is refused for another reason tells the page of it', async () => {
    await start([{ path: '/a', auth: 'APP', backend: mock, plugins: ['pages'] }]);
    const refused = await from(PAGE);
    expect([codeOf(refused), corsOf(refused).length]).toEqual(['A400MA', 3]);
  });

  it('to a backend that cannot be reached tells the page of it, too', async () => {
    await start([{ path: '/a', backend: { type: 'HTTP', address: 'http://127.0.0.1:1' }, plugins: ['pages'] }]);
    const refused = await from(PAGE);
    expect([codeOf(refused), corsOf(refused).length]).toEqual(['D504CO', 3]);
  });

  it('opens no tunnel for another page', async () => {
    backend = await startBackend(answering(ok('x')));
    const request = { protocols: ['HTTP', 'WS'] as Array<'HTTP' | 'WS'> };
    await start([{ path: '/a', request, backend: { type: 'HTTP', address: backend.address }, plugins: ['pages'] }]);
    const handshake = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: AAAA'];
    expect(codeOf(await from('https://evil.com', '/a', handshake))).toBe('A403CO');
    expect((await from(PAGE, '/a', handshake)).body).toBe('x');
    expect(backend.requests.length).toBe(1);
  });
});

it.each(['inprocess', 'wire'])('an internal callee judges the page that its caller hands on, %s', async (internalCalls) => {
  const callee = { type: 'HTTP' as const, address: INTERNAL_HOST, path: '/b' };
  const apis = [
    { path: '/a', backend: callee },
    { path: '/b', backend: mock, plugins: ['pages'] },
  ];
  await start(apis, {}, internalCalls);
  expect(codeOf(await from('https://evil.com'))).toBe('A403CO');
  const answer = await from(PAGE);
  expect([answer.body, corsOf(answer).length]).toEqual(['mocked', 3]);
});

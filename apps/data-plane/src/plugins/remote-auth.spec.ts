/** remoteAuth on the wire: who is asked, under which rules, and what becomes of a service that fails (plugins, section 5.6). */
import { afterEach, describe, expect, it } from '@jest/globals';
import { answering, type Backend, type Behaviour, ok, startBackend } from '../testing/backend.js';
import { ask, dial, get, post } from '../testing/client.js';
import { type ApiInput, INTERNAL_HOST, type PluginInput } from '../testing/snapshot.js';
import { type Plane, startPlane } from '../testing/start-plane.js';
import { until } from '../testing/until.js';
import { headerOf } from '../testing/wire.js';

let plane: Plane;
let service: Backend;

afterEach(async () => {
  await plane.untilMetric('causeway_running_requests', 0);
  expect(plane.failures).toEqual([]);
  await plane.stop();
  await service.close();
});

const plugin = (config: object): PluginInput => ({
  id: 'remote',
  type: 'remoteAuth',
  config: { parameters: { status: 'StatusCode' }, successCondition: '$status = 200', ...config },
});

async function start(behave: Behaviour, config: object = {}, apis: ApiInput[] = [], environment: Record<string, string> = {}) {
  service = await startBackend(behave);
  const own: ApiInput = { path: '/a', method: 'ANY', backend: { type: 'MOCK', body: 'reached' }, plugins: ['remote'] };
  const plugins = [plugin({ authUri: { address: service.address, path: '/check', timeout: 1000 }, ...config })];
  plane = await startPlane({ program: { apis: [own, ...apis], plugins }, environment });
}

async function asked(text = get('/a')): Promise<string> {
  const { lines, body } = await ask(plane.publicPort, text);
  return headerOf(lines, 'X-Ca-Error-Code') ?? body;
}

const no = 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n';

describe('a service', () => {
  it('lets pass and refuses', async () => {
    let answer = ok('');
    await start(answering(() => answer));
    expect(await asked()).toBe('reached');
    answer = no;
    expect(await asked()).toBe('A403RA');
    expect(service.requests.map((request) => request.start)).toEqual(['POST /check HTTP/1.1', 'POST /check HTTP/1.1']);
    const { lines } = service.requests[0]!;
    expect(lines.filter((line) => !/^(?:host|connection|content-length|via|x-ca-request-id):/i.test(line))).toEqual([]);
    expect(headerOf(lines, 'Host')).toBe(service.address.slice('http://'.length));
    expect(headerOf(lines, 'Via')).toBeDefined();
  });

  it('gets the body that then goes on to the backend', async () => {
    const backend = await startBackend(answering(ok('stored')));
    const api: ApiInput = {
      path: '/put',
      method: 'POST',
      backend: { type: 'HTTP', address: backend.address, path: '/b', method: 'POST' },
      request: { bodyFormat: 'STREAM' },
      plugins: ['remote'],
    };
    await start(answering(ok('')), { passThroughBody: true }, [api]);
    expect(await asked(post('/put', 'some text', ['Content-Type: text/plain']))).toBe('stored');
    expect([service.requests[0]!.body, backend.requests[0]!.body]).toEqual(['some text', 'some text']);
    await backend.close();
  });

  it.each<[string, Behaviour]>([
    ['does not answer', () => {}],
    ['breaks off', (wire) => wire.socket.destroy()],
    ['speaks no HTTP', (wire) => wire.send('SMTP ready\r\n')],
  ])('that %s is a refusal, and the API stays closed', async (_, behave) => {
    await start(behave);
    expect(await asked()).toBe('D503RA');
  });

  it('is read no further than conditions read', async () => {
    const long = ok('x'.repeat(200_000));
    await start(answering(long), { parameters: { field: 'BodyJsonField:$.a', status: 'StatusCode' } });
    expect([await asked(), await asked()]).toEqual(['reached', 'reached']);
  });

  it('is not asked on when the client leaves', async () => {
    await start(async (wire) => void (await wire.message()), { authUri: { address: 'http://127.0.0.1:1', path: '/' } });
    await plane.apply({
      apis: [{ path: '/a', backend: { type: 'MOCK', body: 'reached' }, plugins: ['remote'] }],
      plugins: [plugin({ authUri: { address: service.address, timeout: 10_000 } })],
    });
    const client = await dial(plane.publicPort);
    client.send(get('/a'));
    await until(() => service.connections.length === 1, 'the service is asked');
    client.socket.destroy();
    await until(() => service.connections[0]!.closed || service.connections[0]!.ended, 'the service is let go');
  });

  it('may not be an address that is closed to backends', async () => {
    await start(answering(ok('')), {}, [], { CAUSEWAY_BACKEND_ALLOW_LOOPBACK: 'false' });
    expect(await asked()).toBe('D503RA');
    expect(service.requests).toEqual([]);
  });
});

describe.each(['inprocess', 'wire'])('a service that is another API, internal calls %s', (internalCalls) => {
  const environment = { CAUSEWAY_INTERNAL_CALLS: internalCalls };
  const call = (path: string) => ({ authUri: { address: INTERNAL_HOST, path, method: 'GET' } });

  it('is asked by its internal domain', async () => {
    await start(
      answering(ok('')),
      call('/judge'),
      [{ path: '/judge', backend: { type: 'MOCK' }, disableInternet: true }],
      environment,
    );
    expect(await asked()).toBe('reached');
  });

  it('that asks itself is stopped', async () => {
    await start(answering(ok('')), call('/a'), [], environment);
    expect(await asked()).toBe('A403RA');
  });
});

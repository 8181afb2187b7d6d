/** Addresses that no definition may make the gateway connect to, and what refusals cost. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { answering, type Backend, ok, startBackend } from './testing/backend.js';
import { ask, get } from './testing/client.js';
import type { SnapshotInput } from './testing/snapshot.js';
import { type Plane, startPlane } from './testing/start-plane.js';
import { headerOf } from './testing/wire.js';

describe('the address of a backend', () => {
  let plane: Plane;
  let backend: Backend | null = null;

  afterEach(async () => {
    await plane.untilMetric('causeway_running_requests', 0);
    expect(plane.failures).toEqual([]);
    await plane.stop();
    await backend?.close();
    backend = null;
  });

  const leadingTo = (address: string): SnapshotInput => ({
    apis: [{ backend: { type: 'HTTP', address, path: '/*', timeoutMs: 300 } }],
  });

  async function codeAt(address: string): Promise<string | undefined> {
    await plane.apply(leadingTo(address));
    return headerOf((await ask(plane.publicPort, get('/a'))).lines, 'X-Ca-Error-Code');
  }

  it.each([
    'http://169.254.169.254:1',
    'http://[::ffff:169.254.169.254]:1',
    'http://[::ffff:a9fe:a9fe]:1',
    'http://2852039166:1',
    'http://0xa9fea9fe:1',
    'http://0251.0376.0251.0376:1',
    'http://169.254.43518:1',
    'http://100.100.100.200:1',
    'http://0.0.0.0:1',
    'http://[::]:1',
    'http://0:1',
    'http://224.0.0.1:1',
    'http://[fe80::1]:1',
    'https://[fd00:ec2::254]:1',
  ])('is refused with D504IL when it is %s', async (address) => {
    plane = await startPlane({ program: null });
    expect(await codeAt(address)).toBe('D504IL');
  });

  it('is refused with D504IL when it is the own admin port, by every spelling', async () => {
    plane = await startPlane({ program: null });
    for (const host of ['127.0.0.1', 'localhost', 'x.localhost', '2130706433', '0x7f.1', '127.1', '[::1]', '[::ffff:127.0.0.1]'])
      expect([host, await codeAt(`http://${host}:${plane.adminPort}`)]).toEqual([host, 'D504IL']);
  });

  it('is refused with D504IL on loopback where the settings do not allow it', async () => {
    backend = await startBackend(answering(ok('reached')));
    plane = await startPlane({ program: null, environment: { CAUSEWAY_BACKEND_ALLOW_LOOPBACK: 'false' } });
    for (const host of ['127.0.0.1', 'localhost', 'a.b.localhost', '2130706433', '0x7f.1', '[::1]', '[::ffff:7f00:1]'])
      expect([host, await codeAt(`http://${host}:${backend.port}`)]).toEqual([host, 'D504IL']);
    expect(backend.connections.length).toBe(0);
  });

  it('is refused with D504IL in a block that the settings deny, by every spelling, also to a WebSocket', async () => {
    backend = await startBackend(answering(ok('reached')));
    plane = await startPlane({ program: null, environment: { CAUSEWAY_BACKEND_DENIED_BLOCKS: '127.0.0.0/8,192.0.2.0/24' } });
    for (const host of [
      '127.0.0.1',
      'localhost',
      '2130706433',
      '0x7f.1',
      '0177.1',
      '[::ffff:127.0.0.1]',
      '192.0.2.1',
      '3221225985',
    ])
      expect([host, await codeAt(`http://${host}:${backend.port}`)]).toEqual([host, 'D504IL']);
    for (const host of ['127.0.0.1', '2130706433', '0x7f.1', '[::ffff:7f00:1]']) {
      const address = `http://${host}:${backend.port}`;
      await plane.apply({
        apis: [{ request: { protocols: ['WS'] }, backend: { type: 'HTTP', address, path: '/*', timeoutMs: 300 } }],
      });
      const handshake = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: x', 'Sec-WebSocket-Version: 13'];
      const answer = await ask(plane.publicPort, get('/a', handshake));
      expect([host, headerOf(answer.lines, 'X-Ca-Error-Code')]).toEqual([host, 'D504IL']);
    }
    expect(backend.connections.length).toBe(0);
  });

  it('may be a name under localhost where loopback is allowed', async () => {
    backend = await startBackend(answering(ok('reached')));
    plane = await startPlane({ program: leadingTo(`http://shop.localhost:${backend.port}`) });
    expect((await ask(plane.publicPort, get('/a'))).body).toBe('reached');
    expect(headerOf(backend.requests[0]!.lines, 'host')).toBe(`shop.localhost:${backend.port}`);
  });

  it('may be what private DNS says, guarded alike', async () => {
    backend = await startBackend(answering(ok('reached')));
    plane = await startPlane({ program: null });
    const records = (address: string, port?: number) => ({
      instance: {
        privateDns: [{ host: 'shop.example', records: [{ address, weight: 1, ...(port !== undefined && { port }) }] }],
      },
    });
    await plane.apply({ ...leadingTo('http://shop.example'), ...records('127.0.0.1', backend.port) });
    expect((await ask(plane.publicPort, get('/a'))).body).toBe('reached');
    expect(headerOf(backend.requests[0]!.lines, 'host')).toBe('shop.example');
    for (const address of ['127.0.0.1', '0x7f.1', '2130706433', '::ffff:127.0.0.1', '::1', 'localhost']) {
      await plane.apply({ ...leadingTo('http://shop.example'), ...records(address, plane.adminPort) });
      const answer = await ask(plane.publicPort, get('/a'));
      expect([address, headerOf(answer.lines, 'X-Ca-Error-Code')]).toEqual([address, 'D504IL']);
    }
  });

  it('costs no connection when a thousand definitions or values are refused', async () => {
    backend = await startBackend(answering(ok('fine')));
    const { address } = backend;
    const type = (value: string) => ({ category: 'CUSTOM' as const, value });
    plane = await startPlane({
      program: {
        apis: [
          { path: '/unfit', backend: { type: 'HTTP', address, contentType: type('text/plain; a=\u4e2d\u{1f600}') } },
          {
            path: '/value',
            request: { mode: 'MAPPING' },
            parameters: [{ name: 'a', in: 'query', backend: { name: 'X-A', in: 'header' } }],
            backend: { type: 'HTTP', address },
          },
          { path: '/text/[a]', backend: { type: 'HTTP', address, path: '/t/[a]' } },
          { path: '/routed', plugins: ['route'], backend: { type: 'HTTP', address } },
          { path: '/good', backend: { type: 'HTTP', address } },
        ],
        plugins: [
          {
            id: 'route',
            type: 'routing',
            config: {
              routes: [
                {
                  name: 'r',
                  condition: '1 = 1',
                  backend: { path: '/r' },
                  'constant-parameters': [
                    { name: 'X-B', location: 'header', value: '\u4e2d' },
                    { name: '\u4e2d', location: 'query', value: '\u4e2d' },
                  ],
                },
              ],
            },
          },
        ],
      },
    });
    const seen = new Map<string, number>();
    for (let i = 0; i < 50; i++) {
      const answers = await Promise.all(
        [
          '/unfit',
          '/value?a=%0d%0aX-Evil:1',
          '/value?a=%00',
          '/value?a=%E4%B8%AD',
          '/text/%0a',
          '/text/a%7C%22',
          '/routed',
        ].flatMap((target) => [1, 2, 3].map(async () => [target, (await ask(plane.publicPort, get(target))).start] as const)),
      );
      for (const [target, start] of answers) seen.set(`${target} ${start}`, (seen.get(`${target} ${start}`) ?? 0) + 1);
    }
    expect(Object.fromEntries(seen)).toEqual({
      '/unfit HTTP/1.1 200 OK': 150,
      '/value?a=%0d%0aX-Evil:1 HTTP/1.1 400 Bad Request': 150,
      '/value?a=%00 HTTP/1.1 400 Bad Request': 150,
      '/value?a=%E4%B8%AD HTTP/1.1 200 OK': 150,
      '/text/%0a HTTP/1.1 200 OK': 150,
      '/text/a%7C%22 HTTP/1.1 200 OK': 150,
      '/routed HTTP/1.1 200 OK': 150,
    });
    expect(backend.requests.some(({ text }) => /\r\nX-Evil/i.test(text))).toBe(false);
    expect((await ask(plane.publicPort, get('/good'))).body).toBe('fine');
  });
});

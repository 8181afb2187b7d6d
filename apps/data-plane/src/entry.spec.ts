/** Who a client is behind front proxies, and whether it may come. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { answering, type Backend, ok, startBackend } from './testing/backend.js';
import { ask, dial, get } from './testing/client.js';
import { HOST, INTERNAL_HOST, type SnapshotInput } from './testing/snapshot.js';
import { type Plane, startPlane } from './testing/start-plane.js';
import { headerOf } from './testing/wire.js';

const PROXIES = { CAUSEWAY_CLIENT_TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8,2001:db8:1::/48' };

describe('a client', () => {
  let plane: Plane;
  let backend: Backend;

  async function start(environment: Record<string, string>, more: Partial<SnapshotInput> = {}) {
    backend = await startBackend(answering(ok('')));
    plane = await startPlane({ program: program(more), environment });
  }

  function program(more: Partial<SnapshotInput> = {}): SnapshotInput {
    return {
      apis: [
        {
          request: { protocols: ['HTTP', 'WS'] },
          backend: { type: 'HTTP', address: backend.address, path: '/*' },
          system: [
            { name: 'X-Client', in: 'header', parameter: 'CaClientIp' },
            { name: 'X-Scheme', in: 'header', parameter: 'CaHttpScheme' },
            { name: 'X-Proxy', in: 'header', parameter: 'CaProxy' },
          ],
        },
      ],
      ...more,
    };
  }

  afterEach(async () => {
    expect(plane.failures).toEqual([]);
    await plane.stop();
    await backend.close();
  });

  async function clientOf(lines: readonly string[], internal = false): Promise<string | undefined> {
    await ask(internal ? plane.internalPort : plane.publicPort, get('/a', lines, internal ? INTERNAL_HOST : HOST));
    return headerOf(backend.requests.at(-1)!.lines, 'X-Client');
  }

  it.each([
    [[], '127.0.0.1'],
    [['X-Forwarded-For: 198.51.100.7'], '198.51.100.7'],
    [['X-Forwarded-For: 6.6.6.6, 198.51.100.7, 10.1.1.1'], '198.51.100.7'],
    [['X-Forwarded-For: 6.6.6.6', 'X-Forwarded-For: 198.51.100.7,,10.1.1.1 ,'], '198.51.100.7'],
    [['X-Forwarded-For: 10.3.3.3, 10.2.2.2'], '10.3.3.3'],
    [['X-Forwarded-For: 6.6.6.6, unknown, 10.2.2.2'], '10.2.2.2'],
    [['X-Forwarded-For: 6.6.6.6, "><script>'], '127.0.0.1'],
    [['X-Forwarded-For: ,'], '127.0.0.1'],
    [['X-Forwarded-For: 2001:DB8:2::0:1, 2001:db8:1::9'], '2001:db8:2::1'],
    [['X-Forwarded-For: [2001:db8:2::1]:443'], '2001:db8:2::1'],
    [['X-Forwarded-For: 198.51.100.7:5500'], '198.51.100.7'],
    [['X-Forwarded-For: ::ffff:198.51.100.7'], '198.51.100.7'],
    [['X-Forwarded-For: 0:0:0:0:0:ffff:c633:6407'], '198.51.100.7'],
    [['X-Forwarded-For: 198.51.100.7, fe80::1%eth0'], '127.0.0.1'],
  ])('behind trusted proxies that says %j is %s', async (lines, client) => {
    await start(PROXIES);
    expect(await clientOf(lines)).toBe(client);
    const log = await plane.stopAndReadLog();
    expect(log[0]).toMatchObject({ clientIp: client });
  });

  it('is the peer where no proxy is trusted, where the peer is none, and on the internal listener', async () => {
    await start({});
    const lines = ['X-Forwarded-For: 198.51.100.7', 'X-Forwarded-Proto: https'];
    expect(await clientOf(lines)).toBe('127.0.0.1');
    expect(headerOf(backend.requests[0]!.lines, 'X-Forwarded-Proto')).toBe('http');
    await plane.stop();
    await backend.close();
    await start({ CAUSEWAY_CLIENT_TRUSTED_PROXIES: '10.0.0.0/8' });
    expect(await clientOf(lines)).toBe('127.0.0.1');
    await plane.stop();
    await backend.close();
    await start(PROXIES);
    expect(await clientOf(lines, true)).toBe('127.0.0.1');
    expect(headerOf(backend.requests[0]!.lines, 'X-Forwarded-Proto')).toBe('http');
  });

  it('has the protocol that a trusted proxy says, and the list of addresses goes on whole', async () => {
    await start(PROXIES);
    await clientOf(['X-Forwarded-For: 6.6.6.6, 198.51.100.7', 'X-Forwarded-Proto: https']);
    const { lines } = backend.requests[0]!;
    expect(headerOf(lines, 'X-Forwarded-Proto')).toBe('https');
    expect(headerOf(lines, 'X-Forwarded-For')).toBe('6.6.6.6, 198.51.100.7, 127.0.0.1');
    expect(headerOf(lines, 'X-Scheme')).toBe('HTTPS');
    await clientOf([]);
    expect(headerOf(backend.requests[1]!.lines, 'X-Forwarded-Proto')).toBe('http');
  });

  it('of a backend sees the name of the gateway that the settings give', async () => {
    await start({ CAUSEWAY_SYSTEM_PROXY_NAME: 'Our Gateway' });
    await clientOf([]);
    expect(headerOf(backend.requests[0]!.lines, 'X-Proxy')).toBe('Our Gateway');
  });

  describe('that an access list keeps out', () => {
    const lists = (ipv4: object | null, ipv6: object | null = null) =>
      ({ instance: { accessLists: { ipv4, ipv6 } } }) as unknown as Partial<SnapshotInput>;
    const from = (address: string, host = HOST) => get('/a', [`X-Forwarded-For: ${address}`], host);

    it('gets A403IP, whatever it asks for, and others go on', async () => {
      await start(PROXIES, lists({ mode: 'allow', blocks: ['198.51.100.0/24'] }));
      for (const text of [from('203.0.113.1'), from('203.0.113.1', 'nobody.example'), get('/a')])
        expect(headerOf((await ask(plane.publicPort, text)).lines, 'X-Ca-Error-Code')).toBe('A403IP');
      expect(backend.connections.length).toBe(0);
      for (const address of ['198.51.100.7', '2001:db8::1'])
        expect((await ask(plane.publicPort, from(address))).start).toBe('HTTP/1.1 200 OK');
      await plane.apply(program(lists(null, { mode: 'deny', blocks: ['2001:db8::/32'] })));
      expect((await ask(plane.publicPort, from('203.0.113.1'))).start).toBe('HTTP/1.1 200 OK');
      expect((await ask(plane.publicPort, from('2001:db8::1'))).start).toBe('HTTP/1.1 403 Forbidden');
      const log = await plane.stopAndReadLog();
      expect(log[0]).toMatchObject({ errorCode: 'A403IP', clientIp: '203.0.113.1', configRevision: 1 });
    });

    it('gets A403IP for a WebSocket handshake, too', async () => {
      await start({}, lists({ mode: 'deny', blocks: ['127.0.0.1'] }));
      const wire = await dial(plane.publicPort);
      wire.send(get('/a', ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: x', 'Sec-WebSocket-Version: 13']));
      expect(headerOf((await wire.message()).lines, 'X-Ca-Error-Code')).toBe('A403IP');
      wire.socket.destroy();
    });

    it('may come over the internal listener, where calls were judged before', async () => {
      await start({}, lists({ mode: 'allow', blocks: [] }));
      expect((await ask(plane.internalPort, get('/a', [], INTERNAL_HOST))).start).toBe('HTTP/1.1 200 OK');
    });
  });
});

/** WebSocket: judged like a GET, tunnelled through one hop and two, ended by silence, a side, or a drain. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Backend, type Behaviour, startBackend } from './testing/backend.js';
import { dial, get } from './testing/client.js';
import { HOP_IDS, HOST, INTERNAL_HOST, plainSecret, type SnapshotInput } from './testing/snapshot.js';
import { freePort, type Plane, type PlaneOptions, startPlane } from './testing/start-plane.js';
import { until } from './testing/until.js';
import { headerOf, type Wire } from './testing/wire.js';

const UPGRADE = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: a2V5'];
const ACCEPTED =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ok\r\nX-Ca-Own: 1\r\n\r\n';

/** Accepts, then says everything twice. */
const echo: Behaviour = async (wire, backend) => {
  backend.requests.push(await wire.message());
  wire.send(ACCEPTED);
  for (;;) {
    const text = await wire.through('.');
    wire.send(text + text);
  }
};

describe('a WebSocket', () => {
  let plane: Plane;
  let backend: Backend;

  async function start(behave: Behaviour, options: Partial<PlaneOptions> = {}, program?: (address: string) => SnapshotInput) {
    backend = await startBackend(behave);
    plane = await startPlane({ program: (program ?? oneHop)(backend.address), ...options });
  }

  afterEach(async () => {
    if (!plane.stopped) await plane.untilMetric('causeway_running_requests', 0);
    expect(plane.failures).toEqual([]);
    await plane.stop();
    await backend.close();
  });

  const oneHop = (address: string): SnapshotInput => ({
    apis: [{ request: { protocols: ['HTTP', 'WS'] }, backend: { type: 'HTTP', address, path: '/*', timeoutMs: 300 } }],
  });

  const twoHops = (address: string): SnapshotInput => ({
    keys: { K: 'S' },
    apis: [
      {
        path: '/outer',
        request: { protocols: ['HTTP', 'WS'] },
        plugins: ['sign'],
        backend: { type: 'HTTP', address: `http://${INTERNAL_HOST}`, path: '/inner' },
      },
      { path: '/inner', auth: 'APP', request: { protocols: ['HTTP', 'WS'] }, backend: { type: 'HTTP', address, path: '/end' } },
    ],
    plugins: [{ id: 'sign', type: 'backendSignature', config: { type: 'APIGW_FRONTEND', key: 'K', secret: plainSecret('S') } }],
  });

  async function open(target: string, more: readonly string[] = []): Promise<Wire> {
    const wire = await dial(plane.publicPort);
    wire.send(get(target, [...UPGRADE, ...more]));
    return wire;
  }

  it('passes the handshake and both directions, bytes behind the head too', async () => {
    await start(echo);
    const wire = await dial(plane.publicPort);
    wire.send(`${get('/a%7C//b?x=|&y', [...UPGRADE, 'X-Own: 1', 'X-Ca-Key: k'])}first.`);
    const accepted = await wire.message(true);
    expect(accepted.start).toBe('HTTP/1.1 101 Switching Protocols');
    expect(headerOf(accepted.lines, 'Sec-WebSocket-Accept')).toBe('ok');
    expect(headerOf(accepted.lines, 'X-Ca-Own')).toBeUndefined();
    expect(headerOf(accepted.lines, 'X-Ca-Request-Id')).toMatch(/^[0-9A-F-]{36}$/);
    expect(await wire.bytes(12)).toBe('first.first.');
    wire.send('again.');
    expect(await wire.bytes(12)).toBe('again.again.');
    const [request] = backend.requests;
    expect(request!.start).toBe('GET /a%7C//b?x=|&y HTTP/1.1');
    expect(headerOf(request!.lines, 'sec-websocket-key')).toBe('a2V5');
    expect(headerOf(request!.lines, 'via')).toBe(HOP_IDS.public);
    expect(headerOf(request!.lines, 'host')).toBe(`127.0.0.1:${backend.port}`);
    expect(headerOf(request!.lines, 'x-ca-key')).toBeUndefined();
    wire.socket.destroy();
    await backend.connections[0]!.end();
  });

  it.each(['inprocess', 'wire'])('passes two hops, %s', async (way) => {
    await start(echo, { environment: { CAUSEWAY_INTERNAL_CALLS: way } }, twoHops);
    const wire = await open('/outer');
    const accepted = await wire.message(true);
    expect(accepted.start).toBe('HTTP/1.1 101 Switching Protocols');
    wire.send('x.');
    expect(await wire.bytes(4)).toBe('x.x.');
    const { start: line, lines } = backend.requests[0]!;
    expect(line).toBe('GET /end HTTP/1.1');
    expect(lines.filter((each) => /^via:/i.test(each)).map((each) => each.slice(5))).toEqual([HOP_IDS.public, HOP_IDS.internal]);
    expect(headerOf(lines, 'x-ca-request-id')).toBe(headerOf(accepted.lines, 'X-Ca-Request-Id'));
    expect(headerOf(lines, 'x-forwarded-for')).toBe('127.0.0.1, 127.0.0.1');
    wire.socket.end();
    await plane.untilMetric('causeway_nested_calls', 0);
    await plane.untilMetric('causeway_requests_total{listener="internal",status="101"}', 1);
  });

  it.each(['inprocess', 'wire'])('gets the refusal of a callee, %s', async (way) => {
    await start(echo, { environment: { CAUSEWAY_INTERNAL_CALLS: way } }, (address) => ({ ...twoHops(address), keys: {} }));
    const answer = await (await open('/outer')).message();
    expect(answer.start).toBe('HTTP/1.1 400 Bad Request');
    expect(headerOf(answer.lines, 'X-Ca-Error-Code')).toBe('A400IK');
    expect(answer.lines.filter((each) => /^x-ca-request-id:/i.test(each)).length).toBe(1);
    expect(backend.requests.length).toBe(0);
  });

  it('is refused by an API without the protocol, and where it is no plain GET', async () => {
    await start(echo);
    const refusals: Array<readonly [string, string]> = [
      ['I400HD', get('/a', UPGRADE).replace('GET', 'POST')],
      ['I400HD', get('/a', [...UPGRADE, 'Content-Length: 2'])],
      ['I400HD', get('/a', [...UPGRADE, 'Transfer-Encoding: chunked'])],
      ['I400HD', `GET /a HTTP/1.1\r\nHost: ${HOST}\r\nHost: ${HOST}\r\n${UPGRADE.join('\r\n')}\r\n\r\n`],
      ['I404DO', get('/a', UPGRADE, INTERNAL_HOST)],
    ];
    for (const [code, text] of refusals) {
      const wire = await dial(plane.publicPort);
      wire.send(text);
      const answer = await wire.message();
      expect(headerOf(answer.lines, 'X-Ca-Error-Code')).toBe(code);
      expect(headerOf(answer.lines, 'X-Ca-Request-Id')).toMatch(/^[0-9A-F-]{36}$/);
      expect(await wire.rest()).toBe('');
    }
    await plane.apply({ apis: [{ backend: { type: 'HTTP', address: backend.address, path: '/*' } }] });
    expect(headerOf((await (await open('/a')).message()).lines, 'X-Ca-Error-Code')).toBe('I403PT');
    expect(backend.requests.length).toBe(0);
  });

  it('gets what a backend answers that does not accept, without its reserved headers', async () => {
    await start(async (wire) => {
      await wire.message();
      wire.send('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nX-Ca-Error-Code: X\r\nX-Kept: 1\r\n\r\nno');
    });
    const wire = await open('/a');
    const answer = await wire.message();
    expect([answer.start, answer.body]).toEqual(['HTTP/1.1 403 Forbidden', 'no']);
    expect(headerOf(answer.lines, 'X-Kept')).toBe('1');
    expect(headerOf(answer.lines, 'X-Ca-Error-Code')).toBeUndefined();
    expect(headerOf(answer.lines, 'X-Ca-Request-Id')).toMatch(/^[0-9A-F-]{36}$/);
    expect(await wire.rest()).toBe('');
  });

  it('is told of a backend that is gone, silent, or not allowed', async () => {
    await start(async (wire) => {
      await wire.message();
      await wire.end();
    });
    expect(headerOf((await (await open('/a')).message()).lines, 'X-Ca-Error-Code')).toBe('D504TO');
    await backend.connections[0]!.end();
    for (const [address, code] of [
      [`http://127.0.0.1:${await freePort()}`, 'D504CO'],
      [`http://localhost:${plane.adminPort}`, 'D504IL'],
      [`http://127.0.0.1:${plane.adminPort}`, 'D504IL'],
      ['http://no-such-name.invalid', 'D504RE'],
    ] as const) {
      await plane.apply(oneHop(address));
      expect([address, headerOf((await (await open('/a')).message()).lines, 'X-Ca-Error-Code')]).toEqual([address, code]);
    }
  });

  it('whose client goes during the handshake leaves nothing behind', async () => {
    await start(async (wire, self) => {
      self.requests.push(await wire.message());
      await wire.end();
    });
    await plane.apply({
      apis: [{ request: { protocols: ['WS'] }, backend: { type: 'HTTP', address: backend.address, path: '/*' } }],
    });
    const wire = await open('/a');
    await until(() => backend.requests.length === 1, 'the handshake is at the backend');
    wire.socket.destroy();
    await backend.connections[0]!.end();
    await plane.untilMetric('causeway_refusals_total{code="N502RE"}', 1);
  });

  it('ends when a side ends', async () => {
    await start(async (wire) => {
      await wire.message();
      wire.send(ACCEPTED);
      await wire.through('bye.');
      wire.socket.end();
    });
    const wire = await open('/a');
    await wire.message(true);
    wire.send('bye.');
    expect(await wire.rest()).toBe('');
  });

  it('ends when nothing moves', async () => {
    await start(echo, { waits: { tunnelIdleMs: 60 } });
    const wire = await open('/a');
    await wire.message(true);
    expect(await wire.rest()).toBe('');
    await backend.connections[0]!.end();
  });

  it('ends in a drain, whether open or in its handshake', async () => {
    await start(async (wire, self) => {
      const request = await wire.message();
      self.requests.push(request);
      if (request.start.includes('/open')) wire.send(ACCEPTED);
      await wire.end();
    });
    const opened = await open('/open');
    await opened.message(true);
    const waiting = await open('/waiting');
    await until(() => backend.requests.length === 2, 'both are at the backend');
    const stopped = plane.stop();
    expect(headerOf((await waiting.message()).lines, 'X-Ca-Error-Code')).toBe('D504TO');
    await stopped;
    expect(await opened.rest()).toBe('');
  });

  it('does not get between the bytes of an answer that is on its way', async () => {
    await start(async (wire) => {
      await wire.message();
      wire.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin');
      await wire.end();
    });
    const wire = await dial(plane.publicPort);
    wire.send(get('/a'));
    await wire.through('begin');
    wire.send(get('/b', UPGRADE));
    expect(await wire.rest()).toBe('');
  });
});

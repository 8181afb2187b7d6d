/** A plain request and its answer, byte by byte, over HTTP/1.1 and HTTP/1.0. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { answering, type Backend, ok, startBackend } from './testing/backend.js';
import { ask, dial, get, post } from './testing/client.js';
import { HOP_IDS, HOST } from './testing/snapshot.js';
import { type Plane, startPlane } from './testing/start-plane.js';
import { until } from './testing/until.js';
import { headerOf } from './testing/wire.js';

const UUID = /^[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}$/;

describe('the server', () => {
  let plane: Plane;
  let backend: Backend;

  afterEach(async () => {
    await plane.untilMetric('causeway_running_requests', 0);
    expect(plane.failures).toEqual([]);
    await plane.stop();
    await backend.close();
  });

  async function start(answer: Parameters<typeof answering>[0], method?: 'GET' | 'HEAD' | 'POST') {
    backend = await startBackend(answering(answer));
    plane = await startPlane({
      program: { apis: [{ backend: { type: 'HTTP', address: backend.address, path: '/*', ...(method && { method }) } }] },
    });
  }

  it('passes a request on with the headers of the contract and nothing else', async () => {
    await start(ok('hello', ['Content-Type: text/plain']));
    const answer = await ask(plane.publicPort, get('/a/b?x=1&y', ['User-Agent: spec', 'X-Own: 1', 'X-Own: 2']));
    const [request] = backend.requests;
    const id = headerOf(answer.lines, 'X-Ca-Request-Id') ?? '';
    expect(id).toMatch(UUID);
    expect(request?.text).toBe(
      `GET /a/b?x=1&y HTTP/1.1\r\nhost: 127.0.0.1:${backend.port}\r\nconnection: keep-alive\r\n` +
        `User-Agent: spec\r\nX-Own: 1\r\nX-Own: 2\r\n` +
        `Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\nX-Forwarded-Proto: http\r\n` +
        `X-Forwarded-For: 127.0.0.1\r\nX-Ca-Request-Id: ${id}\r\nVia: ${HOP_IDS.public}\r\n\r\n`,
    );
    expect(answer.start).toBe('HTTP/1.1 200 OK');
    expect(answer.body).toBe('hello');
    expect(answer.lines.filter((line) => !/^(?:Date|Connection|Keep-Alive):/.test(line))).toEqual([
      'Content-Type: text/plain',
      'Content-Length: 5',
      `X-Ca-Request-Id: ${id}`,
    ]);
  });

  it('passes a body with a length and one in chunks on as they came', async () => {
    await start(ok(''));
    await ask(plane.publicPort, post('/a', 'four', ['Content-Type: text/x']));
    await ask(
      plane.publicPort,
      `POST /a HTTP/1.1\r\nHost: ${HOST}\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n`,
    );
    const [first, second] = backend.requests;
    expect(first?.lines.filter((line) => /^content-|^transfer/i.test(line))).toEqual([
      'Content-Type: text/x',
      'content-length: 4',
    ]);
    expect(first?.body).toBe('four');
    expect(headerOf(second!.lines, 'Content-Type')).toBe('application/octet-stream');
    expect(second?.body).toBe('abcde');
    expect(second?.text).not.toMatch(/ext=1|trailer/i);
  });

  it('drops hop-by-hop and reserved headers of a request, whatever the letter case', async () => {
    await start(ok(''));
    const dropped = [
      'Connection: keep-alive, X-Named, x-other',
      'X-Named: 1',
      'X-OTHER: 1',
      'Keep-Alive: timeout=1',
      'Proxy-Connection: close',
      'Proxy-Authorization: Basic eDp5',
      'TE: trailers',
      'Trailer: x',
      'x-ca-key: k',
      'X-CA-HOP: v1.x.y',
      'X-Ca-Request-Id: mine',
      'X-Client-S-Dn: CN=root',
      'CA_VERSION: 1',
    ];
    await ask(plane.publicPort, get('/a', ['X-Kept: 1', ...dropped]));
    const names = backend.requests[0]!.lines.map((line) => line.slice(0, line.indexOf(':')));
    expect(names).toEqual([
      'host',
      'connection',
      'X-Kept',
      'Content-Type',
      'X-Forwarded-Proto',
      'X-Forwarded-For',
      'X-Ca-Request-Id',
      'Via',
    ]);
    expect(backend.requests[0]!.text).not.toContain('mine');
  });

  it('appends to X-Forwarded-For and keeps no X-Forwarded-Proto of a client', async () => {
    await start(ok(''));
    await ask(
      plane.publicPort,
      get('/a', ['X-Forwarded-For: 1.1.1.1', 'x-forwarded-for: 2.2.2.2, 3.3.3.3', 'X-Forwarded-Proto: https']),
    );
    const { lines } = backend.requests[0]!;
    expect(lines.filter((line) => /^x-forwarded/i.test(line))).toEqual([
      'X-Forwarded-Proto: http',
      'X-Forwarded-For: 1.1.1.1, 2.2.2.2, 3.3.3.3, 127.0.0.1',
    ]);
  });

  it('drops hop-by-hop headers, trailers and X-Ca-* of a backend, the error headers too', async () => {
    await start(
      'HTTP/1.1 200 OK\r\nX-Kept: 1\r\nX-Kept: 2\r\nConnection: keep-alive, X-Named\r\nX-Named: 1\r\nKeep-Alive: timeout=5\r\n' +
        'Proxy-Authenticate: Basic\r\nTrailer: X-T\r\nX-Ca-Error-Code: A403IS\r\nX-Ca-Error-Message: no\r\nx-ca-other: 1\r\nX-Ca-: 1\r\n' +
        'X-Ca-Request-Id: theirs\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nX-T: 1\r\n\r\n',
    );
    const answer = await ask(plane.publicPort, get('/a'));
    expect(answer.body).toBe('ab');
    const names = answer.lines.map((line) => line.slice(0, line.indexOf(':')));
    expect(names).toEqual(['X-Kept', 'X-Kept', 'X-Ca-Request-Id', 'Content-Length', 'Date', 'Connection']);
    expect(answer.text).not.toContain('theirs');
  });

  it('answers HEAD with the length of the backend and no body, and keeps the connection', async () => {
    await start((request) => (request.start.startsWith('HEAD') ? 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n' : ok('hello')));
    const wire = await dial(plane.publicPort);
    wire.send(get('/a').replace('GET', 'HEAD'));
    const head = await wire.message(true);
    expect(headerOf(head.lines, 'Content-Length')).toBe('5');
    wire.send(get('/a'));
    expect((await wire.message()).body).toBe('hello');
    expect(wire.received).toBe('');
    wire.socket.destroy();
  });

  it('gives no length of a body that a backend asked by HEAD did not send', async () => {
    await start('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', 'HEAD');
    const answer = await ask(plane.publicPort, get('/a'));
    expect(backend.requests[0]!.start).toBe('HEAD /a HTTP/1.1');
    expect(headerOf(answer.lines, 'Content-Length')).toBe('0');
  });

  it.each([
    ['204 No Content', ''],
    ['304 Not Modified', 'Content-Length: 5\r\n'],
  ])('passes %s on without a body, and keeps the connection', async (status, length) => {
    await start(`HTTP/1.1 ${status}\r\nETag: "x"\r\n${length}\r\n`);
    const wire = await dial(plane.publicPort);
    for (let i = 0; i < 2; i++) {
      wire.send(get('/a'));
      const answer = await wire.message(true);
      expect(answer.start).toBe(`HTTP/1.1 ${status}`);
      expect(headerOf(answer.lines, 'ETag')).toBe('"x"');
      expect(headerOf(answer.lines, 'Transfer-Encoding')).toBeUndefined();
    }
    expect(wire.received).toBe('');
    wire.socket.destroy();
  });

  it('answers HTTP/1.0 in full, without chunks, and closes', async () => {
    await start('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n');
    const wire = await dial(plane.publicPort);
    wire.send(`GET /a HTTP/1.0\r\nHost: ${HOST}\r\n\r\n`);
    const text = await wire.rest();
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(text).not.toMatch(/chunked/i);
    expect(text).toMatch(/Connection: close\r\n\r\nab$/);
  });

  it('answers requests on one connection in their order, though the second is answered first', async () => {
    let release: (() => void) | null = null;
    backend = await startBackend(async (wire, self) => {
      const request = await wire.message();
      self.requests.push(request);
      if (request.start.includes('/slow')) await new Promise<void>((resolve) => (release = resolve));
      else release?.();
      wire.send(ok(request.start));
    });
    plane = await startPlane({ program: { apis: [{ backend: { type: 'HTTP', address: backend.address, path: '/*' } }] } });
    const wire = await dial(plane.publicPort);
    wire.send(get('/slow') + get('/fast') + post('/third', 'x'));
    expect((await wire.message()).body).toBe('GET /slow HTTP/1.1');
    expect((await wire.message()).body).toBe('GET /fast HTTP/1.1');
    expect((await wire.message()).body).toBe('POST /third HTTP/1.1');
    wire.socket.destroy();
  });

  it('counts and logs pipelined requests whose client goes before any is answered', async () => {
    backend = await startBackend(async (wire, self) => {
      self.requests.push(await wire.message());
      await wire.end();
    });
    plane = await startPlane({ program: { apis: [{ backend: { type: 'HTTP', address: backend.address, path: '/*' } }] } });
    const wire = await dial(plane.publicPort);
    wire.send(get('/1') + get('/2') + get('/3'));
    await until(() => backend.requests.length === 3, 'all three are at the backend');
    wire.socket.destroy();
    await plane.untilMetric('causeway_running_requests', 0);
    expect(await plane.metric('causeway_refusals_total{code="N502RE"}')).toBe(3);
    for (const each of backend.connections.slice(0, 3)) await each.end();
  });
});

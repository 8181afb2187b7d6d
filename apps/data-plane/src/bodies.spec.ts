/** Request bodies: limits, forms, silence, and streams in both directions. */

import { hmacBase64, prepareSecret } from '@causeway/signature';
import { afterEach, describe, expect, it } from '@jest/globals';
import { answering, type Backend, type Behaviour, ok, startBackend } from './testing/backend.js';
import { ask, dial, get, post } from './testing/client.js';
import { type ApiInput, HOST } from './testing/snapshot.js';
import { type Plane, startPlane } from './testing/start-plane.js';
import { until } from './testing/until.js';
import { headerOf } from './testing/wire.js';

const MIB = 1 << 20;
const FORM = 'Content-Type: application/x-www-form-urlencoded';
const CHUNKED = `POST /a HTTP/1.1\r\nHost: ${HOST}\r\nTransfer-Encoding: chunked\r\n`;

describe('a body', () => {
  let plane: Plane;
  let backend: Backend;

  async function start(behave: Behaviour, api: Partial<ApiInput> = {}, options: Partial<Parameters<typeof startPlane>[0]> = {}) {
    backend = await startBackend(behave);
    plane = await startPlane({
      program: { apis: [{ backend: { type: 'HTTP', address: backend.address, path: '/*' }, ...api }], keys: { K: 'S' } },
      ...options,
    });
  }

  afterEach(async () => {
    await plane.untilMetric('causeway_running_requests', 0);
    await plane.untilMetric('causeway_buffered_bytes', 0);
    expect(plane.failures).toEqual([]);
    await plane.stop();
    await backend.close();
  });

  const small = { bodyBytes: 100, bufferedBodyBytes: 50 };

  it('with a length over the limit is I413RL before any byte of it is read', async () => {
    await start(answering(ok('')), {}, { limits: small });
    const wire = await dial(plane.publicPort);
    wire.send(`POST /a HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 101\r\n\r\n`);
    const answer = await wire.message();
    expect(headerOf(answer.lines, 'X-Ca-Error-Code')).toBe('I413RL');
    expect(await wire.rest()).toBe('');
    wire.socket.destroy();
    expect(backend.requests.length).toBe(0);
  });

  it('in chunks over the limit is I413RL, and the call to the backend is broken off', async () => {
    await start(answering(ok('')), {}, { limits: small });
    const answer = await ask(plane.publicPort, `${CHUNKED}\r\n65\r\n${'a'.repeat(101)}\r\n`);
    expect(headerOf(answer.lines, 'X-Ca-Error-Code')).toBe('I413RL');
    expect(headerOf(answer.lines, 'Connection')).toBe('close');
    expect(backend.requests.length).toBe(0);
  });

  it('over the limit of its API is I413RL, in chunks too, and as a form', async () => {
    await start(answering(ok('')), {
      request: { maxBodyBytes: 10 },
      parameters: [{ name: 'f', in: 'form', backend: { name: 'f', in: 'form' } }],
    });
    for (const text of [
      post('/a', 'a'.repeat(11)),
      `${CHUNKED}\r\nb\r\n${'a'.repeat(11)}\r\n0\r\n\r\n`,
      `${CHUNKED}${FORM}\r\n\r\nb\r\nf=aaaaaaaaa\r\n0\r\n\r\n`,
    ])
      expect(headerOf((await ask(plane.publicPort, text)).lines, 'X-Ca-Error-Code')).toBe('I413RL');
  });

  it('that must be held in memory is I413RL over its own limit, and X503BZ when all together are too much', async () => {
    const form: Partial<ApiInput> = { parameters: [{ name: 'f', in: 'form', backend: { name: 'f', in: 'form' } }] };
    await start(answering(ok('')), form, { limits: { ...small, bufferedTotalBytes: 40 } });
    expect(headerOf((await ask(plane.publicPort, post('/a', `f=${'a'.repeat(50)}`, [FORM]))).lines, 'X-Ca-Error-Code')).toBe(
      'I413RL',
    );
    expect(headerOf((await ask(plane.publicPort, post('/a', `f=${'a'.repeat(43)}`, [FORM]))).lines, 'X-Ca-Error-Code')).toBe(
      'X503BZ',
    );
    expect((await ask(plane.publicPort, post('/a', `f=${'a'.repeat(30)}`, [FORM]))).start).toBe('HTTP/1.1 200 OK');
  });

  it.each([
    ['a form that must be read', [{ name: 'f', in: 'form', backend: { name: 'f', in: 'form' } }] as const, FORM],
    ['a stream', [], 'Content-Type: text/x'],
  ])('whose client falls silent is I400BD: %s', async (_, parameters, type) => {
    await start(answering(ok('')), { parameters: [...parameters] }, { waits: { bodyIdleMs: 50 } });
    const wire = await dial(plane.publicPort);
    wire.send(`POST /a HTTP/1.1\r\nHost: ${HOST}\r\n${type}\r\nContent-Length: 10\r\n\r\nf=1`);
    expect(headerOf((await wire.message()).lines, 'X-Ca-Error-Code')).toBe('I400BD');
    wire.socket.destroy();
  });

  it('that came in full leaves the backend its time, however long the client then is silent', async () => {
    await start(
      async (wire) => {
        await wire.message();
        await until(
          async () => (await plane.metric('causeway_running_requests')) === 1 && performance.now() - startedMs > 200,
          'later',
        );
        wire.send(ok('late'));
      },
      {},
      { waits: { bodyIdleMs: 50 } },
    );
    const startedMs = performance.now();
    expect((await ask(plane.publicPort, post('/a', 'abc'))).body).toBe('late');
  });

  it('that is a form is signed and passed on byte for byte', async () => {
    await start(answering(ok('')), { auth: 'APP' });
    const body = 'b=2&a=%E4%B8%AD+x&a=second&&=no&c';
    const type = 'application/x-www-form-urlencoded; charset=utf-8';
    const text = `POST\n\n\n${type}\n\nX-Ca-Key:K\n/a?a=\u4e2d x&b=2&c&q=1`;
    const signature = hmacBase64('HmacSHA256', prepareSecret('S'), text);
    const lines = [`Content-Type: ${type}`, 'X-Ca-Key: K', `X-Ca-Signature: ${signature}`];
    expect((await ask(plane.publicPort, post('/a?q=1', body, lines))).start).toBe('HTTP/1.1 200 OK');
    expect(backend.requests[0]!.body).toBe(body);
    expect(headerOf(backend.requests[0]!.lines, 'content-length')).toBe(String(body.length));
    const altered = await ask(plane.publicPort, post('/a?q=1', `${body}d`, lines));
    expect(headerOf(altered.lines, 'X-Ca-Error-Code')).toBe('A403IS');
    expect(backend.requests.length).toBe(1);
  });

  it('streams up with back pressure: a backend that does not read stops the client', async () => {
    let read: () => void = () => {};
    await start(async (wire, self) => {
      wire.socket.pause();
      await new Promise<void>((resolve) => (read = resolve));
      wire.socket.resume();
      self.requests.push(await wire.message());
      wire.send(ok('got it'));
    });
    const wire = await dial(plane.publicPort);
    const size = 24 * MIB;
    wire.send(`POST /a HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: ${size}\r\n\r\n`);
    const block = Buffer.alloc(MIB, 'x');
    for (let sent = 0; sent < size; sent += MIB) wire.socket.write(block);
    await stable(() => wire.socket.writableLength);
    expect(wire.socket.writableLength).toBeGreaterThan(8 * MIB);
    read();
    expect((await wire.message()).body).toBe('got it');
    wire.socket.destroy();
    expect(backend.requests[0]!.body.length).toBe(size);
  });

  it('streams down with back pressure: a client that does not read stops the backend', async () => {
    const size = 32 * MIB;
    await start(async (wire) => {
      await wire.message();
      wire.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
      const block = Buffer.alloc(MIB, 'y');
      for (let sent = 0; sent < size; sent += MIB) wire.socket.write(block);
      await wire.end();
    });
    const wire = await dial(plane.publicPort);
    wire.send(get('/a'));
    await wire.through('\r\n\r\n');
    wire.socket.pause();
    const { socket } = backend.connections[0]!;
    await stable(() => socket.writableLength);
    expect(socket.writableLength).toBeGreaterThan(8 * MIB);
    wire.socket.resume();
    await wire.bytes(size);
    wire.socket.destroy();
  });

  it('may be answered before it is all there, and the answer arrives', async () => {
    await start(async (wire) => {
      await wire.through('\r\n\r\n');
      wire.send(ok('enough'));
    });
    const wire = await dial(plane.publicPort);
    wire.send(`POST /a HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: ${16 * MIB}\r\n\r\n`);
    for (let sent = 0; sent < 8; sent++) wire.socket.write(Buffer.alloc(MIB, 'x'));
    const answer = await wire.message();
    expect(answer.body).toBe('enough');
    expect(headerOf(answer.lines, 'Connection')).toBe('close');
    wire.socket.destroy();
  });

  it('whose client goes in the middle ends the call to the backend, logged as N502RE', async () => {
    await start(async (wire) => {
      await wire.through('abc');
      await wire.end();
    });
    const wire = await dial(plane.publicPort);
    wire.send(`POST /a HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 10\r\n\r\nabc`);
    await until(
      () => backend.connections.length === 1 && !backend.connections[0]!.received.includes('POST'),
      'it is at the backend',
    );
    wire.socket.destroy();
    await backend.connections[0]!.end();
    await plane.untilMetric('causeway_refusals_total{code="N502RE"}', 1);
  });

  it('of a form whose client goes in the middle is counted once and holds no memory', async () => {
    await start(answering(ok('')), { parameters: [{ name: 'f', in: 'form', backend: { name: 'f', in: 'form' } }] });
    const wire = await dial(plane.publicPort);
    wire.send(`POST /a HTTP/1.1\r\nHost: ${HOST}\r\n${FORM}\r\nContent-Length: 10\r\n\r\nf=1`);
    await plane.untilMetric('causeway_running_requests', 1);
    wire.socket.destroy();
    await plane.untilMetric('causeway_refusals_total{code="N502RE"}', 1);
    expect(backend.requests.length).toBe(0);
  });

  it('of an answer whose client goes in the middle ends the call to the backend', async () => {
    await start(async (wire) => {
      await wire.message();
      wire.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc');
      await wire.end();
    });
    const wire = await dial(plane.publicPort);
    wire.send(get('/a'));
    await wire.through('abc');
    wire.socket.destroy();
    await backend.connections[0]!.end();
    await plane.untilMetric('causeway_refusals_total{code="N502RE"}', 1);
  });

  /** Settles when a number stays the same over many looks. */
  async function stable(read: () => number): Promise<void> {
    let last = -1;
    let same = 0;
    await until(() => {
      const now = read();
      same = now === last ? same + 1 : 0;
      last = now;
      return same >= 40;
    }, 'a stream came to rest');
  }
});

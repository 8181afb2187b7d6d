/** What Node's parser refuses: in the order of the answers, in log and metrics, and what becomes of the backend's part. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { answering, type Backend, type Behaviour, ok, startBackend } from './testing/backend.js';
import { ask, dial, get } from './testing/client.js';
import { HOST } from './testing/snapshot.js';
import { type Plane, type PlaneOptions, startPlane } from './testing/start-plane.js';
import { until } from './testing/until.js';
import { headerOf } from './testing/wire.js';

const CHUNKED = `POST /a HTTP/1.1\r\nHost: ${HOST}\r\nTransfer-Encoding: chunked\r\n\r\n`;

describe('a malformed message', () => {
  let plane: Plane;
  let backend: Backend;

  async function start(behave: Behaviour, options: Partial<PlaneOptions> = {}) {
    backend = await startBackend(behave);
    plane = await startPlane({
      program: { apis: [{ backend: { type: 'HTTP', address: backend.address, path: '/*' } }] },
      ...options,
    });
  }

  afterEach(async () => {
    expect(plane.failures).toEqual([]);
    await plane.stop();
    await backend.close();
  });

  /** Reads a request, and answers when it is told to. */
  function holding(): { behave: Behaviour; release: () => void } {
    let release: () => void = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    const behave: Behaviour = async (wire, self) => {
      self.requests.push(await wire.message());
      await released;
      wire.send(ok('first'));
    };
    return { behave, release };
  }

  it.each([
    ['a malformed head', 'BAD\x00\r\n\r\n', 'I405UM'],
    ['CONNECT', `CONNECT b:443 HTTP/1.1\r\nHost: b\r\n\r\n`, 'I405UM'],
    ['a head with a bare LF', `GET /b HTTP/1.1\r\nHost: ${HOST}\n\r\n`, 'I400HD'],
  ])('behind a request is answered after it: %s', async (_, second, code) => {
    const { behave, release } = holding();
    await start(behave);
    const wire = await dial(plane.publicPort);
    wire.send(get('/a') + second);
    await until(() => backend.requests.length === 1, 'the first is at the backend');
    await plane.untilMetric(`causeway_refusals_total{code="${code}"}`, 1);
    expect(wire.received).toBe('');
    release();
    expect((await wire.message()).body).toBe('first');
    const refused = await wire.message();
    expect(headerOf(refused.lines, 'X-Ca-Error-Code')).toBe(code);
    expect(headerOf(refused.lines, 'Connection')).toBe('close');
    expect(await wire.rest()).toBe('');
    wire.socket.destroy();
    const log = await plane.stopAndReadLog();
    expect(log.map(({ errorCode, statusCode }) => [errorCode, statusCode])).toEqual([
      [code, Number(code.slice(1, 4))],
      [undefined, 200],
    ]);
    expect(log[0]!.requestId).toBe(headerOf(refused.lines, 'X-Ca-Request-Id'));
  });

  it('behind a last request is not looked at', async () => {
    const { behave, release } = holding();
    await start(behave);
    const wire = await dial(plane.publicPort);
    wire.send(`${get('/a', ['Connection: close'])}BAD\x00\r\n\r\n`);
    await until(() => backend.requests.length === 1, 'the first is at the backend');
    release();
    expect((await wire.message()).body).toBe('first');
    expect(await wire.rest()).toBe('');
    wire.socket.destroy();
    expect((await plane.stopAndReadLog()).length).toBe(1);
  });

  it('in the middle of a body is I400BD, and the call to the backend is broken off', async () => {
    await start(async (wire) => {
      await wire.through('abcd');
      await wire.end();
    });
    const wire = await dial(plane.publicPort);
    wire.send(`${CHUNKED}4\r\nabcd\r\n`);
    await until(() => backend.connections.length === 1, 'it is at the backend');
    wire.send('zz\r\n');
    const answer = await wire.message();
    expect(headerOf(answer.lines, 'X-Ca-Error-Code')).toBe('I400BD');
    expect(await wire.rest()).toBe('');
    await backend.connections[0]!.end();
    const log = await plane.stopAndReadLog();
    expect(log.map(({ errorCode, httpPath }) => [errorCode, httpPath])).toEqual([['I400BD', '/a']]);
  });

  it('in a body whose answer began cuts the answer off, and the log says why', async () => {
    await start(async (wire) => {
      await wire.through('\r\n\r\n');
      wire.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin');
      await wire.end();
    });
    const wire = await dial(plane.publicPort);
    wire.send(`${CHUNKED}4\r\nabcd\r\n`);
    await wire.through('begin');
    wire.send('zz\r\n');
    expect(await wire.rest()).toBe('');
    await backend.connections[0]!.end();
    expect((await plane.stopAndReadLog())[0]).toMatchObject({ errorCode: 'I400BD', statusCode: 200 });
  });

  it('that never gets whole ends with its connection: no answer, after the time for a header section', async () => {
    await start(answering(ok('')), { waits: { headerMs: 100 } });
    const wire = await dial(plane.publicPort);
    wire.send(`GET /a HTTP/1.1\r\nHost: ${HOST}\r\nX-A: `);
    const startedMs = performance.now();
    expect(await wire.rest()).toBe('');
    expect(performance.now() - startedMs).toBeGreaterThan(90);
    // A slow one in time is served.
    expect((await ask(plane.publicPort, get('/a'))).start).toBe('HTTP/1.1 200 OK');
  });

  it('finds no place where all connections are taken, and those go on', async () => {
    await start(answering(ok('fine')), { limits: { connections: 2 } });
    const [one, two] = [await dial(plane.publicPort), await dial(plane.publicPort)];
    one.send(get('/a'));
    two.send(get('/a'));
    expect([(await one.message()).body, (await two.message()).body]).toEqual(['fine', 'fine']);
    const third = await dial(plane.publicPort);
    third.send(get('/a'));
    expect(await third.rest()).toBe('');
    one.send(get('/a'));
    expect((await one.message()).body).toBe('fine');
    two.socket.destroy();
    one.socket.destroy();
  });
});

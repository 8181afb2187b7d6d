/** errorMapping on the wire: what clients get for errors of backends and of calls; all else streams on (plugins, section 5.9). */
import { request } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { answering, type Backend, ok, startBackend } from '../testing/backend.js';
import { ask, dial, get } from '../testing/client.js';
import { type ApiInput, HOST, INTERNAL_HOST, type PluginInput } from '../testing/snapshot.js';
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

const BY_CODE: PluginInput = {
  id: 'errors',
  type: 'errorMapping',
  config: {
    parameters: { status: 'StatusCode', code: 'BodyJsonField:$.code', failed: 'ErrorCode' },
    errorCondition: "$code <> 'OK' or $status >= 500",
    errorCode: 'code',
    mappings: [
      { code: 'GONE', statusCode: 410, errorMessage: 'it is ${code}' },
      { condition: "$failed like 'D%'", statusCode: 502, errorMessage: '${failed}', responseBody: 'try again' },
      { condition: "$failed = 'I504RB'", statusCode: 500, errorMessage: 'no route' },
      { condition: "$code = 'BAD'", statusCode: 400, responseBody: '{"bad":true}', responseHeaders: { 'X-Bad': '1' } },
    ],
  },
};

async function start(apis: readonly ApiInput[], plugins: readonly PluginInput[] = [BY_CODE], internalCalls = 'inprocess') {
  plane = await startPlane({ environment: { CAUSEWAY_INTERNAL_CALLS: internalCalls }, program: { apis, plugins } });
}

/** A quarter of a gigabyte takes longer than a backend is given, where others have the machine. */
const PATIENCE_MS = 120_000;

const to = (address: string, more: Partial<ApiInput> = {}): ApiInput => ({
  path: '/a',
  backend: { type: 'HTTP', address },
  plugins: ['errors'],
  ...more,
});
const own = ({ lines }: Message) => ['X-Ca-Error-Code', 'X-Ca-Error-Message'].map((name) => headerOf(lines, name));
const statusOf = ({ start: line }: Message) => Number(line.split(' ')[1]);

describe.each(['inprocess', 'wire'])('an answer of a backend, internal calls %s', (internalCalls) => {
  it.each(['/a', '/caller'])('is mapped for who asks for %s, without a code of the gateway', async (path) => {
    let says = '{"code":"GONE"}';
    backend = await startBackend(answering(() => ok(says, ['Content-Type: application/json'])));
    const caller: ApiInput = { path: '/caller', backend: { type: 'HTTP', address: INTERNAL_HOST, path: '/a' } };
    await start([to(backend.address), caller], [BY_CODE], internalCalls);
    const gone = await ask(plane.publicPort, get(path));
    expect([statusOf(gone), gone.body, ...own(gone)]).toEqual([410, says, undefined, 'it is GONE']);
    says = '{"code":"BAD"}';
    const bad = await ask(plane.publicPort, get(path));
    expect([statusOf(bad), bad.body, headerOf(bad.lines, 'X-Bad'), ...own(bad)]).toEqual([
      ...[400, '{"bad":true}', '1'],
      ...[undefined, undefined],
    ]);
    says = '{"code":"OK"}';
    const fine = await ask(plane.publicPort, get(path));
    expect([statusOf(fine), fine.body]).toEqual([200, says]);
    expect(backend.connections.length).toBe(1);
  });
});

describe('an answer', () => {
  it('of the gateway for a call that failed is mapped, and keeps its code', async () => {
    await start([to('http://127.0.0.1:1')]);
    const answer = await ask(plane.publicPort, get('/a'));
    expect([statusOf(answer), answer.body, ...own(answer)]).toEqual([502, 'try again', 'D504CO', 'D504CO']);
  });

  it('for a route without a backend is mapped, whoever noticed', async () => {
    const routes = [{ name: 'r', condition: '1 = 1', backend: { type: 'HTTP' } }];
    const routing: PluginInput = { id: 'routes', type: 'routing', config: { routes } };
    await start([{ path: '/a', backend: { type: 'MOCK' }, plugins: ['errors', 'routes'] }], [BY_CODE, routing]);
    const answer = await ask(plane.publicPort, get('/a'));
    expect([statusOf(answer), ...own(answer)]).toEqual([500, 'I504RB', 'no route']);
  });

  it('of another step of the gateway is not', async () => {
    await start([{ path: '/a', auth: 'APP', backend: { type: 'MOCK' }, plugins: ['errors'] }]);
    expect(own(await ask(plane.publicPort, get('/a')))[0]).toBe('A400MA');
  });

  it('that only the status tells of begins before its body is there', async () => {
    backend = await startBackend(async (wire) => {
      await wire.message();
      wire.send('HTTP/1.1 503 Busy\r\nContent-Length: 8\r\n\r\nfirst');
      await wire.through('never');
    });
    const mappings = [{ condition: '1 = 1', statusCode: 429 }];
    const config = { parameters: { s: 'StatusCode' }, errorCondition: '$s = 503', mappings };
    await start([to(backend.address)], [{ ...BY_CODE, config }]);
    const wire = await dial(plane.publicPort);
    wire.send(get('/a'));
    expect(await wire.through('first')).toMatch(/^HTTP\/1\.1 429 [\s\S]*Content-Length: 8\r\n/i);
    wire.socket.destroy();
  });

  it('that turns out too long to be looked into streams on, whole and in order', async () => {
    const pieces = Array.from({ length: 40 }, (_, n) => String(n).padStart(1000, '.'));
    backend = await startBackend(
      answering(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${pieces.map((p) => `3e8\r\n${p}\r\n`).join('')}0\r\n\r\n`),
    );
    const config = { ...BY_CODE.config, errorCondition: "$code = 'GONE'" };
    await start([to(backend.address)], [{ ...BY_CODE, config }]);
    expect((await ask(plane.publicPort, get('/a'))).body).toBe(pieces.join(''));
  });

  it.each([204, 304])('mapped to %s has no body and no length, and the connection serves on', async (statusCode) => {
    backend = await startBackend(answering(ok('{"code":"GONE"}')));
    const config = { ...BY_CODE.config, mappings: [{ code: 'GONE', statusCode, responseBody: 'text' }] };
    await start([to(backend.address)], [{ ...BY_CODE, config }]);
    const wire = await dial(plane.publicPort);
    for (let count = 0; count < 2; count++) {
      wire.send(get('/a'));
      const { start: line, lines } = await wire.message();
      expect([line.split(' ')[1], headerOf(lines, 'Content-Length')]).toEqual([String(statusCode), undefined]);
    }
    wire.socket.destroy();
  });

  it('of 304, mapped to 200, does not promise the body whose length it told', async () => {
    backend = await startBackend(answering('HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n'));
    const config = {
      parameters: { s: 'StatusCode' },
      errorCondition: '$s = 304',
      mappings: [{ condition: '1 = 1', statusCode: 200 }],
    };
    await start([to(backend.address)], [{ ...BY_CODE, config }]);
    const answer = await ask(plane.publicPort, get('/a'));
    expect([statusOf(answer), answer.body]).toEqual([200, '']);
  });

  it(
    'of 256 MB passes without being held in memory',
    async () => {
      const piece = Buffer.alloc(65_536, '.');
      const count = 4096;
      backend = await startBackend(async (wire) => {
        await wire.message();
        wire.send('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n');
        for (let n = 0; n < count; n++)
          if (!wire.socket.write(piece)) await new Promise((resolve) => wire.socket.once('drain', resolve));
        wire.socket.end();
      });
      await start([to(backend.address, { backend: { type: 'HTTP', address: backend.address, timeoutMs: PATIENCE_MS } })]);
      const before = process.memoryUsage().arrayBuffers;
      let most = 0;
      const received = await new Promise<number>((resolve, reject) => {
        let bytes = 0;
        request({ host: '127.0.0.1', port: plane.publicPort, path: '/a', headers: { Host: HOST }, agent: false }, (response) => {
          response.on('data', (chunk: Buffer) => {
            bytes += chunk.length;
            most = Math.max(most, process.memoryUsage().arrayBuffers - before);
          });
          response.on('end', () => resolve(bytes)).on('error', reject);
        })
          .on('error', reject)
          .end();
      });
      expect(received).toBe(piece.length * count);
      // What was let go and not collected yet counts, too.
      expect(most).toBeLessThan(160 * 1024 * 1024);
    },
    PATIENCE_MS,
  );
});

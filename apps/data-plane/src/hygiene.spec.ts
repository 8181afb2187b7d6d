/** Messages that two readers could frame or address differently are refused, and their connection ends. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { answering, type Backend, ok, startBackend } from './testing/backend.js';
import { ask, dial, get } from './testing/client.js';
import { HOST } from './testing/snapshot.js';
import { type Plane, startPlane } from './testing/start-plane.js';
import { headerOf } from './testing/wire.js';

const POST = `POST /a HTTP/1.1\r\nHost: ${HOST}\r\n`;
const FOLLOWING = `GET /smuggled HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`;

describe('message hygiene', () => {
  let plane: Plane;
  let backend: Backend;

  beforeAll(async () => {
    backend = await startBackend(answering(ok('fine')));
    plane = await startPlane({ program: { apis: [{ backend: { type: 'HTTP', address: backend.address, path: '/*' } }] } });
  });

  afterAll(async () => {
    await plane.untilMetric('causeway_running_requests', 0);
    expect(plane.failures).toEqual([]);
    await plane.stop();
    await backend.close();
  });

  const REFUSED: ReadonlyArray<readonly [name: string, code: string, text: string]> = [
    [
      'Content-Length beside Transfer-Encoding',
      'I400HD',
      `${POST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    [
      'Transfer-Encoding beside Content-Length',
      'I400HD',
      `${POST}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n`,
    ],
    ['two different Content-Length', 'I400HD', `${POST}Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd`],
    ['Content-Length twice, equal', 'I400HD', `${POST}Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd`],
    ['a list of Content-Length', 'I400HD', `${POST}Content-Length: 4, 4\r\n\r\nabcd`],
    ['Content-Length with a sign', 'I400HD', `${POST}Content-Length: +4\r\n\r\nabcd`],
    ['an empty Content-Length', 'I400HD', `${POST}Content-Length: \r\n\r\n`],
    ['TE: gzip, chunked', 'I400HD', `${POST}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
    ['TE: chunked, gzip', 'I400HD', `${POST}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`],
    ['chunked on two lines', 'I400HD', `${POST}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['TE: identity', 'I400HD', `${POST}Transfer-Encoding: identity\r\n\r\n`],
    ['an unknown coding', 'I400HD', `${POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ['chunked after a blank before the colon', 'I400HD', `${POST}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`],
    ['chunked from HTTP/1.0', 'I400HD', `POST /a HTTP/1.0\r\nHost: ${HOST}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['obsolete line folding', 'I400HD', `${POST}X-A: 1\r\n 2\r\n\r\n`],
    ['a bare LF as line end', 'I400HD', `${POST}X-A: 1\nX-B: 2\r\n\r\n`],
    ['a bare CR in a value', 'I400HD', `${POST}X-A: 1\rX-B: 2\r\n\r\n`],
    ['a NUL in a value', 'I400HD', `${POST}X-A: 1\x002\r\n\r\n`],
    ['a control character in a value', 'I400HD', `${POST}X-A: 1\x012\r\n\r\n`],
    ['DEL in a value', 'I400HD', `${POST}X-A: 1\x7f2\r\n\r\n`],
    ['a blank in a name', 'I400HD', `${POST}X A: 1\r\n\r\n`],
    ['no name', 'I400HD', `${POST}: 1\r\n\r\n`],
    ['a line without a colon', 'I400HD', `${POST}X-A\r\n\r\n`],
    ['a section too large', 'I400HD', `${POST}X-A: ${'a'.repeat(33_000)}\r\n\r\n`],
    ['a section far too large', 'I400HD', `${POST}X-A: ${'a'.repeat(70_000)}\r\n\r\n`],
    ['too many lines', 'I400HD', `${POST}${'A: 1\r\n'.repeat(200)}\r\n`],
    ['a target too long', 'I413UL', get(`/${'a'.repeat(8192)}`)],
    ['no Host', 'I400MH', 'GET /a HTTP/1.1\r\n\r\n'],
    ['an empty Host', 'I400HD', 'GET /a HTTP/1.1\r\nHost: \r\n\r\n'],
    ['two Hosts', 'I400HD', `GET /a HTTP/1.1\r\nHost: ${HOST}\r\nHost: ${HOST}\r\n\r\n`],
    ['two Hosts beside an absolute target', 'I400HD', `GET http://${HOST}/a HTTP/1.1\r\nHost: ${HOST}\r\nHost: b\r\n\r\n`],
    ['userinfo in Host', 'I400HD', `GET /a HTTP/1.1\r\nHost: u@${HOST}\r\n\r\n`],
    ['userinfo with a password in Host', 'I400HD', `GET /a HTTP/1.1\r\nHost: u:p@${HOST}\r\n\r\n`],
    ['userinfo in an absolute target', 'I400HD', `GET http://u@${HOST}/a HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`],
    ['userinfo with a password in an absolute target', 'I400HD', `GET http://u:p@${HOST}/a HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`],
    ['another Expect', 'I400HD', get('/a', ['Expect: the-worst'])],
    ['another Expect beside 100-continue', 'I400HD', get('/a', ['Expect: x, 100-continue'])],
    ['a control character in the target', 'I400RU', `GET /a\x01b HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`],
    ['an unknown method', 'I405UM', `BREW /a HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`],
    ['CONNECT', 'I405UM', `CONNECT ${HOST}:443 HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`],
    ['HTTP/2.0 as a version', 'I400RU', `GET /a HTTP/2.0\r\nHost: ${HOST}\r\n\r\n`],
    ['not HTTP at all', 'I405UM', '\x16\x03\x01\x02\x00\x01\x00\r\n\r\n'],
  ];

  it.each(REFUSED)('refuses %s with %s', async (_, code, text) => {
    const before = backend.requests.length;
    const wire = await dial(plane.publicPort);
    wire.send(text + FOLLOWING);
    const answer = await wire.message();
    expect(headerOf(answer.lines, 'X-Ca-Error-Code')).toBe(code);
    expect(headerOf(answer.lines, 'X-Ca-Error-Message')).toBeTruthy();
    expect(headerOf(answer.lines, 'X-Ca-Request-Id')).toMatch(/^[0-9A-F-]{36}$/);
    expect(headerOf(answer.lines, 'Content-Length')).toBe('0');
    expect(answer.start.split(' ')[1]).toBe(text.includes('Expect') ? '417' : code.slice(1, 4));
    expect(await wire.rest()).toBe('');
    wire.socket.destroy();
    expect(backend.requests.length).toBe(before);
  });

  it.each([
    ['a blank in the target', 'I400RU', `GET /a b HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`],
    ['# in the target', 'I400RU', get('/a#b')],
    ['* as target', 'I400RU', `OPTIONS * HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`],
    ['a bad triplet in the query', 'I400RU', get('/a?b=%g1')],
    ['a dot segment', 'I400PA', get('/a/%2e%2E/b')],
    ['TRACE', 'I405UM', `TRACE /a HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`],
  ])('refuses %s with %s', async (_, code, text) => {
    const answer = await ask(plane.publicPort, text);
    expect(headerOf(answer.lines, 'X-Ca-Error-Code')).toBe(code);
  });

  it('ignores Upgrade: h2c on a GET and on a request with a body, and keeps the connection', async () => {
    const before = backend.requests.length;
    const wire = await dial(plane.publicPort);
    const upgrade = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n';
    wire.send(`GET /1 HTTP/1.1\r\nHost: ${HOST}\r\n${upgrade}\r\n`);
    expect((await wire.message()).body).toBe('fine');
    wire.send(`${POST.replace('/a', '/2')}${upgrade}Content-Length: 4\r\n\r\nabcd`);
    expect((await wire.message()).body).toBe('fine');
    wire.send(`${POST.replace('/a', '/3')}${upgrade}Transfer-Encoding: chunked\r\n\r\n2\r\n`);
    wire.send('ab\r\n0\r\n\r\n');
    expect((await wire.message()).body).toBe('fine');
    wire.send(get('/4'));
    expect((await wire.message()).body).toBe('fine');
    wire.socket.destroy();
    const seen = backend.requests.slice(before);
    expect(seen.map(({ start, body }) => [start.split(' ')[1], body])).toEqual([
      ['/1', ''],
      ['/2', 'abcd'],
      ['/3', 'ab'],
      ['/4', ''],
    ]);
    expect(seen.map(({ text }) => text).join('')).not.toMatch(/h2c|HTTP2-Settings/i);
  });

  it('cuts the connection when an answer already began and the rest of the request is malformed', async () => {
    const streaming = await startBackend(async (wire) => {
      await wire.through('\r\n\r\n');
      wire.send('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbegin');
      await wire.end();
    });
    await plane.apply({ apis: [{ backend: { type: 'HTTP', address: streaming.address, path: '/*' } }] });
    const wire = await dial(plane.publicPort);
    wire.send(`${POST}Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n`);
    await wire.through('begin');
    wire.send('zz\r\n');
    expect(await wire.rest()).toBe('');
    wire.socket.destroy();
    await streaming.close();
    await plane.apply({ apis: [{ backend: { type: 'HTTP', address: backend.address, path: '/*' } }] });
  });

  it('sends 100 Continue when the body is wanted, and not when the request is refused', async () => {
    const wire = await dial(plane.publicPort);
    wire.send(`${POST}Expect: 100-continue\r\nContent-Length: 4\r\n\r\n`);
    expect((await wire.message()).start).toBe('HTTP/1.1 100 Continue');
    wire.send('abcd');
    expect((await wire.message()).body).toBe('fine');
    wire.send(`POST /../a HTTP/1.1\r\nHost: ${HOST}\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n`);
    const refused = await wire.message();
    expect(headerOf(refused.lines, 'X-Ca-Error-Code')).toBe('I400PA');
    expect(headerOf(refused.lines, 'Connection')).toBe('close');
    expect(await wire.rest()).toBe('');
    wire.socket.destroy();
  });
});

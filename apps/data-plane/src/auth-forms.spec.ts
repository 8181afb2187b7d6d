/** Forms that apps sign: read in their charset, passed on as they came, and refused before they cost much (wire contract 2.6, 4.1). */
import { afterEach, describe, expect, it } from '@jest/globals';
import { answering, type Backend, ok, startBackend } from './testing/backend.js';
import { ask, dial } from './testing/client.js';
import { type SignedRequest, signed } from './testing/sign.js';
import { type ApiInput, HOST } from './testing/snapshot.js';
import { type Plane, type PlaneOptions, startPlane } from './testing/start-plane.js';
import { headerOf, type Message } from './testing/wire.js';

const codeOf = ({ lines }: Message) => headerOf(lines, 'X-Ca-Error-Code') ?? null;
const typeOf = (charset: string) => ['Content-Type', `application/x-www-form-urlencoded; charset=${charset}`] as const;

describe('a signed form', () => {
  let plane: Plane;
  let backend: Backend;

  async function start(api: Partial<ApiInput> = {}, limits: PlaneOptions['limits'] = {}, clientType = false) {
    backend = await startBackend(answering(ok('')));
    const contentType = { category: clientType ? ('CLIENT' as const) : ('DEFAULT' as const) };
    const backendOf = { type: 'HTTP' as const, address: backend.address, path: '/*', contentType };
    plane = await startPlane({ program: { apis: [{ auth: 'APP', backend: backendOf, ...api }], keys: { K: 'S' } }, limits });
  }

  afterEach(async () => {
    await plane.untilMetric('causeway_buffered_bytes', 0);
    expect(plane.failures).toEqual([]);
    await plane.stop();
    await backend.close();
  });

  const form = (charset: string, body: string, more: Partial<SignedRequest> = {}): SignedRequest => ({
    method: 'POST',
    target: '/a?b=query&q=1',
    headers: [typeOf(charset)],
    body,
    ...more,
  });

  it.each([
    ['UTF-8', 'b=%E4%BD%A0&a=\u00e4\u00bd\u00a0+x', 'b=你&a=你 x'],
    ['GBK', 'b=%C4%E3&a=\u00c4\u00e3+x', 'b=你&a=你 x'],
    ['GB18030', 'b=%C4%E3&a=%95%32%82%36', 'b=你&a=𠀀'],
    ['ISO-8859-1', 'b=%E9&a=\u00e9&c=%80', 'b=é&a=é&c=\u0080'],
  ])('in %s is signed as text and passed on byte for byte', async (charset, body, text) => {
    await start();
    expect(codeOf(await ask(plane.publicPort, signed(form(charset, body, { form: text }))))).toBe(null);
    expect(backend.requests[0]!.body).toBe(body);
    expect(headerOf(backend.requests[0]!.lines, 'content-type')).toBe(typeOf(charset)[1]);
    expect(codeOf(await ask(plane.publicPort, signed(form(charset, body, { form: `${text}&z` }))))).toBe('A403IS');
  });

  it('in another charset is I400CT, and only for those whose key is known', async () => {
    await start();
    for (const charset of ['windows-1252', 'utf-16', 'big5'])
      expect(codeOf(await ask(plane.publicPort, signed(form(charset, 'a=1'))))).toBe('I400CT');
    expect(codeOf(await ask(plane.publicPort, signed(form('big5', 'a=1', { key: 'X' }))))).toBe('A400IK');
  });

  it('gives parameters as text to the backend, whatever charset it was in', async () => {
    await start({
      request: { mode: 'MAPPING' },
      parameters: [{ name: 'b', in: 'form', backend: { name: 'name', in: 'query' } }],
    });
    expect(codeOf(await ask(plane.publicPort, signed(form('GBK', 'b=%C4%E3', { form: 'b=你' }))))).toBe(null);
    expect(backend.requests[0]!.start).toBe('POST /a?name=%E4%BD%A0 HTTP/1.1');
  });

  it.each([
    ['GBK', 'application/x-www-form-urlencoded; charset=UTF-8'],
    ['utf8', 'application/x-www-form-urlencoded; charset=utf8'],
  ])('in %s that is made anew names the charset it then is in', async (charset, expected) => {
    const parameters = [{ name: 'b', in: 'form', backend: { name: 'name', in: 'form' } }] as const;
    await start({ request: { mode: 'MAPPING_PASSTHROUGH' }, parameters: [...parameters] }, {}, true);
    const body = charset === 'GBK' ? 'b=%C4%E3' : 'b=%E4%BD%A0';
    expect(codeOf(await ask(plane.publicPort, signed(form(charset, body, { form: 'b=你' }))))).toBe(null);
    expect(backend.requests[0]!.body).toBe('name=%E4%BD%A0');
    expect(headerOf(backend.requests[0]!.lines, 'content-type')).toBe(expected);
  });

  it('of more parameters than anybody sends is I400BD before it is sorted, and of as many as allowed passes', async () => {
    await start();
    const pairs = (count: number) => Array.from({ length: count }, (_, n) => `p${n}=1`).join('&');
    expect(codeOf(await ask(plane.publicPort, signed(form('utf-8', pairs(1000)))))).toBe(null);
    const refused = await ask(plane.publicPort, signed(form('utf-8', pairs(1001))));
    expect([codeOf(refused), headerOf(refused.lines, 'X-Ca-Error-Message')]).toEqual([
      'I400BD',
      'Invalid Body: a form of over 1000 parameters',
    ]);
  });

  it('over its limit is I413RL, with a length and in chunks, and after what is wrong with the caller', async () => {
    await start({}, { bufferedBodyBytes: 20 });
    const long = form('utf-8', `a=${'x'.repeat(20)}`);
    expect(codeOf(await ask(plane.publicPort, signed(long)))).toBe('I413RL');
    expect(codeOf(await ask(plane.publicPort, signed({ ...long, chunked: true })))).toBe('I413RL');
    expect(codeOf(await ask(plane.publicPort, signed({ ...long, key: 'X' })))).toBe('A400IK');
    const late = { ...long, headers: [typeOf('big5'), ['X-Ca-Timestamp', '1'] as const] };
    expect(codeOf(await ask(plane.publicPort, signed(late)))).toBe('S403TE');
  });

  it('that an unknown key announces is not waited for', async () => {
    await start();
    const wire = await dial(plane.publicPort);
    wire.send(`POST /a HTTP/1.1\r\nHost: ${HOST}\r\n${typeOf('utf-8').join(': ')}\r\nX-Ca-Key: X\r\nContent-Length: 9\r\n\r\n`);
    expect(codeOf(await wire.message())).toBe('A400IK');
    wire.socket.destroy();
  });
});

describe('a body that is no form', () => {
  it('over the limit is told so after its signature, and uses up no nonce', async () => {
    const plane = await startPlane({
      program: { apis: [{ auth: 'APP', request: { maxBodyBytes: 5 } }], keys: { K: 'S' } },
    });
    const request: SignedRequest = { method: 'POST', target: '/a', headers: [['X-Ca-Nonce', 'n']], body: 'too long' };
    expect(codeOf(await ask(plane.publicPort, signed({ ...request, secret: 'wrong' })))).toBe('A403IS');
    expect(codeOf(await ask(plane.publicPort, signed(request)))).toBe('I413RL');
    expect(codeOf(await ask(plane.publicPort, signed({ ...request, body: 'short' })))).not.toBe('S403NU');
    expect(codeOf(await ask(plane.publicPort, signed({ ...request, body: 'short' })))).toBe('S403NU');
    await plane.stop();
  });
});

/** The vendor's own Node client calls an API here and needs no change (wire contract 2 and 3). */
import { createRequire } from 'node:module';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { answering, type Backend, ok, startBackend } from './testing/backend.js';
import { md5 } from './testing/sign.js';
import { HOST, plainSecret, snapshot } from './testing/snapshot.js';
import { type Plane, startPlane } from './testing/start-plane.js';
import { headerOf } from './testing/wire.js';

interface Options {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signHeaders?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly data?: unknown;
}
type Call = (url: string, options: Options) => Promise<unknown>;
type VendorClient = Readonly<Record<'get' | 'post' | 'put' | 'delete', Call>>;

// It has no types, and is written for CommonJS.
const { Client, SimpleClient } = createRequire(import.meta.url)('aliyun-api-gateway') as {
  Client: new (key: string, secret: string, stage?: string) => VendorClient;
  SimpleClient: new (appCode: string) => VendorClient;
};

const FORM = 'application/x-www-form-urlencoded; charset=UTF-8';

describe("the vendor's client", () => {
  let plane: Plane;
  let backend: Backend;
  const client = new Client('K', 'S');

  beforeAll(async () => {
    backend = await startBackend(answering(ok('{"answer":42}', ['Content-Type: application/json'])));
    const api = { auth: 'APP' as const, backend: { type: 'HTTP' as const, address: backend.address, path: '/*' } };
    const domains = [{ domain: '127.0.0.1', type: 'internet' as const, stage: null, patterns: [] }];
    const apis = [
      { ...api, appCode: 'HEADER' as const },
      { ...api, path: '/pre/*', stage: 'PRE' },
    ];
    const chunks = snapshot({ apis, group: { domains }, keys: { K: 'S' } });
    const apps = chunks.get('apps:1')!;
    if (apps.chunk.kind !== 'apps') throw new Error('no apps');
    const [app] = apps.chunk.apps;
    const chunk = { ...apps.chunk, apps: [{ ...app!, appCodes: [{ id: '1', code: plainSecret('C0DE') }] }] };
    plane = await startPlane({ program: chunks.set('apps:1', { hash: 'with code', chunk }) });
  });
  afterEach(() => {
    backend.requests.length = 0;
  });
  afterAll(async () => {
    expect(plane.failures).toEqual([]);
    await plane.stop();
    await backend.close();
  });

  const url = (target: string) => `http://127.0.0.1:${plane.publicPort}${target}`;
  const call = (method: keyof VendorClient, target: string, { headers, ...options }: Options = {}, by = client) =>
    by[method](url(target), { ...options, headers: { host: HOST, ...headers } });
  const refusal = async (called: Promise<unknown>) =>
    (await called.catch((error) => error)) as { code: number; data: { headers: Readonly<Record<string, string>> } };
  const arrived = () => {
    const [request] = backend.requests;
    return { start: request!.start, body: request!.body, header: (name: string) => headerOf(request!.lines, name) };
  };

  it('gets', async () => {
    expect(await call('get', '/a/b')).toEqual({ answer: 42 });
    expect(arrived().start).toBe('GET /a/b HTTP/1.1');
  });

  it('gets with parameters: with blanks, in other scripts, empty, and with what means something in a query', async () => {
    const query = { b: '1', a: '你好 world', 名: '值', empty: '', plus: 'a+b&c=d%20', emoji: '😀', blank: ' ' };
    expect(await call('get', '/a?z=9&x', { query })).toEqual({ answer: 42 });
    expect([...new URLSearchParams(arrived().start.split(/[ ?]/)[2])]).toEqual([['z', '9'], ['x', ''], ...Object.entries(query)]);
  });

  it('posts JSON, bound by its MD5', async () => {
    const data = { name: '你好', n: [1, 2] };
    expect(await call('post', '/a?q=1', { data })).toEqual({ answer: 42 });
    const { start, body, header } = arrived();
    expect([start, Buffer.from(body, 'latin1').toString()]).toEqual(['POST /a?q=1 HTTP/1.1', JSON.stringify(data)]);
    expect(header('content-md5')).toBe(md5(body));
  });

  it('posts a form, with parameters in the query too', async () => {
    const data = { b: '你好 world', a: '1+1=2', e: '' };
    expect(await call('post', '/a?q=%E5%80%BC', { headers: { 'content-type': FORM }, data })).toEqual({ answer: 42 });
    expect([...new URLSearchParams(arrived().body)]).toEqual(Object.entries(data));
  });

  it('posts a form whose parameter is in the query as well: the form is what counts', async () => {
    const options = { headers: { 'content-type': FORM }, query: { a: 'query', c: '3' }, data: { a: 'form', b: '2' } };
    expect(await call('post', '/x', options)).toEqual({ answer: 42 });
    expect([arrived().start, arrived().body]).toEqual(['POST /x?a=query&c=3 HTTP/1.1', 'a=form&b=2']);
  });

  it('repeats a parameter of one value', async () => {
    expect(await call('get', '/a', { query: { a: ['x'], b: '1' } })).toEqual({ answer: 42 });
  });

  it('is refused where it repeats a parameter, for it signs all values and the contract says the first', async () => {
    const refused = await refusal(call('get', '/a', { query: { a: ['x', 'y'] } }));
    expect(refused.code).toBe(403);
    expect(refused.data.headers['x-ca-error-message']).toMatch(/^Invalid Signature, Server StringToSign:`GET#.*#\/a\?a=x`$/);
  });

  it('puts and deletes', async () => {
    expect(await call('put', '/a/1?b=2', { data: { name: '值' } })).toEqual({ answer: 42 });
    expect(arrived()).toMatchObject({ start: 'PUT /a/1?b=2 HTTP/1.1' });
    backend.requests.length = 0;
    expect(await call('put', '/a/1', { headers: { 'content-type': FORM }, data: { b: '2', a: '一' } })).toEqual({ answer: 42 });
    expect(arrived()).toMatchObject({ start: 'PUT /a/1 HTTP/1.1', body: 'b=2&a=%E4%B8%80' });
    backend.requests.length = 0;
    expect(await call('delete', '/a/1', { query: { why: '旧' } })).toEqual({ answer: 42 });
    expect(arrived()).toMatchObject({ start: 'DELETE /a/1?why=%E6%97%A7 HTTP/1.1' });
  });

  it('signs headers of its own, and calls another stage', async () => {
    const signHeaders = { 'B-Trace': '1', 'X-Ca-Extra': 'two' };
    expect(await call('get', '/a', { signHeaders, headers: { date: 'Tue, 01 Jan 2030 00:00:00 GMT' } })).toEqual({ answer: 42 });
    expect(arrived().header('b-trace')).toBe('1');
    expect(await call('get', '/pre/a', {}, new Client('K', 'S', 'PRE'))).toEqual({ answer: 42 });
  });

  it('with a wrong secret reads in the answer the very string that it signed', async () => {
    const refused = await refusal(call('get', '/a', { query: { a: '你' } }, new Client('K', 'wrong')));
    const message = Buffer.from(refused.data.headers['x-ca-error-message'] ?? '', 'latin1').toString();
    expect(message).toMatch(
      /^Invalid Signature, Server StringToSign:`GET#application\/json####x-ca-key:K#x-ca-nonce:[^#]+#x-ca-stage:RELEASE#x-ca-timestamp:\d+#\/a\?a=你`$/,
    );
  });

  it('calls with an AppCode', async () => {
    // This one sends no header but its own: the address itself is a domain of the group.
    const get = (code: string) => new SimpleClient(code).get(url('/a'), {});
    expect(await get('C0DE')).toEqual({ answer: 42 });
    expect(arrived().header('authorization')).toBe(undefined);
    expect((await refusal(get('other'))).data.headers['x-ca-error-code']).toBe('A400AC');
  });
});

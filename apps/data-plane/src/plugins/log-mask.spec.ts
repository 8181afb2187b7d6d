/** logMask on the wire: what is masked in the log, cut or whole, for clients and for signed internal calls, reaches everybody else as it is (plugins, section 5.13). */
import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { answering, type Backend, ok, startBackend } from '../testing/backend.js';
import { ask, get, post } from '../testing/client.js';
import { type ApiInput, INTERNAL_HOST, idOf, type PluginInput, plainSecret, type SnapshotInput } from '../testing/snapshot.js';
import { type Plane, startPlane } from '../testing/start-plane.js';
import { headerOf } from '../testing/wire.js';

type Line = Readonly<Record<string, unknown>>;

const SIGNER: PluginInput = {
  id: 'signer',
  type: 'backendSignature',
  config: { type: 'APIGW_FRONTEND', key: 'K', secret: plainSecret('S') },
};
const SECRET = Buffer.alloc(32, 7);
const JWT: PluginInput = {
  id: 'jwt',
  type: 'jwtAuth',
  config: {
    parameter: 'Authorization',
    parameterLocation: 'header',
    jwk: { kty: 'oct', k: plainSecret(SECRET.toString('base64url')) },
  },
};
const userLog = {
  requestBody: true,
  responseBody: true,
  queryString: ['*'],
  requestHeaders: ['X-Phone', 'X-Other', 'X-Ca-Nonce'],
  responseHeaders: ['X-Mail', 'X-Other'],
  jwtClaims: ['*'],
};
const PHONE = '13812345678';
const MAIL = 'joe@example.com';

let plane: Plane;
let backend: Backend;

afterEach(async () => {
  expect(plane.failures).toEqual([]);
  await plane.stop();
  await backend.close();
});

const mask = (...rules: Array<Readonly<Record<string, unknown>>>): PluginInput => ({
  id: 'mask',
  type: 'logMask',
  config: { rules: rules.map((rule, n) => ({ name: `rule ${n}`, ...rule })) },
});
const EVERYWHERE = mask(
  { location: 'REQUEST_HEADER', parameters: ['x-phone', 'X-Ca-Nonce'], policy: 'KEEP_LEFT:3' },
  { location: 'REQUEST_QUERY', parameters: ['phone', 'ü'], policy: 'KEEP_RIGHT:4' },
  { location: 'REQUEST_TOKEN', parameters: ['phone'], policy: 'KEEP_CENTER:3,4' },
  { location: 'RESPONSE_HEADER', parameters: ['X-Mail'] },
  { location: 'REQUEST_BODY', matchMode: 'D:11', policy: 'KEEP_LEFT:3' },
  { location: 'RESPONSE_BODY', matchMode: 'EMAIL' },
);

function token(claims: object): string {
  const text = [{ alg: 'HS256' }, claims].map((each) => Buffer.from(JSON.stringify(each)).toString('base64url')).join('.');
  return `${text}.${createHmac('sha256', SECRET).update(text).digest('base64url')}`;
}

async function start(
  apis: (address: string) => readonly ApiInput[],
  more: Partial<SnapshotInput>,
  text: string,
  mode = 'inprocess',
) {
  backend = await startBackend(answering(text));
  plane = await startPlane({
    program: { apis: apis(backend.address), group: { userLog, customTrace: { in: 'query', name: 'phone' } }, ...more },
    environment: { CAUSEWAY_INTERNAL_CALLS: mode },
  });
}

const api = (address: string, more: Partial<ApiInput> = {}): ApiInput => ({
  id: 'a',
  path: '/a',
  backend: { type: 'HTTP', address },
  plugins: ['mask'],
  ...more,
});

describe('logMask', () => {
  const headers = [`X-Phone: ${PHONE}`, `x-phone: ${PHONE}`, 'X-Other: 1', 'X-Ca-Nonce: nonce-1'];

  it('masks every place, and what clients and backends get stays as it is', async () => {
    const text = ok(MAIL, [`X-Mail: ${MAIL}`, 'X-Other: 2']);
    await start((address) => [api(address, { plugins: ['mask', 'jwt'] })], { plugins: [EVERYWHERE, JWT] }, text);
    const bearer = `Authorization: Bearer ${token({ phone: PHONE, sub: 'joe' })}`;
    const target = `/a?phone=${PHONE}&%C3%BC=a+b%2Fcd%C3%A9&other=1`;
    const answer = await ask(plane.publicPort, post(target, `{"n":"${PHONE}"}`, [...headers, bearer]));
    expect([answer.body, headerOf(answer.lines, 'X-Mail')]).toEqual([MAIL, MAIL]);
    const [sent] = backend.requests;
    expect([sent!.body, headerOf(sent!.lines, 'X-Phone')]).toEqual([`{"n":"${PHONE}"}`, PHONE]);
    expect(sent!.start).toContain(PHONE);
    const [line] = await plane.stopAndReadLog();
    expect(line).toMatchObject({
      requestQueryString: 'phone=*******5678&%C3%BC=***%2Fcd%C3%A9&other=1',
      requestHeaders: { 'x-phone': '138********, 138********', 'x-other': '1', 'x-ca-nonce': 'non****' },
      requestBody: '{"n":"138********"}',
      responseHeaders: { 'x-mail': '***************', 'x-other': '2' },
      responseBody: '***************',
      jwtClaims: { phone: '***1234****', sub: 'joe' },
      clientNonce: 'non****',
      customTraceId: '*******5678',
    });
    expect(JSON.stringify(line)).not.toMatch(new RegExp(`${PHONE}|${MAIL}`));
  });

  it('shows nothing that the group does not ask for, and masks what every line has', async () => {
    await start((address) => [api(address)], { plugins: [EVERYWHERE], group: {} }, ok(MAIL));
    await ask(plane.publicPort, post(`/a?phone=${PHONE}`, PHONE, headers));
    const [line] = await plane.stopAndReadLog();
    expect(line).toMatchObject({ clientNonce: 'non****', plugins: ['logMask'] });
    expect(Object.keys(line!).filter((name) => /^(?:request|response)(?:Query|Headers|Body)/.test(name))).toEqual([]);
  });

  it('masks requests that are refused, and those of a group by its own binding', async () => {
    const bindings = [{ pluginId: idOf('mask'), stage: 'RELEASE' }];
    const apis = () => [{ path: '/a', auth: 'APP' as const, backend: { type: 'MOCK' as const } }];
    await start(apis, { plugins: [EVERYWHERE], group: { userLog, bindings } }, ok(''));
    const answer = await ask(plane.publicPort, get(`/a?phone=${PHONE}`, headers));
    expect(headerOf(answer.lines, 'X-Ca-Error-Code')).toBe('A400MA');
    const [line] = await plane.stopAndReadLog();
    expect(line).toMatchObject({ requestQueryString: 'phone=*******5678' });
    expect(JSON.stringify(line)).not.toContain(PHONE);
  });

  it('leaves out all that it would mask when it does not compile', async () => {
    await start(
      (address) => [api(address)],
      { plugins: [{ id: 'mask', type: 'logMask', config: { rules: [{ policy: 'NONE' }] } }] },
      ok(''),
    );
    const answer = await ask(plane.publicPort, post(`/a?phone=${PHONE}`, PHONE, headers));
    expect(headerOf(answer.lines, 'X-Ca-Error-Code')).toBe('X400PM');
    const text = JSON.stringify(await plane.stopAndReadLog());
    expect(text).not.toMatch(new RegExp(`${PHONE}|nonce-1`));
  });
});

describe('a hostile body', () => {
  const rules = ['REQUEST_BODY', 'RESPONSE_BODY'].flatMap((location) => [
    { location, matchMode: 'D:11', policy: 'KEEP_RIGHT:4' },
    { location, matchMode: 'EMAIL', policy: 'KEEP_LEFT:1' },
  ]);
  const cutAt = (kept: number, text: string) => `${' '.repeat(1024 - kept)}${text}`;

  async function shownOf(body: string, line = 'X-A: 1'): Promise<Line> {
    await start((address) => [api(address)], { plugins: [mask(...rules)] }, ok(body, [line]));
    const answer = await ask(plane.publicPort, post('/a', body, [line]));
    expect([answer.body, backend.requests[0]?.body]).toEqual([body, body]);
    const [entry] = await plane.stopAndReadLog();
    expect(entry?.requestBody).toBe(entry?.responseBody);
    return entry!;
  }

  it.each([
    ['a cut through a number', cutAt(6, `${PHONE} and more`), cutAt(6, '******')],
    ['a cut behind a number that may go on', cutAt(11, `${PHONE}999`), cutAt(11, '***********')],
    ['a cut behind a whole number', cutAt(12, `${PHONE} 999`), cutAt(12, '*******5678 ')],
    ['a cut through the name of an address', cutAt(2, MAIL), cutAt(2, '**')],
    ['a cut through the domain of an address', cutAt(6, MAIL), cutAt(6, '******')],
    ['a cut through a character behind a number', cutAt(8, '1381234é'), cutAt(8, '*******')],
    ['a body that ends with the beginning of a number', '{"n":138123', '{"n":138123'],
    ['malformed JSON', `{"n":[${PHONE},,"${MAIL}`, '{"n":[*******5678,,"j**************'],
    ['JSON that spells digits as escapes', `{"n":"\\u0031${PHONE.slice(1)}"}`, '{"n":"*******5678"}'],
    ['a form that spells an address as forms do', 'a=1&m=joe%40example.com&b', 'a=1&m=j**************&b'],
  ])('%s', async (_, body, expected) => {
    const { requestBody } = await shownOf(Buffer.from(body, 'utf8').toString('latin1'));
    expect(requestBody).toBe(expected);
  });

  it.each([
    ['compressed', gzipSync(PHONE).toString('latin1'), 'Content-Encoding: gzip'],
    ['compressed, and not said to be', gzipSync(PHONE).toString('latin1'), 'X-A: 1'],
    ['in UTF-16', Buffer.from(PHONE, 'utf16le').toString('latin1'), 'Content-Type: text/plain'],
    ['in a charset that hides digits', '+ADEAMw-', 'Content-Type: text/plain; charset=UTF-7'],
    ['not in UTF-8', `\xff${PHONE}`, 'Content-Type: text/plain'],
  ])('that is %s cannot be masked, and is left out', async (_, body, line) => {
    const entry = await shownOf(body, line);
    expect(entry).not.toHaveProperty('requestBody');
    expect(entry).not.toHaveProperty('responseBody');
    expect(JSON.stringify(entry)).not.toContain(PHONE);
  });
});

describe.each(['inprocess', 'wire'])('logMask behind a signed internal call, %s', (mode) => {
  const apis = (caller: readonly string[], callee: readonly string[]) => (address: string) => [
    {
      id: 'caller',
      path: '/a',
      backend: { type: 'HTTP' as const, address: INTERNAL_HOST, path: '/b' },
      plugins: ['signer', ...caller],
    },
    { id: 'callee', path: '/b', auth: 'APP' as const, backend: { type: 'HTTP' as const, address }, plugins: callee },
  ];

  async function call(caller: readonly string[], callee: readonly string[]): Promise<Line[]> {
    await start(apis(caller, callee), { plugins: [EVERYWHERE, SIGNER], keys: { K: 'S' } }, ok(MAIL, [`X-Mail: ${MAIL}`]), mode);
    const lines = [`X-Phone: ${PHONE}`, 'Content-Type: text/plain'];
    const answer = await ask(plane.publicPort, post(`/a?phone=${PHONE}`, PHONE, lines));
    expect([answer.body, backend.requests[0]?.body, headerOf(answer.lines, 'X-Mail')]).toEqual([MAIL, PHONE, MAIL]);
    const log = await plane.stopAndReadLog();
    return ['caller', 'callee'].map((id) => log.find(({ apiId }) => apiId === idOf(id))!);
  }

  const masked = {
    requestQueryString: 'phone=*******5678',
    requestHeaders: expect.objectContaining({ 'x-phone': '138********' }),
    requestBody: '138********',
    responseHeaders: { 'x-mail': '***************' },
    responseBody: '***************',
  };

  it('masks the line of each API that has it', async () => {
    const [caller, callee] = await call(['mask'], ['mask']);
    expect(caller).toMatchObject(masked);
    expect(callee).toMatchObject({
      ...masked,
      requestHeaders: { 'x-phone': '138********', 'x-ca-nonce': expect.stringMatching(/^.{3}\*{33}$/) },
    });
    expect(JSON.stringify([caller, callee])).not.toMatch(new RegExp(`${PHONE}|${MAIL}`));
  });

  it.each([
    ['caller', ['mask'], []],
    ['callee', [], ['mask']],
  ] as const)('of the %s masks that line alone', async (who, ofCaller, ofCallee) => {
    const [caller, callee] = await call(ofCaller, ofCallee);
    const [mine, other] = who === 'caller' ? [caller, callee] : [callee, caller];
    expect(mine).toMatchObject({ requestBody: '138********', responseBody: '***************' });
    expect(other).toMatchObject({ requestBody: PHONE, responseBody: MAIL });
  });
});

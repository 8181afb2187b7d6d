/** Calls with an AppCode: where it is taken from, what it opens, and that backends do not see it (wire contract 3). */
import type { GroupChunk } from '@causeway/contract';
import { afterEach, describe, expect, it } from '@jest/globals';
import { answering, type Backend, ok, startBackend } from './testing/backend.js';
import { ask, get, post } from './testing/client.js';
import { signed } from './testing/sign.js';
import { type ApiInput, idOf, snapshot } from './testing/snapshot.js';
import { type Plane, startPlane } from './testing/start-plane.js';
import { headerOf, type Message } from './testing/wire.js';
import { type AppInput, withApps } from './testing/with-apps.js';

const CODE = 'C0DE-1.x_y';
const NOWHERE: GroupChunk['appCode'] = { in: null, name: null, keepForBackend: false };

const codeOf = ({ lines }: Message) => headerOf(lines, 'X-Ca-Error-Code') ?? null;

describe('an AppCode', () => {
  let plane: Plane;
  let backend: Backend;

  async function start(
    api: Partial<ApiInput>,
    {
      group = {},
      apps = [{ id: '1', codes: [CODE], keys: { K: 'S' } }] as readonly AppInput[],
      passthrough = [] as string[],
    } = {},
  ) {
    backend = await startBackend(answering(ok('')));
    const chunks = snapshot({
      apis: [{ id: 'api', auth: 'APP', backend: { type: 'HTTP', address: backend.address, path: '/*' }, ...api }],
      group: { appCode: { ...NOWHERE, ...group }, passthroughHeaders: passthrough },
    });
    plane = await startPlane({ program: withApps(chunks, apps) });
  }

  afterEach(async () => {
    expect(plane.failures).toEqual([]);
    await plane.stop();
    await backend.close();
  });

  const call = async (target: string, lines: readonly string[] = []) => codeOf(await ask(plane.publicPort, get(target, lines)));
  const last = () => backend.requests.at(-1)!;

  it('opens an API from header, scheme and query, each where the API takes it', async () => {
    await start({ appCode: 'HEADER_QUERY' });
    for (const line of [`Authorization: APPCODE ${CODE}`, `authorization: appcode ${CODE}`, `x-ca-appcode: ${CODE}`])
      expect(await call('/a', [line])).toBe(null);
    for (const name of ['AppCode', 'appcode', 'APPCODE', '%41ppCode']) expect(await call(`/a?${name}=${CODE}`)).toBe(null);
    expect(await call('/a?AppCode=C0DE%2D1.x%5Fy')).toBe(null);
  });

  it('counts as absent where the API does not take it', async () => {
    await start({ appCode: 'HEADER' });
    expect(await call(`/a?AppCode=${CODE}`)).toBe('A400MA');
    expect(await call('/a', [`X-Ca-AppCode: ${CODE}`])).toBe(null);
    await plane.apply(withApps(snapshot({ apis: [{ id: 'api', auth: 'APP' }] }), [{ id: '1', codes: [CODE] }]));
    for (const line of [`Authorization: APPCODE ${CODE}`, `X-Ca-AppCode: ${CODE}`])
      expect(await call('/a', [line])).toBe('A400MA');
  });

  it('comes where the group says, when the API leaves it to the group', async () => {
    await start({ appCode: 'DEFAULT' }, { group: { in: 'header', name: 'My-Code' } });
    expect(await call('/a', [`my-code: ${CODE}`])).toBe(null);
    expect(await call('/a', [`Authorization: APPCODE ${CODE}`])).toBe(null);
    expect(await call('/a', [`X-Ca-AppCode: ${CODE}`])).toBe('A400MA');
    expect(await call(`/a?AppCode=${CODE}`)).toBe('A400MA');
  });

  it("comes under the group's name in the query, in any letter case, and not under the usual one", async () => {
    await start({ appCode: 'DEFAULT' }, { group: { in: 'query', name: 'code' } });
    expect(await call(`/a?CODE=${CODE}`)).toBe(null);
    expect(await call('/a', [`X-Ca-AppCode: ${CODE}`])).toBe(null);
    expect(await call(`/a?AppCode=${CODE}`)).toBe('A400MA');
  });

  it('is refused when nobody has it, when its application is disabled, and on several lines', async () => {
    const apps = [
      { id: '1', codes: [CODE] },
      { id: '2', codes: ['off'], disabled: true },
    ];
    await start({ appCode: 'HEADER_QUERY' }, { apps });
    expect(await call('/a', ['X-Ca-AppCode: nobody'])).toBe('A400AC');
    expect(await call('/a?appcode=off')).toBe('A400AC');
    expect(await call('/a?appcode=')).toBe('A400MA');
    expect(await call('/a', [`X-Ca-AppCode: ${CODE}`, `X-Ca-AppCode: ${CODE}`])).toBe('I400HD');
    expect(await call('/a', [`Authorization: APPCODE ${CODE}`, 'Authorization: Basic x'])).toBe('I400HD');
    expect(backend.requests).toEqual([]);
  });

  it('needs the grant: none is I403AA, one that is over A403EP', async () => {
    const grant = { apiId: idOf('api'), stage: 'RELEASE', expiresAt: '2020-01-01T00:00:00Z' };
    const apps = [
      { id: '1', codes: ['none'], grants: [] },
      { id: '2', codes: ['over'], grants: [grant] },
      { id: '3', codes: ['good', 'other'], grants: [{ ...grant, expiresAt: '2999-01-01T00:00:00Z' }] },
    ];
    await start({ appCode: 'HEADER' }, { apps });
    const codes = [];
    for (const code of ['none', 'over', 'good', 'other']) codes.push(await call('/a', [`X-Ca-AppCode: ${code}`]));
    expect(codes).toEqual(['I403AA', 'A403EP', null, null]);
  });

  it('is not looked at beside a key, however good it is', async () => {
    await start({ appCode: 'HEADER' });
    const good = ['X-Ca-AppCode', CODE] as const;
    expect(codeOf(await ask(plane.publicPort, signed({ target: '/a', headers: [['X-Ca-AppCode', 'nobody']] })))).toBe(null);
    expect(codeOf(await ask(plane.publicPort, signed({ target: '/a', headers: [good], secret: 'wrong' })))).toBe('A403IS');
    expect(codeOf(await ask(plane.publicPort, signed({ target: '/a', headers: [good], key: 'X' })))).toBe('A400IK');
  });

  it('needs no signature for a body: neither Content-MD5 nor nonce nor time is looked at', async () => {
    await start({ appCode: 'HEADER', forceNonce: true });
    const lines = [`X-Ca-AppCode: ${CODE}`, 'Content-MD5: wrong', 'X-Ca-Nonce: n', 'X-Ca-Timestamp: old'];
    for (const _ of [1, 2]) expect(codeOf(await ask(plane.publicPort, post('/a', 'body', lines)))).toBe(null);
    expect(last().body).toBe('body');
  });

  it('tells the backend who calls, and that no key was used', async () => {
    const system = (['CaAppId', 'CaAppKey'] as const).map((parameter) => ({ name: parameter, in: 'header' as const, parameter }));
    await start({ appCode: 'HEADER', system });
    await call('/a', [`X-Ca-AppCode: ${CODE}`]);
    expect(headerOf(last().lines, 'CaAppId')).toBe('1');
    expect(headerOf(last().lines, 'CaAppKey')).toBe(undefined);
    const [line] = (await plane.stopAndReadLog()).slice(-1);
    expect(line).toMatchObject({ consumerAppId: '1' });
    expect(JSON.stringify(line)).not.toContain(CODE);
  });

  it.each(['PASSTHROUGH', 'MAPPING_PASSTHROUGH', 'MAPPING'] as const)('does not reach the backend with %s', async (mode) => {
    await start({ appCode: 'HEADER_QUERY', request: { mode } }, { passthrough: ['authorization', 'X-Ca-AppCode'] });
    const sent = [`X-Ca-AppCode: ${CODE}`, `Authorization: APPCODE ${CODE}`];
    expect(await call(`/a?b=1&AppCode=${CODE}&appcode=${CODE}&c=2`, sent)).toBe(null);
    expect(last().text).not.toContain(CODE);
    expect(last().start).toBe(mode === 'MAPPING' ? 'GET /a HTTP/1.1' : 'GET /a?b=1&c=2 HTTP/1.1');
  });

  it('does not reach the backend beside a signature either, nor under a name of the group', async () => {
    await start({ appCode: 'DEFAULT' }, { group: { in: 'query', name: 'code' } });
    expect(codeOf(await ask(plane.publicPort, signed({ target: `/a?Code=${CODE}&d=1` })))).toBe(null);
    expect(last().start).toBe('GET /a?d=1 HTTP/1.1');
  });

  it('leaves another Authorization alone', async () => {
    await start({ appCode: 'HEADER' });
    await call('/a', [`X-Ca-AppCode: ${CODE}`, 'Authorization: Bearer t']);
    expect(headerOf(last().lines, 'Authorization')).toBe('Bearer t');
    expect(headerOf(last().lines, 'X-Ca-AppCode')).toBe(undefined);
  });

  it('stays for the backend where the group keeps it', async () => {
    await start({ appCode: 'HEADER_QUERY' }, { group: { keepForBackend: true } });
    await call(`/a?AppCode=${CODE}`, [`X-Ca-AppCode: ${CODE}`, `Authorization: APPCODE ${CODE}`, 'X-Ca-Stage: RELEASE']);
    expect(last().start).toBe(`GET /a?AppCode=${CODE} HTTP/1.1`);
    expect(headerOf(last().lines, 'X-Ca-AppCode')).toBe(CODE);
    expect(headerOf(last().lines, 'Authorization')).toBe(`APPCODE ${CODE}`);
    expect(headerOf(last().lines, 'X-Ca-Stage')).toBe(undefined);
  });

  it('means nothing to an API that takes none: its query goes on as it came, its header does not', async () => {
    await start({ auth: 'ANONYMOUS', appCode: 'HEADER_QUERY' });
    expect(await call('/a?AppCode=x', ['X-Ca-AppCode: y', 'Authorization: APPCODE z'])).toBe(null);
    expect(last().start).toBe('GET /a?AppCode=x HTTP/1.1');
    expect(headerOf(last().lines, 'X-Ca-AppCode')).toBe(undefined);
    expect(headerOf(last().lines, 'Authorization')).toBe('APPCODE z');
  });
});

/** Groups are checked whole, belong to their account, and a change reaches their instance. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { publishedChunk } from '../testing/published.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';
import { NOTHING_LOGGED } from './group-fields.js';
import { keepTouchedLog, type TouchedLog } from './testing/touched-log.js';

const PATH = '/api/v1/groups';
const OWN_ID = '17ff4c9189004a1d87b557606b767334';
let app: TestApp;
let defaultId: string;
let tenantEditor: string;
let log: TouchedLog;

beforeAll(async () => {
  app = await startTestApp({ CAUSEWAY_REGION: 'cn-huhehaote', CAUSEWAY_DOMAIN_SUFFIX: 'alicloudapi.com' });
  tenantEditor = await app.token('editor', await app.account('tenant'));
  defaultId = (await get('/api/v1/instances?name=default')).body.items[0].id;
  log = await keepTouchedLog(app.dataSource);
});
afterAll(() => app.close());

const get = (path: string, token = app.admin) => app.http.get(path).set('Authorization', token);
const create = (body: object, token = app.admin) => app.http.post(PATH).set('Authorization', token).send(body);
const patch = (id: string, body: object, token = app.admin) =>
  app.http.patch(`${PATH}/${id}`).set('Authorization', token).send(body);
const remove = (id: string, token = app.admin) => app.http.delete(`${PATH}/${id}`).set('Authorization', token);

async function post(path: string, body: object): Promise<{ id: string }> {
  return (await app.http.post(`/api/v1/${path}`).set('Authorization', app.admin).send(body).expect(201)).body;
}

async function createPlugin(): Promise<string> {
  const config = { type: 'APIGW_FRONTEND', key: 'K', secret: 'S' };
  return (await post('plugins', { name: 'signature', type: 'backendSignature', config })).id;
}

function draft(name: string, path: string): object {
  return {
    name,
    auth: 'ANONYMOUS',
    request: { protocols: ['HTTP'], method: 'GET', path },
    backend: { type: 'HTTP', address: 'http://backend.example.com', path, method: 'GET' },
  };
}

describe('a new group', () => {
  it('is on the default instance, reachable from the Internet, with a name of its own in DNS', async () => {
    const { body } = await create({ name: 'plain' }).expect(201);
    const { revision, ...shown } = body;
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      name: 'plain',
      description: '',
      basePath: '/',
      instanceId: defaultId,
      region: 'cn-huhehaote',
      network: { internet: true, publicDomain: true, vpc: false, internetIpv6: false },
      passthroughHeaders: [],
      appCode: { in: null, name: null, keepForBackend: false },
      sse: false,
      debug: false,
      removeServerHeader: false,
      trafficLimit: null,
      userLog: NOTHING_LOGGED,
      customTrace: null,
      defaultDomain: null,
      vpcIds: [],
      compatibleFlags: null,
      rpcPattern: null,
      rpsLimitForServerless: null,
      status: 'NORMAL',
      publicDomain: `${body.id}-cn-huhehaote.alicloudapi.com`,
      vpcDomain: null,
      internalDomain: null,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
      revision: expect.any(Number),
    });
    expect(revision).toBeGreaterThan(1);
    expect((await get(`${PATH}/${body.id}`).expect(200)).body).toEqual(shown);
    expect((await get(`${PATH}?name=plain`).expect(200)).body).toEqual({ items: [shown], next: null });
  });

  it('is announced to its instance at once', async () => {
    const id = 'ab'.repeat(16);
    expect(await log.during(() => create({ id, name: 'announced' }).expect(201))).toEqual({ [defaultId]: [`group:${id}`] });
  });

  it('may bring its id, and everything else', async () => {
    const given = {
      id: OWN_ID,
      name: '订单_Orders',
      description: 'Line one\nline two',
      basePath: '/orders/v1.0~a_b-c',
      instanceId: defaultId,
      network: { internet: true, publicDomain: false, vpc: true, internetIpv6: true },
      passthroughHeaders: ['host', 'X-Trace'],
      appCode: { in: 'query', name: 'code', keepForBackend: true },
      sse: true,
      debug: true,
      removeServerHeader: true,
      trafficLimit: 1000,
      userLog: {
        requestBody: true,
        responseBody: true,
        queryString: ['*'],
        requestHeaders: ['X-Trace', 'user-agent'],
        responseHeaders: ['*'],
        jwtClaims: ['sub', 'https://a.example/claim'],
      },
      customTrace: { in: 'query', name: 'trace' },
      defaultDomain: 'api.example.com',
      vpcIds: ['vpc-1', 'VPC_2'],
      compatibleFlags: 'depressSpecialHeader,urldecode',
      rpcPattern: 'x',
      rpsLimitForServerless: 0,
    };
    const { body } = await create(given).expect(201);
    const domain = (form: string) => `${OWN_ID}-cn-huhehaote${form}.alicloudapi.com`;
    expect(body).toMatchObject({ ...given, publicDomain: domain(''), vpcDomain: domain('-vpc') });
    const { network, userLog, customTrace, defaultDomain, vpcIds } = given;
    const more = { vpcDomain: network.vpc, userLog, customTrace, defaultDomain, vpcIds };
    expect(await publishedChunk(app, body.revision, `group:${OWN_ID}`)).toMatchObject(more);
  });

  it('takes a name and an id that are free', async () => {
    const { body } = await create({ id: OWN_ID, name: 'plain' }).expect(409);
    expect(body.code).toBe('DuplicateGroup');
    expect(body.errors.map(({ path }: { path: string }) => path)).toEqual(['id', 'name']);
    await create({ id: OWN_ID, name: 'stolen' }, tenantEditor).expect(409);
    await create({ name: 'plain' }, tenantEditor).expect(201);
  });

  it('goes to an instance that is there', async () => {
    await create({ name: 'nowhere', instanceId: 'apigateway-x-000000000000' }).expect(404);
  });

  it('is warned of what cannot act yet', async () => {
    const { body } = await create({ name: 'in_vpc', network: { vpc: true }, defaultDomain: 'API.Example.COM.' }).expect(201);
    expect(body).toMatchObject({ defaultDomain: 'api.example.com', vpcDomain: `${body.id}-cn-huhehaote-vpc.alicloudapi.com` });
    expect(body.warnings).toMatchObject([
      { code: 'VpcListenerAbsent', path: 'network.vpc' },
      { code: 'UnboundDefaultDomain', path: 'defaultDomain' },
    ]);
    expect((await patch(body.id, { description: 'x' }).expect(200)).body).not.toHaveProperty('warnings');
    await post(`groups/${body.id}/domains`, { domain: 'own.example.com' });
    const bound = await patch(body.id, { defaultDomain: 'own.example.com', network: { vpc: null } }).expect(200);
    expect(bound.body).toMatchObject({ vpcDomain: null });
    expect(bound.body).not.toHaveProperty('warnings');
    expect((await patch(body.id, { defaultDomain: null }).expect(200)).body.defaultDomain).toBeNull();
  });

  it.each([
    [{}, ['name']],
    [{ name: 'abc' }, ['name']],
    [{ name: '1abc' }, ['name']],
    [{ name: '_abc' }, ['name']],
    [{ name: 'a-bc' }, ['name']],
    [{ name: 'x'.repeat(51) }, ['name']],
    [{ name: 'good', id: OWN_ID.toUpperCase() }, ['id']],
    [{ name: 'good', id: '../../etc' }, ['id']],
    [{ name: 'good', description: 'x'.repeat(181) }, ['description']],
    [{ name: 'good', description: 'a\u0000b' }, ['description']],
    [{ name: 'good', description: null }, ['description']],
    [{ name: 'good', basePath: '' }, ['basePath']],
    [{ name: 'good', basePath: 'a' }, ['basePath']],
    [{ name: 'good', basePath: '/a/' }, ['basePath']],
    [{ name: 'good', basePath: '//a' }, ['basePath']],
    [{ name: 'good', basePath: '/a/../b' }, ['basePath']],
    [{ name: 'good', basePath: '/a%2F' }, ['basePath']],
    [{ name: 'good', basePath: `/${'a'.repeat(256)}` }, ['basePath']],
    [{ name: 'good', network: { internet: 'no', ipv6: true } }, ['network.internet', 'network.ipv6']],
    [{ name: 'good', network: [] }, ['network']],
    [{ name: 'good', passthroughHeaders: 'host' }, ['passthroughHeaders']],
    [{ name: 'good', passthroughHeaders: ['a b'] }, ['passthroughHeaders']],
    [{ name: 'good', passthroughHeaders: ['Host', 'host'] }, ['passthroughHeaders']],
    [{ name: 'good', passthroughHeaders: Array.from({ length: 101 }, (_, n) => `x-${n}`) }, ['passthroughHeaders']],
    [{ name: 'good', instanceId: 1 }, ['instanceId']],
    [
      { name: 'good', appCode: { in: 'path', name: 'a b', by: 1 }, debug: 1, sse: 'no', userLog: [], removeServerHeader: null },
      ['appCode.by', 'appCode.in', 'appCode.name', 'debug', 'removeServerHeader', 'sse', 'userLog'],
    ],
    [{ name: 'good', appCode: { in: 'header' } }, ['appCode.name']],
    [{ name: 'good', appCode: { name: 'X-Code' } }, ['appCode.in']],
    [{ name: 'good', appCode: 'header' }, ['appCode']],
    [{ name: 'good', appCode: { in: 'header', name: 'x'.repeat(129) } }, ['appCode.name']],
    [
      { name: 'good', userLog: { requestBody: 'yes', queryString: ['a b'], requestHeaders: ['A', 'a'], cookies: ['*'] } },
      ['userLog.cookies', 'userLog.queryString', 'userLog.requestBody', 'userLog.requestHeaders'],
    ],
    [{ name: 'good', userLog: { jwtClaims: '*', responseHeaders: [null] } }, ['userLog.jwtClaims', 'userLog.responseHeaders']],
    [
      { name: 'good', userLog: { jwtClaims: Array.from({ length: 101 }, (_, n) => `c${n}`), queryString: ['x'.repeat(129)] } },
      ['userLog.jwtClaims', 'userLog.queryString'],
    ],
    [{ name: 'good', customTrace: { in: 'body' } }, ['customTrace.in', 'customTrace.name']],
    [{ name: 'good', customTrace: 'X-Trace' }, ['customTrace']],
    [{ name: 'good', defaultDomain: '*.example.com', vpcIds: ['a b'] }, ['defaultDomain', 'vpcIds']],
    [{ name: 'good', defaultDomain: 'a.test:443', vpcIds: ['a', 'a'] }, ['defaultDomain', 'vpcIds']],
    [
      { name: 'good', compatibleFlags: 'x'.repeat(257), rpcPattern: '', rpsLimitForServerless: -1 },
      ['compatibleFlags', 'rpcPattern', 'rpsLimitForServerless'],
    ],
    [{ name: 'good', httpsPolicy: 'HTTPS2_TLS1_2', billingStatus: 'NORMAL' }, ['billingStatus', 'httpsPolicy']],
    ...[0, 1.5, '5', 10_000_001].map((trafficLimit): [object, string[]] => [{ name: 'good', trafficLimit }, ['trafficLimit']]),
    [{ name: 'no', basePath: 'x', description: 1, accountId: 'y' }, ['accountId', 'basePath', 'description', 'name']],
  ])('is refused with every complaint: %#', async (body, paths) => {
    const answer = await create(body).expect(400);
    const named = new Set(answer.body.errors.map(({ path }: { path: string }) => path));
    expect([...named].sort()).toEqual(paths);
  });
});

describe('the place of AppCodes', () => {
  it.each([
    ['header', 'X-Ca-AppCode'],
    ['header', 'host'],
    ['header', 'Authorization'],
    ['header', 'Content-Type'],
    ['header', 'Connection'],
    ['query', 'a&b'],
    ['query', '#a'],
    ['query', 'a+b'],
  ])('is none that the gateway reads or writes for another purpose: %s %s', async (place, name) => {
    const { body } = await create({ name: 'placed', appCode: { in: place, name } }).expect(422);
    expect(body).toMatchObject({ code: 'InvalidAppCodePlace', errors: [{ path: 'appCode.name' }] });
  });

  it('changes with a patch, and goes with one', async () => {
    const { body: made } = await create({ name: 'placed', appCode: { in: 'header', name: 'X-Code' } }).expect(201);
    const { body } = await patch(made.id, { appCode: { keepForBackend: true }, trafficLimit: 5 }).expect(200);
    expect(body).toMatchObject({ appCode: { in: 'header', name: 'X-Code', keepForBackend: true }, trafficLimit: 5 });
    expect(await publishedChunk(app, body.revision, `group:${made.id}`)).toMatchObject({
      appCode: body.appCode,
      trafficLimit: 5,
    });
    await patch(made.id, { appCode: { name: null } }).expect(400);
    const { body: without } = await patch(made.id, { appCode: null, trafficLimit: null }).expect(200);
    expect(without).toMatchObject({ appCode: { in: null, name: null, keepForBackend: false }, trafficLimit: null });
  });
});

describe('an edited group', () => {
  it('changes in what the patch names, at once', async () => {
    const { body: made } = await create({ name: 'edited', description: 'old', passthroughHeaders: ['host'] }).expect(201);
    const { headers } = await get(`${PATH}/${made.id}`).expect(200);
    await patch(made.id, { basePath: '/v2' }).set('If-Match', '"stale"').expect(412);
    const { body } = await patch(made.id, { basePath: '/v2', network: { publicDomain: false }, description: null })
      .set('If-Match', String(headers.etag))
      .expect(200);
    expect(body).toMatchObject({
      name: 'edited',
      description: '',
      basePath: '/v2',
      network: { internet: true, publicDomain: false, vpc: false, internetIpv6: false },
      passthroughHeaders: ['host'],
    });
    await patch(made.id, { basePath: '/v3' }).set('If-Match', String(headers.etag)).expect(412);
    const type = { 'Content-Type': 'application/merge-patch+json' };
    const touched = await log.during(() => patch(made.id, { description: 'new' }).set(type).expect(200));
    expect(touched).toEqual({ [defaultId]: [`group:${made.id}`] });
  });

  it('is checked whole', async () => {
    const { body: made } = await create({ name: 'checked' }).expect(201);
    const { body } = await patch(made.id, { name: 'no', basePath: 'x', foo: 1 }).expect(400);
    expect(body.errors.map(({ path }: { path: string }) => path).sort()).toEqual(['basePath', 'foo', 'name']);
    expect((await patch(made.id, { name: 'plain' }).expect(409)).body.code).toBe('DuplicateGroup');
    await patch(made.id, { name: 'checked' }).expect(200);
  });

  it('changes what is logged piece by piece, and says nothing of it to data planes where nothing is', async () => {
    const { body: made } = await create({ name: 'logging', userLog: { requestHeaders: ['a'], jwtClaims: [] } }).expect(201);
    const chunk = (revision: number) => publishedChunk<{ userLog?: object }>(app, revision, `group:${made.id}`);
    expect((await chunk(made.revision))?.userLog).toEqual({ ...NOTHING_LOGGED, requestHeaders: ['a'] });
    const { body: more } = await patch(made.id, { userLog: { requestBody: true, requestHeaders: null } }).expect(200);
    expect(more.userLog).toEqual({ ...NOTHING_LOGGED, requestBody: true });
    const { body: none } = await patch(made.id, { userLog: null, customTrace: null, vpcIds: null }).expect(200);
    expect(none.userLog).toEqual(NOTHING_LOGGED);
    expect(await chunk(none.revision)).not.toHaveProperty('userLog');
  });

  it('does not come to call itself by a new base path', async () => {
    const { body: made } = await create({ name: 'circular' }).expect(201);
    const address = `${made.id}-cn-huhehaote-intranet.alicloudapi.com`;
    const { id } = await post(`groups/${made.id}/apis`, {
      ...draft('round', '/a'),
      backend: { type: 'HTTP', address, path: '/new/a', method: 'GET' },
    });
    await post(`apis/${id}/deployments`, { stage: 'RELEASE' });
    expect((await patch(made.id, { basePath: '/new' }).expect(422)).body.code).toBe('RoutingCycle');
    await patch(made.id, { basePath: '/other' }).expect(200);
  });

  it('keeps its id and its instance', async () => {
    const { body: made } = await create({ name: 'fixed' }).expect(201);
    expect((await patch(made.id, { id: 'f'.repeat(32) }).expect(409)).body.code).toBe('FixedGroupId');
    expect((await patch(made.id, { instanceId: 'elsewhere' }).expect(409)).body.detail).toContain('/migration');
    await patch(made.id, { id: made.id, instanceId: made.instanceId }).expect(200);
  });
});

describe('a deleted group', () => {
  it('is gone, with its bindings and the plugins that only it used', async () => {
    const { body: made } = await create({ name: 'short_lived' }).expect(201);
    const plugin = await createPlugin();
    await post(`plugins/${plugin}/bindings`, { groupId: made.id, stage: 'RELEASE' });
    const { headers } = await get(`${PATH}/${made.id}`);
    await remove(made.id).set('If-Match', '"stale"').expect(412);
    const touched = await log.during(() => remove(made.id).set('If-Match', String(headers.etag)).expect(200));
    expect(touched).toEqual({ [defaultId]: [`group:${made.id}`, `plugin:${plugin}`] });
    await get(`${PATH}/${made.id}`).expect(404);
    await remove(made.id).expect(404);
  });

  it('holds no APIs: the refusal names them, ten at most', async () => {
    const { body: made } = await create({ name: 'holding' }).expect(201);
    for (let n = 10; n < 21; n++) await post(`groups/${made.id}/apis`, draft(`api_${n}`, `/${n}`));
    const { body } = await remove(made.id).expect(409);
    expect(body.code).toBe('DependencyViolationGroup');
    expect(body.detail.match(/api_\d\d \([0-9a-f]{32}\)/g)).toHaveLength(10);
    expect(body.detail).toContain('and more');
    await app.dataSource.query('DELETE FROM apis WHERE group_id = $1', [made.id]);
    await remove(made.id).expect(200);
  });
});

describe('another account’s group', () => {
  it('is absent, whatever is asked of it', async () => {
    await get(`${PATH}/${OWN_ID}`, tenantEditor).expect(404);
    await patch(OWN_ID, { basePath: '/taken' }, tenantEditor).expect(404);
    await remove(OWN_ID, tenantEditor).expect(404);
    const on = (method: 'post' | 'delete', path: string) =>
      app.http[method](`${PATH}/${OWN_ID}/${path}`).set('Authorization', tenantEditor);
    await on('post', 'internal-domain').expect(404);
    await on('delete', 'internal-domain').expect(404);
    await on('post', 'migration').send({ instanceId: defaultId }).expect(404);
    const { body } = await get(`${PATH}?limit=200`, tenantEditor).expect(200);
    expect(body.items.map(({ name }: { name: string }) => name)).toEqual(['plain']);
    expect((await get(`${PATH}/${OWN_ID}`).expect(200)).body.basePath).toBe('/orders/v1.0~a_b-c');
  });
});

describe('groups', () => {
  it('are read by viewers and written by editors', async () => {
    for (const role of ['viewer', 'publisher'] as const) {
      const token = await app.token(role);
      await get(PATH, token).expect(200);
      await get(`${PATH}/${OWN_ID}`, token).expect(200);
      await create({ name: 'forbidden' }, token).expect(403);
      await patch(OWN_ID, {}, token).expect(403);
      await remove(OWN_ID, token).expect(403);
      await app.http.post(`${PATH}/${OWN_ID}/internal-domain`).set('Authorization', token).expect(403);
      await app.http.delete(`${PATH}/${OWN_ID}/internal-domain`).set('Authorization', token).expect(403);
      await app.http.post(`${PATH}/${OWN_ID}/migration`).set('Authorization', token).send({ instanceId: 'x' }).expect(403);
    }
    await create({ name: 'by_editor' }, await app.token('editor')).expect(201);
  });

  it('are listed page by page and by instance', async () => {
    const all = (await get(`${PATH}?limit=200`).expect(200)).body;
    expect(all.next).toBeNull();
    const first = (await get(`${PATH}?limit=2`).expect(200)).body;
    const second = (await get(`${PATH}?limit=2&cursor=${first.next}`).expect(200)).body;
    expect([...first.items, ...second.items]).toEqual(all.items.slice(0, 4));
    expect((await get(`${PATH}?limit=200&instanceId=${defaultId}`).expect(200)).body.items).toEqual(all.items);
    expect((await get(`${PATH}?instanceId=other`).expect(200)).body.items).toEqual([]);
    await get(`${PATH}?color=red`).expect(400);
  });

  it('leave one row in the audit trail a write', async () => {
    const { body } = await create({ name: 'audited' }).expect(201);
    await patch(body.id, { basePath: '/x' }).expect(200);
    await remove(body.id).expect(200);
    const rows = await app.dataSource.query('SELECT action FROM audit_events WHERE resource_id = $1 ORDER BY id', [body.id]);
    expect(rows).toEqual([{ action: 'group.create' }, { action: 'group.update' }, { action: 'group.delete' }]);
  });
});

/** Instances are seen by all and written by the operator, and a change reaches whom it concerns. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { publishedChunk } from '../testing/published.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';

const PATH = '/api/v1/instances';
let app: TestApp;
let tenantAdmin: string;
let defaultId: string;

beforeAll(async () => {
  app = await startTestApp({ CAUSEWAY_REGION: 'cn-huhehaote' });
  tenantAdmin = await app.token('admin', await app.account('tenant'));
  defaultId = (await get(`${PATH}?name=default`)).body.items[0].id;
});
afterAll(() => app.close());

const get = (path: string, token = app.admin) => app.http.get(path).set('Authorization', token);
const create = (body: object, token = app.admin) => app.http.post(PATH).set('Authorization', token).send(body);
const patch = (id: string, body: object, token = app.admin) =>
  app.http.patch(`${PATH}/${id}`).set('Authorization', token).send(body);
const remove = (id: string, token = app.admin) => app.http.delete(`${PATH}/${id}`).set('Authorization', token);

describe('a new instance', () => {
  it('has an id of the known form, the settings’ region, and its first revision', async () => {
    const { body } = await create({ name: '第二/a.b_c-1' }).expect(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^apigateway-cn-huhehaote-[0-9a-f]{12}$/),
      name: '第二/a.b_c-1',
      region: 'cn-huhehaote',
      internalEndpoint: null,
      callsFromGateway: false,
      privateDns: [],
      accessList: {},
      trafficLimit: null,
      description: '',
      httpsPolicy: 'HTTPS2_TLS1_2',
      ipv6: false,
      egressIpv6: false,
      spec: null,
      intranetSegments: [],
      maintenance: null,
      status: 'RUNNING',
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
      revision: expect.any(Number),
    });
    const [{ hop_ids: hops, revision }] = await app.dataSource.query('SELECT hop_ids, revision FROM instances WHERE id = $1', [
      body.id,
    ]);
    expect(revision).toBe('1');
    expect(new Set(Object.values(hops)).size).toBe(3);
    expect(Object.keys(hops).sort()).toEqual(['internal', 'public', 'vpc']);
    for (const id of Object.values(hops)) expect(id).toMatch(/^[0-9a-f]{32}$/);
  });

  it('is made known to every instance', async () => {
    const before = await revisionOf(defaultId);
    await create({ name: 'known', internalEndpoint: '10.0.0.5:8081' }).expect(201);
    expect(await revisionOf(defaultId)).toBe(before + 1);
  });

  it('may be of another region, and carry private names', async () => {
    const privateDns = [
      { host: 'Backend1.Example.com', records: [{ address: '10.0.0.7', port: 8080, weight: 3 }, { address: '::1' }] },
    ];
    const { body } = await create({
      name: 'far',
      region: 'eu-1',
      internalEndpoint: '[fd00::1]:8081',
      callsFromGateway: true,
      privateDns,
    }).expect(201);
    expect(body.id).toMatch(/^apigateway-eu-1-/);
    expect(body).toMatchObject({
      region: 'eu-1',
      internalEndpoint: '[fd00::1]:8081',
      callsFromGateway: true,
      privateDns: [{ ...privateDns[0], host: 'backend1.example.com' }],
    });
  });

  it('keeps what its operator says of it, and tells data planes what concerns them', async () => {
    const said = {
      description: 'of the shop',
      httpsPolicy: 'HTTPS2_TLS1_3',
      ipv6: true,
      egressIpv6: true,
      spec: 'api.s1.small',
      intranetSegments: ['10.0.0.0/8', 'fd00::/8'],
      maintenance: { start: '22:00Z', end: '02:00Z' },
    };
    const { body: made } = await create({ name: 'described', ...said }).expect(201);
    expect(made).toMatchObject(said);
    const { body } = await patch(made.id, { maintenance: null, spec: null, intranetSegments: null, ipv6: false }).expect(200);
    expect(body).toMatchObject({
      httpsPolicy: 'HTTPS2_TLS1_3',
      maintenance: null,
      spec: null,
      intranetSegments: [],
      ipv6: false,
    });
    const policy = async (httpsPolicy: string | null) => {
      const { body: edited } = await patch(defaultId, { httpsPolicy }).expect(200);
      return (await publishedChunk<{ httpsPolicy?: string }>(app, edited.revision, 'instance'))?.httpsPolicy;
    };
    expect(await policy('HTTPS1_1_TLS1_0')).toBe('HTTPS1_1_TLS1_0');
    expect(await policy(null)).toBeUndefined();
  });

  it('has a name of its own', async () => {
    const { body } = await create({ name: 'default' }).expect(409);
    expect(body).toMatchObject({ code: 'DuplicateInstance', errors: [{ path: 'name' }] });
  });

  it.each([
    [{}, ['name']],
    [{ name: 'a b' }, ['name']],
    [{ name: 'x'.repeat(51) }, ['name']],
    [{ name: 'ok', region: 'x-vpc' }, ['region']],
    [{ name: 'ok', region: 'A' }, ['region']],
    [{ name: 'ok', internalEndpoint: 'host' }, ['internalEndpoint']],
    [{ name: 'ok', internalEndpoint: 'host:65536' }, ['internalEndpoint']],
    [{ name: 'ok', internalEndpoint: 'http://host:80' }, ['internalEndpoint']],
    [{ name: 'ok', internalEndpoint: 'fd00::1:80' }, ['internalEndpoint']],
    [{ name: 'ok', internalEndpoint: 'user@host:80' }, ['internalEndpoint']],
    [{ name: 'ok', callsFromGateway: 'yes' }, ['callsFromGateway']],
    [{ name: 'ok', callsFromGateway: null }, ['callsFromGateway']],
    [{ name: 'ok', accessList: [] }, ['accessList']],
    [{ name: 'ok', id: 'x', hopIds: {}, revision: 3 }, ['hopIds', 'id', 'revision']],
    [{ name: 'ok', privateDns: {} }, ['privateDns', 'privateDns.host', 'privateDns.records']],
    [{ name: 'ok', privateDns: [null] }, ['privateDns', 'privateDns[0]']],
    [{ name: 'ok', privateDns: [{}] }, ['privateDns[0].host', 'privateDns[0].records']],
    [{ name: 'ok', privateDns: [{ host: 'a/b', records: [] }] }, ['privateDns[0].host', 'privateDns[0].records']],
    [
      { name: 'ok', privateDns: [{ host: 'a', records: [{ address: 'x y', port: 0, weight: 1001, ttl: 1 }] }] },
      [
        'privateDns[0].records[0].address',
        'privateDns[0].records[0].port',
        'privateDns[0].records[0].ttl',
        'privateDns[0].records[0].weight',
      ],
    ],
    [{ name: 'ok', privateDns: [{ host: 'a', records: [{ address: 'b', port: null }] }] }, ['privateDns[0].records[0].port']],
    [{ name: 'ok', privateDns: ['a', 'A'].map((host) => ({ host, records: [{ address: 'b' }] })) }, ['privateDns']],
    [{ name: 'ok', privateDns: [{ host: 'a', records: Array(65).fill({ address: 'b' }) }] }, ['privateDns[0].records']],
    [
      { name: 'ok', privateDns: Array.from({ length: 1001 }, (_, n) => ({ host: `h${n}`, records: [{ address: 'b' }] })) },
      ['privateDns'],
    ],
    [
      { name: 'ok', accessList: { ipv4: { mode: 'deny', blocks: ['::1'] }, ipv6: { mode: 'deny', blocks: ['10.0.0.1'] } } },
      ['accessList.ipv4.blocks', 'accessList.ipv6.blocks'],
    ],
    [
      { name: 'ok', accessList: { ipv4: { mode: 'white', blocks: [] }, ipv6: [], ipv5: {} } },
      ['accessList.ipv4.blocks', 'accessList.ipv4.mode', 'accessList.ipv5', 'accessList.ipv6'],
    ],
    [{ name: 'ok', accessList: { ipv4: { mode: 'allow', blocks: ['10.0.0.1', null] } } }, ['accessList.ipv4.blocks']],
    [
      {
        name: 'ok',
        accessList: { ipv4: { mode: 'deny', blocks: Array.from({ length: 1001 }, (_, n) => `10.0.${n >> 8}.${n & 255}`) } },
      },
      ['accessList.ipv4.blocks'],
    ],
    [
      { name: 'ok', description: 'x'.repeat(181), httpsPolicy: 'TLS1_3', ipv6: 'yes', egressIpv6: 1, spec: 'a b' },
      ['description', 'egressIpv6', 'httpsPolicy', 'ipv6', 'spec'],
    ],
    [
      { name: 'ok', intranetSegments: ['10.0.0.0/8', 'x'], maintenance: { start: '24:00Z', end: '2:00' }, status: 'RUNNING' },
      ['intranetSegments', 'maintenance.end', 'maintenance.start', 'status'],
    ],
    [{ name: 'ok', intranetSegments: '10.0.0.0/8', maintenance: [], zoneId: 'x' }, ['intranetSegments', 'maintenance', 'zoneId']],
    ...[0, -1, 1.5, '10', 10_000_001, true].map((trafficLimit): [object, string[]] => [
      { name: 'ok', trafficLimit },
      ['trafficLimit'],
    ]),
  ])('is refused with every complaint: %#', async (body, paths) => {
    const answer = await create(body).expect(400);
    const named = new Set(answer.body.errors.map(({ path }: { path: string }) => path));
    expect([...named].sort()).toEqual(paths);
  });
});

describe('an edited instance', () => {
  it('changes in what the patch names', async () => {
    const { body: made } = await create({ name: 'edited', internalEndpoint: '10.0.0.6:8081' }).expect(201);
    const { headers } = await get(`${PATH}/${made.id}`).expect(200);
    await patch(made.id, { callsFromGateway: true }).set('If-Match', '"stale"').expect(412);
    const { body } = await patch(made.id, { callsFromGateway: true }).set('If-Match', String(headers.etag)).expect(200);
    expect(body).toMatchObject({
      name: 'edited',
      internalEndpoint: '10.0.0.6:8081',
      callsFromGateway: true,
      revision: expect.any(Number),
    });
    expect((await patch(made.id, { internalEndpoint: null }).expect(200)).body.internalEndpoint).toBeNull();
    await patch(made.id, { callsFromGateway: true }).set('If-Match', String(headers.etag)).expect(412);
  });

  it('may be for certain clients only, whose blocks are kept in one form, and limit requests', async () => {
    const { body: made } = await create({ name: 'guarded' }).expect(201);
    const given = {
      accessList: {
        ipv4: { mode: 'allow', blocks: ['10.1.2.3/8', '10.0.0.0/8', '192.0.2.1/32'] },
        ipv6: { mode: 'deny', blocks: ['2001:DB8:0::1/32'] },
      },
      trafficLimit: 500,
    };
    const stored = {
      ipv4: { mode: 'allow', blocks: ['10.0.0.0/8', '192.0.2.1'] },
      ipv6: { mode: 'deny', blocks: ['2001:db8::/32'] },
    };
    const { body } = await patch(made.id, given).expect(200);
    expect(body).toMatchObject({ accessList: stored, trafficLimit: 500 });
    const { body: without } = await patch(made.id, { accessList: { ipv6: null }, trafficLimit: null }).expect(200);
    expect(without).toMatchObject({ accessList: { ipv4: stored.ipv4 }, trafficLimit: null });
    expect(without.accessList).not.toHaveProperty('ipv6');
  });

  it('hands its clients and limit on to the data planes', async () => {
    const accessList = { ipv4: { mode: 'deny', blocks: ['192.0.2.7'] } };
    const { body } = await patch(defaultId, { accessList, trafficLimit: 9 }).expect(200);
    expect(await publishedChunk(app, body.revision, 'instance')).toMatchObject({
      accessLists: { ...accessList, ipv6: null },
      trafficLimit: 9,
    });
    await patch(defaultId, { accessList: null, trafficLimit: null }).expect(200);
  });

  it('concerns the others only where they can tell', async () => {
    const { body: made } = await create({ name: 'local-matter' }).expect(201);
    const before = await revisionOf(defaultId);
    await patch(made.id, { privateDns: [{ host: 'b', records: [{ address: '10.0.0.1' }] }] }).expect(200);
    expect(await revisionOf(defaultId)).toBe(before);
    await patch(made.id, { internalEndpoint: '10.0.0.1:8081' }).expect(200);
    expect(await revisionOf(defaultId)).toBe(before + 1);
    expect(await revisionOf(made.id)).toBe(3);
  });

  it('is checked whole, and keeps its region', async () => {
    const { body: made } = await create({ name: 'checked' }).expect(201);
    expect(
      (await patch(made.id, { name: null, foo: 1 }).expect(400)).body.errors.map(({ path }: { path: string }) => path).sort(),
    ).toEqual(['foo', 'name']);
    expect((await patch(made.id, { region: 'elsewhere' }).expect(409)).body.code).toBe('FixedInstanceRegion');
    await patch(made.id, { region: 'cn-huhehaote' }).expect(200);
    expect((await patch(made.id, { name: 'default' }).expect(409)).body.code).toBe('DuplicateInstance');
    await patch(made.id, []).expect(400);
  });

  it('that is the default one keeps its name', async () => {
    expect((await patch(defaultId, { name: 'other' }).expect(409)).body.code).toBe('DefaultInstance');
    await patch(defaultId, { name: 'default' }).expect(200);
  });

  it('warns when internal domains fall silent, and keeps the groups’ own switches', async () => {
    const { body: made } = await create({ name: 'silent', callsFromGateway: true }).expect(201);
    const group = await app.http
      .post('/api/v1/groups')
      .set('Authorization', app.admin)
      .send({ name: 'silenced', instanceId: made.id })
      .expect(201);
    const internal = await app.http
      .post(`/api/v1/groups/${group.body.id}/internal-domain`)
      .set('Authorization', app.admin)
      .expect(201);
    const { body } = await patch(made.id, { callsFromGateway: false }).expect(200);
    expect(body.warnings).toEqual([
      { code: 'InternalDomainsOff', message: expect.stringContaining('1 group '), path: 'callsFromGateway' },
    ]);
    expect((await get(`/api/v1/groups/${group.body.id}`)).body.internalDomain).toBe(internal.body.domain);
    const later = await patch(made.id, { callsFromGateway: true }).expect(200);
    expect(later.body.warnings).toBeUndefined();
  });
});

describe('a deleted instance', () => {
  it('is gone, and gone from the tables of the others', async () => {
    const { body: made } = await create({ name: 'short-lived' }).expect(201);
    const before = await revisionOf(defaultId);
    const { headers } = await get(`${PATH}/${made.id}`);
    await remove(made.id).set('If-Match', '"stale"').expect(412);
    await remove(made.id).set('If-Match', String(headers.etag)).expect(200);
    await get(`${PATH}/${made.id}`).expect(404);
    await remove(made.id).expect(404);
    await patch(made.id, {}).expect(404);
    expect(await revisionOf(defaultId)).toBe(before + 1);
  });

  it('holds no groups', async () => {
    const { body: made } = await create({ name: 'holding' }).expect(201);
    const group = await app.http
      .post('/api/v1/groups')
      .set('Authorization', tenantAdmin)
      .send({ name: 'held', instanceId: made.id })
      .expect(201);
    const { body } = await remove(made.id).expect(409);
    expect(body).toMatchObject({ code: 'DependencyViolationInstance', detail: expect.stringContaining(group.body.id) });
  });

  it('is never the default one', async () => {
    expect((await remove(defaultId).expect(409)).body.code).toBe('DefaultInstance');
  });
});

describe('instances', () => {
  it('are seen by all accounts, without the operator’s network', async () => {
    const tenantViewer = tenantAdmin;
    const { body } = await get(`${PATH}/${defaultId}`, tenantViewer).expect(200);
    const hidden = ['internalEndpoint', 'privateDns', 'accessList', 'intranetSegments', 'maintenance'];
    for (const field of hidden) expect(body).not.toHaveProperty(field);
    expect(body).toMatchObject({ callsFromGateway: false, name: 'default', status: 'RUNNING' });
    expect((await get(`${PATH}?name=default`, tenantViewer).expect(200)).body.items).toEqual([body]);
    expect((await get(`${PATH}/${defaultId}`).expect(200)).body).toMatchObject({
      internalEndpoint: null,
      privateDns: [],
      maintenance: null,
    });
  });

  it('are written by admins of the default account only', async () => {
    for (const token of [tenantAdmin, await app.token('editor')]) {
      await create({ name: 'x' }, token).expect(403);
      await patch(defaultId, { callsFromGateway: true }, token).expect(403);
      await remove(defaultId, token).expect(403);
    }
  });

  it('are listed page by page', async () => {
    const all = (await get(`${PATH}?limit=200`).expect(200)).body;
    expect(all.next).toBeNull();
    const first = (await get(`${PATH}?limit=2`).expect(200)).body;
    const second = (await get(`${PATH}?limit=2&cursor=${first.next}`).expect(200)).body;
    expect([...first.items, ...second.items]).toEqual(all.items.slice(0, 4));
    await get(`${PATH}?limit=201`).expect(400);
    await get(`${PATH}?page=1`).expect(400);
  });

  it('are not found under ids that cannot be', async () => {
    await get(`${PATH}/nothing`).expect(404);
    await get(`${PATH}/%00`).expect(400);
  });
});

async function revisionOf(id: string): Promise<number> {
  const [row] = await app.dataSource.query('SELECT revision FROM instances WHERE id = $1', [id]);
  return Number(row.revision);
}

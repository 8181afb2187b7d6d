/** Datasets belong to their account, hold what their type allows, and are where bound plugins name them, on no other instance. */
import { chunkKeys, type DatasetChunk, sealedPaths } from '@causeway/contract';
import { describeOnPostgres } from '@causeway/test-stores';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { keepTouchedLog, type TouchedLog } from '../groups/testing/touched-log.js';
import { openPublished } from '../testing/open-published.js';
import { newName, type Owner, ownerOf } from '../testing/owner.js';
import { publishedChunk } from '../testing/published.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';
import { ExpiredItems } from './expired-items.js';

const LATER = '2099-01-01T00:00:00.000Z';

let app: TestApp;
let log: TouchedLog;
let defaultId: string;
let other: string;
let operator: Owner;
/** In an account of its own. */
let owner: Owner;
let viewer: Owner;

beforeAll(async () => {
  app = await startTestApp({ CAUSEWAY_LIMITS_DATASET_ITEMS: '5' });
  operator = ownerOf(app, app.admin);
  other = (await operator.send('POST /instances', { name: 'other' }).expect(201)).body.id;
  defaultId = (await operator.send('GET /instances?name=default').expect(200)).body.items[0].id;
  const accountId = await app.account('tenant');
  owner = ownerOf(app, await app.token('admin', accountId));
  viewer = ownerOf(app, await app.token('viewer', accountId));
  log = await keepTouchedLog(app.dataSource);
});
afterAll(() => app.close());

async function create(type: string, values: readonly (string | object)[] = []): Promise<string> {
  const { body } = await owner.send('POST /datasets', { name: newName(), type }).expect(201);
  if (values.length > 0) await add(body.id, ...values).expect(201);
  return body.id;
}

const add = (id: string, ...values: readonly (string | object)[]) =>
  owner.send(`POST /datasets/${id}/items`, { items: values.map((each) => (typeof each === 'string' ? { value: each } : each)) });

const list = async (id: string, query = '') => (await viewer.send(`GET /datasets/${id}/items${query}`).expect(200)).body;

const valuesOf = async (id: string) => ((await list(id)).items as { value: string }[]).map(({ value }) => value).sort();

const plugin = async (config: object, type = 'ipControl'): Promise<string> =>
  (await owner.send('POST /plugins', { name: newName(), type, config }).expect(201)).body.id;

const allowing = (...ids: string[]) => ({ type: 'ALLOW', items: ids.map((id) => ({ blocksDatasetId: id })) });

const bind = (pluginId: string, groupId: string) =>
  owner.send(`POST /plugins/${pluginId}/bindings`, { groupId, stage: 'RELEASE' });

const expire = (datasetId: string, value: string) =>
  app.dataSource.query("UPDATE dataset_items SET expires_at = now() - interval '1 second' WHERE dataset_id = $1 AND value = $2", [
    datasetId,
    value,
  ]);

const rowsOf = async (datasetId: string) =>
  (await app.dataSource.query('SELECT value FROM dataset_items WHERE dataset_id = $1 ORDER BY value', [datasetId])).map(
    ({ value }: { value: string }) => value,
  );

describe('a dataset', () => {
  it('is made, read, renamed and deleted', async () => {
    const { body } = await owner.send('POST /datasets', { name: 'offices', type: 'IP_WHITELIST_CIDR' }).expect(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      name: 'offices',
      type: 'IP_WHITELIST_CIDR',
      description: '',
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    const { body: read, headers } = await viewer.send(`GET /datasets/${body.id}`).expect(200);
    expect(read).toEqual(body);
    const put = (change: object) => owner.send(`PUT /datasets/${body.id}`, change);
    expect((await put({ name: 'offices', type: 'JWT_BLOCKING' }).expect(409)).body.code).toBe('FixedDatasetType');
    const renamed = await put({ name: 'houses', description: 'ours' }).set('If-Match', String(headers.etag)).expect(200);
    expect(renamed.body).toMatchObject({ id: body.id, name: 'houses', description: 'ours' });
    await put({ name: 'offices' }).set('If-Match', String(headers.etag)).expect(412);
    expect((await viewer.send('GET /datasets?name=houses').expect(200)).body.items).toHaveLength(1);
    await owner.send(`DELETE /datasets/${body.id}`).set('If-Match', String(headers.etag)).expect(412);
    await owner.send(`DELETE /datasets/${body.id}`).expect(200);
    expect((await viewer.send(`GET /datasets/${body.id}`).expect(404)).body.code).toBe('NotFoundDataset');
  });

  it('keeps the id that it brings, and has a name and an id of its own', async () => {
    const id = 'd5'.repeat(16);
    await owner.send('POST /datasets', { id, name: 'brought', type: 'JWT_BLOCKING' }).expect(201);
    const { body } = await owner.send('POST /datasets', { id, name: 'brought', type: 'JWT_BLOCKING' }).expect(409);
    expect(body).toMatchObject({ code: 'DuplicateDataset', errors: [{ path: 'id' }, { path: 'name' }] });
    await operator.send('POST /datasets', { name: 'brought', type: 'JWT_BLOCKING' }).expect(201);
    expect(
      (await viewer.send('GET /datasets?type=JWT_BLOCKING').expect(200)).body.items.map((each: { id: string }) => each.id),
    ).toEqual([id]);
  });

  it.each<[object, string[]]>([
    [{}, ['name', 'type']],
    [{ name: 'a b', type: 'JWT_BLOCKING' }, ['name']],
    [{ name: 'ok', type: 'OTHER', items: [] }, ['items', 'type']],
    [{ name: 'ok', type: 'JWT_BLOCKING', id: 'x', description: 'x'.repeat(201) }, ['description', 'id']],
  ])('is refused with every complaint: %#', async (body, paths) => {
    const { errors } = (await owner.send('POST /datasets', body).expect(400)).body;
    expect([...new Set(errors.map(({ path }: { path: string }) => path))].sort()).toEqual(paths);
  });

  it('of another account is not there, for whatever is asked of it', async () => {
    const id = await create('PARAMETER_ACCESS', ['x']);
    const item = (await list(id)).items[0].id;
    for (const call of [`GET /datasets/${id}`, `GET /datasets/${id}/items`, `GET /datasets/${id}/items/${item}`])
      await operator.send(call).expect(404);
    for (const call of [`DELETE /datasets/${id}`, `DELETE /datasets/${id}/items/${item}`]) await operator.send(call).expect(404);
    await operator.send(`PUT /datasets/${id}`, { name: 'taken' }).expect(404);
    await operator.send(`POST /datasets/${id}/items`, { items: [{ value: 'y' }] }).expect(404);
    await operator.send(`PUT /datasets/${id}/items`, { items: [] }).expect(404);
    await operator.send(`POST /datasets/${id}/items/removal`, { ids: [item] }).expect(404);
    await operator.send(`PUT /datasets/${id}/items/${item}`, {}).expect(404);
    const elsewhere = await create('PARAMETER_ACCESS');
    await owner.send(`GET /datasets/${elsewhere}/items/${item}`).expect(404);
    await owner.send(`POST /datasets/${elsewhere}/items/removal`, { ids: [item] }).expect(200);
    await viewer.send(`POST /datasets/${id}/items`, { items: [{ value: 'y' }] }).expect(403);
    expect(await valuesOf(id)).toEqual(['x']);
    const { body } = await operator
      .send('POST /plugins', { name: newName(), type: 'ipControl', config: allowing(id) })
      .expect(422);
    expect(body.errors).toEqual([
      { path: 'config.items[0].blocksDatasetId', message: `there is no dataset ${id} in the account` },
    ]);
  });
});

describe('items', () => {
  it('are added all or none, and paged', async () => {
    const id = await create('PARAMETER_ACCESS');
    const { body } = await add(id, 'a', { value: 'b', description: 'second', expiresAt: LATER }).expect(201);
    expect(body.items).toEqual([
      expect.objectContaining({ value: 'a', description: '', expiresAt: null }),
      expect.objectContaining({ value: 'b', description: 'second', expiresAt: LATER }),
    ]);
    const { body: refused } = await add(id, 'c', 'b', 'a').expect(409);
    expect(refused).toMatchObject({
      code: 'DuplicateDatasetItem',
      errors: [{ path: 'items[1].value' }, { path: 'items[2].value' }],
    });
    const first = await list(id, '?limit=1');
    const second = await list(id, `?limit=1&cursor=${first.next}`);
    expect([first.items[0].value, second.items[0].value].sort()).toEqual(['a', 'b']);
    expect(second.next).toBeNull();
    expect((await list(id, '?value=b')).items).toHaveLength(1);
    expect((await list(id, '?value=B')).items).toEqual([]);
  });

  it.each<[string, object[], string[]]>([
    ['JWT_BLOCKING', [{ value: 'a' }, { value: 'a' }], ['items[1].value']],
    ['JWT_BLOCKING', [{ value: 'a', expiresAt: '2001-01-01T00:00:00Z' }], ['items[0].expiresAt']],
    [
      'IP_WHITELIST_CIDR',
      [{ value: '10.0.0.0/33' }, { value: 'host' }, { value: '::1%eth0' }],
      ['items[0].value', 'items[1].value', 'items[2].value'],
    ],
    ['IP_WHITELIST_CIDR', [{ value: '10.1.2.3/8' }, { value: '10.0.0.0/8' }], ['items[1].value']],
    [
      'BASIC_AUTH_ACCESS',
      [{ value: 'alice' }, { value: ':x' }, { value: 'bob:' }, { value: 'bob:a\nb' }, { value: 'eve:******' }],
      [0, 1, 2, 3, 4].map((n) => `items[${n}].value`),
    ],
  ])('that a %s does not take are refused with every complaint: %#', async (type, items, paths) => {
    const { body } = await owner.send(`POST /datasets/${await create(type)}/items`, { items }).expect(422);
    expect(body.code).toBe('InvalidDatasetItem');
    expect(body.errors.map(({ path }: { path: string }) => path)).toEqual(paths);
  });

  it.each<[unknown]>([
    [{}],
    [{ items: [] }],
    [{ items: 'x' }],
    [{ items: [null] }],
    [{ items: [{ value: 7 }] }],
    [{ items: [{ value: '' }] }],
    [{ items: [{ value: 'x'.repeat(1025) }] }],
    [{ items: [{ value: 'x\u0000' }] }],
    [{ items: [{ value: 'x', expiresAt: 'tomorrow' }] }],
    [{ items: [{ value: 'x', id: 'y' }] }],
    [{ items: Array.from({ length: 101 }, (_, n) => ({ value: String(n) })) }],
  ])('of another shape are 400: %#', async (body) => {
    await owner.send(`POST /datasets/${await create('JWT_BLOCKING')}/items`, body).expect(400);
  });

  it('of addresses are kept in one form', async () => {
    const id = await create('IP_WHITELIST_CIDR', ['10.1.2.3/8', '2001:DB8:0::1', '192.0.2.7']);
    expect(await valuesOf(id)).toEqual(['10.0.0.0/8', '192.0.2.7', '2001:db8::1']);
    expect((await list(id, '?value=10.9.9.9/8')).items).toHaveLength(1);
  });

  it('are no more than the setting says, expired ones aside', async () => {
    const id = await create('JWT_BLOCKING', ['1', '2', '3', '4']);
    expect((await add(id, '5', '6').expect(409)).body.code).toBe('ExceedLimitDatasetItem');
    await expire(id, '1');
    await add(id, '5', '6').expect(201);
    const six = ['1', '2', '3', '4', '5', '6'].map((value) => ({ value }));
    expect((await owner.send(`PUT /datasets/${id}/items`, { items: six }).expect(409)).body.code).toBe('ExceedLimitDatasetItem');
  });

  it('may be replaced altogether, those that stay keeping their ids', async () => {
    const id = await create('JWT_BLOCKING', ['stays', 'goes', { value: 'changes', description: 'old' }]);
    const idOf = async (value: string) => (await list(id, `?value=${value}`)).items[0].id;
    const before = await idOf('stays');
    const items = [{ value: 'stays' }, { value: 'changes', expiresAt: LATER }, { value: 'comes' }];
    const { body } = await owner.send(`PUT /datasets/${id}/items`, { items }).expect(200);
    expect(body).toEqual({ added: 1, changed: 1, removed: 1 });
    expect(await valuesOf(id)).toEqual(['changes', 'comes', 'stays']);
    expect(await idOf('stays')).toBe(before);
    expect((await list(id, '?value=changes')).items[0]).toMatchObject({ description: '', expiresAt: LATER });
    expect((await owner.send(`PUT /datasets/${id}/items`, { items }).expect(200)).body).toEqual({
      added: 0,
      changed: 0,
      removed: 0,
    });
    await owner.send(`PUT /datasets/${id}/items`, { items: [] }).expect(200);
    expect(await valuesOf(id)).toEqual([]);
  });

  it('are edited and removed by id', async () => {
    const id = await create('JWT_BLOCKING', ['a', 'b', 'c']);
    const ids = (await list(id)).items.map((item: { id: string }) => item.id);
    const { body: read, headers } = await viewer.send(`GET /datasets/${id}/items/${ids[0]}`).expect(200);
    const put = (change: object) => owner.send(`PUT /datasets/${id}/items/${ids[0]}`, change);
    await put({ value: 'z' }).expect(400);
    await put({ expiresAt: '2001-01-01T00:00:00Z' }).expect(422);
    const edited = await put({ description: 'x', expiresAt: LATER }).set('If-Match', String(headers.etag)).expect(200);
    expect(edited.body).toMatchObject({ id: ids[0], value: read.value, description: 'x', expiresAt: LATER });
    await owner.send(`DELETE /datasets/${id}/items/${ids[0]}`).set('If-Match', String(headers.etag)).expect(412);
    expect((await put({}).expect(200)).body).toMatchObject({ description: '', expiresAt: null });
    const remove = (given: unknown) => owner.send(`POST /datasets/${id}/items/removal`, { ids: given });
    for (const given of [undefined, [], 'x', ['x'], [null], Array.from({ length: 101 }, () => ids[0])])
      await remove(given).expect(400);
    await remove([ids[0], ids[1], 'e'.repeat(32)]).expect(200);
    await owner.send(`DELETE /datasets/${id}/items/${ids[2]}`).expect(200);
    expect((await owner.send(`DELETE /datasets/${id}/items/${ids[2]}`).expect(404)).body.code).toBe('NotFoundDatasetItem');
    expect(await valuesOf(id)).toEqual([]);
  });
});

describe('an item that has expired', () => {
  it('is not there, and may come again', async () => {
    const id = await create('JWT_BLOCKING', ['gone', 'there']);
    const [gone] = (await list(id, '?value=gone')).items;
    await expire(id, 'gone');
    expect(await valuesOf(id)).toEqual(['there']);
    await viewer.send(`GET /datasets/${id}/items/${gone.id}`).expect(404);
    await owner.send(`PUT /datasets/${id}/items/${gone.id}`, {}).expect(404);
    await add(id, 'gone').expect(201);
    expect(await valuesOf(id)).toEqual(['gone', 'there']);
  });

  it('leaves the store in the background, batch after batch', async () => {
    const id = await create('JWT_BLOCKING', ['a', 'b', 'c', 'd']);
    for (const value of ['a', 'b', 'c']) await expire(id, value);
    await app.get(ExpiredItems).sweep(2);
    expect(await rowsOf(id)).toEqual(['d']);
  });
});

describe('a password', () => {
  it('shows in the answer that made it and to editors who ask, and nowhere else', async () => {
    const id = await create('BASIC_AUTH_ACCESS');
    const { body } = await add(id, 'alice:open sesame').expect(201);
    expect(body.items[0].value).toBe('alice:open sesame');
    const { id: item } = body.items[0];
    expect((await list(id)).items[0].value).toBe('alice:******');
    const read = `GET /datasets/${id}/items/${item}`;
    expect((await owner.send(read).expect(200)).body.value).toBe('alice:******');
    await viewer.send(`${read}?reveal=secrets`).expect(403);
    expect((await owner.send(`${read}?reveal=secrets`).expect(200)).body.value).toBe('alice:open sesame');
    const [audit] = await app.dataSource.query('SELECT action, resource_id FROM audit_events ORDER BY id DESC LIMIT 1');
    expect(audit).toEqual({ action: 'dataset.item.reveal', resource_id: id });
    await viewer.send(`GET /datasets/${id}/items?value=alice`).expect(400);
    expect((await add(id, 'alice:open sesame').expect(409)).text).not.toContain('sesame');
    expect((await add(id, 'alice:other').expect(201)).body.items[0].id).not.toBe(item);
    const stored = await app.dataSource.query('SELECT i::text, digest FROM dataset_items i WHERE dataset_id = $1', [id]);
    const audited = await app.dataSource.query('SELECT details FROM audit_events');
    for (const kept of [JSON.stringify(stored), JSON.stringify(audited), app.log()]) expect(kept).not.toContain('sesame');
  });
});

describe('in snapshots', () => {
  it('a dataset comes with a bound plugin that names it, follows its items, and leaves with the last', async () => {
    const group = await owner.group();
    const id = await create('IP_WHITELIST_CIDR', ['10.0.0.0/8', { value: '192.0.2.7', expiresAt: LATER }]);
    const key = chunkKeys.dataset(id);
    const pluginId = await plugin(allowing(id));
    expect(await log.during(() => add(id, '172.16.0.0/12').expect(201))).toEqual({});
    const bound = await bind(pluginId, group).expect(201);
    const items = async (revision: number) =>
      (await publishedChunk<DatasetChunk>(app, revision, key))?.items.map(({ value, expiresAt }) => [value, expiresAt]).sort();
    expect(await items(bound.body.revision)).toEqual([
      ['10.0.0.0/8', null],
      ['172.16.0.0/12', null],
      ['192.0.2.7', LATER],
    ]);
    await expire(id, '10.0.0.0/8');
    let { body } = await add(id, '::1').expect(201);
    expect((await items(body.revision))?.map(([value]) => value)).toEqual(['172.16.0.0/12', '192.0.2.7', '::1']);
    ({ body } = await owner.send(`PUT /datasets/${id}/items`, { items: [] }).expect(200));
    expect(await items(body.revision)).toEqual([]);
    const second = await create('IP_WHITELIST_CIDR');
    const replace = (config: object) => owner.send(`PUT /plugins/${pluginId}`, { config }).expect(200);
    ({ body } = await replace(allowing(second)));
    expect(await items(body.revision)).toBeUndefined();
    expect(await publishedChunk<DatasetChunk>(app, body.revision, chunkKeys.dataset(second))).toMatchObject({ items: [] });
    ({ body } = await replace(allowing(id, second)));
    expect(await items(body.revision)).toEqual([]);
    ({ body } = await owner.send(`DELETE /plugins/${pluginId}/bindings/${bound.body.items[0].id}`).expect(200));
    expect(await items(body.revision)).toBeUndefined();
  });

  it('passwords are sealed for the instance', async () => {
    const id = await create('BASIC_AUTH_ACCESS', ['alice:open sesame']);
    const pluginId = await plugin({ usersDatasetId: id }, 'basicAuth');
    const { body } = await bind(pluginId, await owner.group()).expect(201);
    const chunk = await publishedChunk<DatasetChunk>(app, body.revision, chunkKeys.dataset(id));
    const [item] = chunk?.items ?? [];
    expect(item?.value).toMatch(/^v1\./);
    expect(await openPublished(app, sealedPaths.datasetItem(id, item?.id ?? ''), item?.value ?? '')).toBe('alice:open sesame');
  });

  it('explanations look into it as data planes do', async () => {
    const id = await create('PARAMETER_ACCESS', ['good']);
    const rules = [{ name: 'listed', assertParameterName: 'q', assertInDataset: id, ifFalse: 'DENY' }];
    const pluginId = await plugin({ parameters: { q: 'Query:q' }, rules }, 'accessControl');
    const api = await owner.api(await owner.group(), { auth: 'ANONYMOUS' });
    await owner.send(`POST /plugins/${pluginId}/bindings`, { apiIds: [api], stage: 'RELEASE' }).expect(201);
    await owner.deploy(api);
    const { path } = (await owner.send(`GET /apis/${api}`).expect(200)).body.request;
    const verdict = async (q: string) =>
      (await viewer.send(`POST /apis/${api}/explain`, { method: 'GET', url: `${path}?q=${q}` }).expect(200)).body;
    expect(await verdict('good')).toMatchObject({ outcome: 'backend', plugins: [{ rules: [{ rule: 'listed', holds: true }] }] });
    expect(await verdict('bad')).toMatchObject({ outcome: 'refused', refusal: { code: 'A403AC' } });
  });

  it('it moves with the group, and is on the instances of all its plugins', async () => {
    const group = await owner.group();
    const id = await create('IP_WHITELIST_CIDR');
    await bind(await plugin(allowing(id)), group).expect(201);
    const key = chunkKeys.dataset(id);
    const moving = await log.during(() => owner.send(`POST /groups/${group}/migration`, { instanceId: other }).expect(200));
    expect(moving[defaultId]).toContain(key);
    expect(moving[other]).toContain(key);
    expect(await log.during(() => add(id, '::1').expect(201))).toEqual({ [other]: [key] });
    await bind(await plugin(allowing(id)), await owner.group()).expect(201);
    expect(Object.keys(await log.during(() => add(id, '::2').expect(201))).sort()).toEqual([defaultId, other].sort());
    expect((await log.during(() => owner.send(`DELETE /groups/${group}`).expect(200)))[other]).toContain(key);
    expect(await log.during(() => add(id, '::3').expect(201))).toEqual({ [defaultId]: [key] });
  });
});

describe('a plugin', () => {
  it('names only what is there, of the right type', async () => {
    const id = await create('BASIC_AUTH_ACCESS');
    const body = { name: newName(), type: 'ipControl', config: allowing(id, 'f'.repeat(32)) };
    const errors = [
      { path: 'config.items[0].blocksDatasetId', message: `dataset ${id} is of type BASIC_AUTH_ACCESS, not IP_WHITELIST_CIDR` },
      { path: 'config.items[1].blocksDatasetId', message: `there is no dataset ${'f'.repeat(32)} in the account` },
    ];
    expect((await owner.send('POST /plugins', body).expect(422)).body).toMatchObject({ code: 'InvalidPluginData', errors });
    const { type, config } = body;
    expect((await viewer.send('POST /plugins/check', { type, config }).expect(200)).body.problems).toEqual(errors);
    const pluginId = await plugin({ type: 'ALLOW', items: [{ blocks: ['::1'] }] });
    expect((await owner.send(`PUT /plugins/${pluginId}`, { config }).expect(422)).body.errors).toEqual(errors);
  });

  it('keeps the dataset that it names, bound or not, until it names it no more', async () => {
    const id = await create('IP_WHITELIST_CIDR');
    const pluginId = await plugin(allowing(id));
    const remove = () => owner.send(`DELETE /datasets/${id}`);
    const { body } = await remove().expect(409);
    expect(body.code).toBe('DependencyViolationDataset');
    expect(body.detail).toContain(pluginId);
    await owner.send(`PUT /plugins/${pluginId}`, { config: { type: 'ALLOW', items: [{ blocks: ['::1'] }] } }).expect(200);
    await remove().expect(200);
    const second = await create('IP_WHITELIST_CIDR');
    await owner.send(`DELETE /plugins/${await plugin(allowing(second))}`).expect(200);
    await owner.send(`DELETE /datasets/${second}`).expect(200);
  });

  it('keeps it when it is written back with its secret masked', async () => {
    const id = await create('JWT_BLOCKING');
    const jwk = (k: string) => ({
      parameter: 'token',
      jwk: { kty: 'oct', k },
      blockClaimParameterName: 'sub',
      blockByDataSet: id,
    });
    const pluginId = await plugin(jwk('a'.repeat(43)), 'jwtAuth');
    await owner.send(`PUT /plugins/${pluginId}`, { config: jwk('******') }).expect(200);
    await owner.send(`DELETE /datasets/${id}`).expect(409);
    const absent = { ...jwk('******'), blockByDataSet: 'f'.repeat(32) };
    const errors = [{ path: 'config.blockByDataSet' }];
    expect((await owner.send(`PUT /plugins/${pluginId}`, { config: absent }).expect(422)).body).toMatchObject({ errors });
    expect((await owner.send('POST /plugins/check', { type: 'jwtAuth', config: absent })).body).toMatchObject({
      problems: errors,
    });
  });

  it('names after a rollback what it named then, if that is still there', async () => {
    const [first, second, third] = [
      await create('IP_WHITELIST_CIDR'),
      await create('IP_WHITELIST_CIDR'),
      await create('IP_WHITELIST_CIDR'),
    ];
    const pluginId = await plugin(allowing(first));
    const { body: bound } = await bind(pluginId, await owner.group()).expect(201);
    const replace = (id: string) => owner.send(`PUT /plugins/${pluginId}`, { config: allowing(id) }).expect(200);
    const { body: edited } = await replace(second);
    const back = (revision: number) => owner.send(`POST /revisions/${revision}/rollback`).expect(200);
    const touched = await log.during(() => back(bound.revision));
    expect(touched[defaultId]).toEqual(expect.arrayContaining([chunkKeys.dataset(first), chunkKeys.dataset(second)]));
    await owner.send(`DELETE /datasets/${first}`).expect(409);
    await replace(third);
    await owner.send(`DELETE /datasets/${second}`).expect(200);
    const { body } = await back(edited.revision);
    expect(body.warnings[0].message).toContain(`there is no dataset ${second}`);
    await owner.send(`DELETE /datasets/${third}`).expect(409);
  });
});

describeOnPostgres('at the same time', () => {
  it('an edit and a binding leave no instance behind', async () => {
    for (let round = 0; round < 5; round++) {
      const [group, id] = [await owner.group(), await create('IP_WHITELIST_CIDR')];
      const pluginId = await plugin(allowing(id));
      const [bound, added] = await Promise.all([bind(pluginId, group).expect(201), add(id, '::1').expect(201)]);
      const revision = Math.max(bound.body.revision, added.body.revision ?? 0);
      expect((await publishedChunk<DatasetChunk>(app, revision, chunkKeys.dataset(id)))?.items).toHaveLength(1);
    }
  });

  it('a plugin takes the dataset, or it is deleted, never both', async () => {
    for (let round = 0; round < 5; round++) {
      const id = await create('IP_WHITELIST_CIDR');
      const body = { name: newName(), type: 'ipControl', config: allowing(id) };
      const [made, removed] = await Promise.all([owner.send('POST /plugins', body), owner.send(`DELETE /datasets/${id}`)]);
      expect([
        [201, 409],
        [422, 200],
      ]).toContainEqual([made.status, removed.status]);
    }
  });
});

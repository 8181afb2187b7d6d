/** Models belong to a group, are JSON Schema of draft 4 for objects, and go with their group. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Owner, ownerOf } from '../testing/owner.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';

const ORDER = { type: 'object', required: ['id'], properties: { id: { type: 'integer' }, a: { type: 'string' } } };

let app: TestApp;
let owner: Owner;
let viewer: Owner;
let operator: Owner;
let group: string;

beforeAll(async () => {
  app = await startTestApp();
  operator = ownerOf(app, app.admin);
  const accountId = await app.account('tenant');
  owner = ownerOf(app, await app.token('editor', accountId));
  viewer = ownerOf(app, await app.token('viewer', accountId));
  group = await owner.group();
});
afterAll(() => app.close());

let count = 0;
const create = (body: object = {}, to = group) =>
  owner.send(`POST /groups/${to}/models`, { name: `model ${++count}`, schema: ORDER, ...body });
const made = async (body: object = {}, to = group) => (await create(body, to).expect(201)).body;

describe('a model', () => {
  it('is kept as it was written, edited, and deleted', async () => {
    const { body } = await create({ name: '订单', description: 'an order' }).expect(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      groupId: group,
      name: '订单',
      description: 'an order',
      schema: ORDER,
      modelRef: `https://apigateway.aliyun.com/models/${group}/${body.id}`,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    const path = `/groups/${group}/models/${body.id}`;
    const { body: read, headers } = await viewer.send(`GET ${path}`).expect(200);
    expect(read).toEqual(body);
    expect(Object.keys(read.schema)).toEqual(['type', 'required', 'properties']);
    const patch = (change: object) => owner.send(`PATCH ${path}`, change);
    const edited = await patch({ name: 'Order', description: null, schema: { type: 'object' } })
      .set('If-Match', String(headers.etag))
      .expect(200);
    expect(edited.body).toMatchObject({ id: body.id, name: 'Order', description: '', schema: { type: 'object' } });
    expect(edited.body.schema).toEqual({ type: 'object' });
    expect((await patch({ name: 'Orders' }).expect(200)).body.schema).toEqual({ type: 'object' });
    await patch({ name: 'x' }).set('If-Match', String(headers.etag)).expect(412);
    await patch({ schema: null }).expect(400);
    await patch({ groupId: group }).expect(400);
    await owner.send(`DELETE ${path}`).set('If-Match', String(headers.etag)).expect(412);
    await owner.send(`DELETE ${path}`).expect(200);
    expect((await viewer.send(`GET ${path}`).expect(404)).body.code).toBe('NotFoundModel');
    const audits = await app.dataSource.query('SELECT action FROM audit_events WHERE resource_id = $1 ORDER BY id', [body.id]);
    expect(audits.map(({ action }: { action: string }) => action)).toEqual([
      'model.create',
      'model.update',
      'model.update',
      'model.delete',
    ]);
  });

  it('has a name of its own in the group, and keeps the id that it brings', async () => {
    const id = 'e5'.repeat(16);
    await made({ id, name: 'unique' });
    expect((await create({ id, name: 'unique' }).expect(409)).body).toMatchObject({
      code: 'DuplicateModel',
      errors: [{ path: 'id' }, { path: 'name' }],
    });
    await made({ name: 'unique' }, await owner.group());
    const { id: second } = await made();
    const { body } = await owner.send(`PATCH /groups/${group}/models/${second}`, { name: 'unique' }).expect(409);
    expect(body.code).toBe('DuplicateModel');
  });

  it('of another account, or another group, is not there', async () => {
    const { id } = await made();
    const elsewhere = await owner.group();
    for (const [by, to] of [
      [operator, group],
      [owner, elsewhere],
    ] as const) {
      await by.send(`GET /groups/${to}/models/${id}`).expect(404);
      await by.send(`PATCH /groups/${to}/models/${id}`, { name: 'taken' }).expect(404);
      await by.send(`DELETE /groups/${to}/models/${id}`).expect(404);
    }
    await operator.send(`GET /groups/${group}/models`).expect(404);
    await operator.send(`POST /groups/${group}/models`, { name: 'mine', schema: ORDER }).expect(404);
    await viewer.send(`POST /groups/${group}/models`, { name: 'mine', schema: ORDER }).expect(403);
  });

  it.each<[object, string[]]>([
    [{ name: 'x' }, ['name']],
    [{ name: ' x ' }, ['name']],
    [{ name: 'x'.repeat(51) }, ['name']],
    [{ name: 'a\nb', description: 'x'.repeat(201), schema: [] }, ['description', 'name', 'schema']],
    [{ schema: 'text', extra: 1 }, ['extra', 'schema']],
  ])('is refused with every complaint: %#', async (body, paths) => {
    const { errors } = (await create(body).expect(400)).body;
    expect([...new Set(errors.map(({ path }: { path: string }) => path))].sort()).toEqual(paths);
  });

  it.each<[object, string]>([
    [{}, '"object"'],
    [{ type: 'array' }, '"object"'],
    [{ type: ['object'] }, '"object"'],
    [{ type: 'object', properties: { a: { type: 'strange' } } }, 'properties/a/type'],
    [{ type: 'object', $schema: 'http://json-schema.org/draft-07/schema#' }, 'draft 4'],
    [{ type: 'object', required: [] }, 'required'],
    [{ type: 'object', properties: { a: { $ref: '#/definitions/none' } } }, 'not there'],
    [{ type: 'object', properties: { a: { $ref: 'https://example.com/x' } } }, '$ref'],
    [{ type: 'object', properties: { a: { pattern: '(' } } }, 'pattern'],
    [{ type: 'object', title: 'x'.repeat(51_200) }, 'bytes'],
  ])('is no sound schema: %#', async (schema, message) => {
    const { body } = await create({ schema }).expect(422);
    expect(body).toMatchObject({ code: 'InvalidModelSchema', errors: [{ path: 'schema' }] });
    expect(body.errors[0].message).toContain(message);
  });
});

describe('a reference to a model', () => {
  it('leads to one of the account, or to the model itself', async () => {
    const { modelRef } = await made({ name: 'item' });
    const refers = ($ref: string) => ({
      type: 'object',
      properties: { item: { $ref }, list: { type: 'array', items: { $ref } } },
    });
    const { schema } = await made({ schema: refers(modelRef) });
    expect(schema).toEqual(refers(modelRef));
    const id = 'e6'.repeat(16);
    await made({ id, schema: refers(`https://apigateway.aliyun.com/models/${group}/${id}`) });
    const theirs = await operator.group();
    const foreign = (await operator.send(`POST /groups/${theirs}/models`, { name: 'theirs', schema: ORDER }).expect(201)).body;
    for (const $ref of [foreign.modelRef, modelRef.replace(group, theirs), modelRef.replace(/.{32}$/, 'f'.repeat(32))]) {
      const { body } = await create({ schema: refers($ref) }).expect(422);
      expect(body).toMatchObject({ code: 'NotFoundModel', errors: [{ path: 'schema', message: `there is no model ${$ref}` }] });
    }
  });

  it('finds it in the list, as its name does', async () => {
    const { id, modelRef } = await made({ name: 'wanted' });
    const list = async (query: string) => (await viewer.send(`GET /groups/${group}/models?${query}`).expect(200)).body;
    expect((await list(`modelRef=${modelRef}`)).items).toMatchObject([{ id }]);
    expect((await list('name=wanted')).items).toMatchObject([{ id }]);
    expect((await list('modelRef=nonsense')).items).toEqual([]);
    const first = await list('limit=1');
    const rest = await list(`limit=200&cursor=${first.next}`);
    expect(new Set([...first.items, ...rest.items].map((model: { id: string }) => model.id)).size).toBe(rest.items.length + 1);
    expect(rest.next).toBeNull();
  });
});

it('models go with their group', async () => {
  const short = await owner.group();
  await made({}, short);
  await owner.send(`DELETE /groups/${short}`).expect(200);
  expect(await app.dataSource.query('SELECT 1 FROM models WHERE group_id = $1', [short])).toEqual([]);
});

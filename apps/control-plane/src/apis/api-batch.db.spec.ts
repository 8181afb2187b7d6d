import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { definitionOf, newName, type Owner, ownerOf } from '../testing/owner.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';
import type { ApiBatchAnswer } from './api-batch-document.js';

let app: TestApp;
let owner: Owner;
let group: string;

beforeAll(async () => {
  app = await startTestApp();
  owner = ownerOf(app, app.admin);
});
beforeEach(async () => {
  group = await owner.group();
});
afterAll(() => app.close());

const send = (items: unknown) => owner.send(`POST /groups/${group}/apis/batch`, { items });
const codes = ({ items }: ApiBatchAnswer) => items.map(({ status, problem }) => problem?.code ?? status);
const count = async () => {
  const [row] = await app.dataSource.query(
    'SELECT (SELECT count(*) FROM apis) AS apis, (SELECT count(*) FROM audit_events) AS audits',
  );
  return row;
};

describe('a batch of new APIs', () => {
  it('is what creating each of them would have made, with one audit row', async () => {
    const [one, two] = [definitionOf(newName()), { ...definitionOf(newName()), id: 'ab'.repeat(16) }];
    const { body } = await send([one, two]).expect(200);
    expect(body).toEqual({
      items: [
        { status: 'done', id: expect.stringMatching(/^[0-9a-f]{32}$/), name: one.name },
        { status: 'done', id: two.id, name: two.name },
      ],
    });
    const { body: shown } = await owner.send(`GET /apis/${body.items[0].id}`).expect(200);
    const { body: alone } = await owner.send(`POST /groups/${await owner.group()}/apis`, one).expect(201);
    const { id: _, groupId: __, createdAt: ___, updatedAt: ____, ...definition } = alone;
    expect(shown).toMatchObject({ ...definition, groupId: group });
    const [event] = (await owner.send(`GET /audit-events?resourceId=${group}&limit=1`)).body.items;
    expect(event).toMatchObject({
      action: 'group.createApis',
      details: { apis: body.items.map(({ id, name }: { id: string; name: string }) => ({ id, name })) },
    });
  });

  it('judges each on its own, those before it included', async () => {
    const at = (path: string, more = {}) => ({ ...definitionOf(newName()), request: { method: 'GET', path }, ...more });
    const there = at('/a/[x]');
    const id = await owner.api(group, there);
    const { body: internal } = await owner.send(`POST /groups/${group}/internal-domain`);
    const address = `http://${internal.domain ?? `${group}-local-intranet.apigw.localhost`}`;
    const items = [
      at('/a/[y]'),
      at('/b'),
      at('/%62'),
      at('/c', { id }),
      at('/d', { name: there.name }),
      { ...definitionOf(newName()), colour: 'red' },
      null,
      at('/e/[x]/[x]'),
      at('/self', { backend: { type: 'HTTP', address, path: '/self', method: 'GET' } }),
      at('/good'),
    ];
    const { body } = await send(items).expect(200);
    expect(codes(body)).toEqual([
      'RepeatedApi',
      'done',
      'RepeatedApi',
      'DuplicateApi',
      'DuplicateApi',
      'InvalidRequest',
      'InvalidRequest',
      'InvalidApiDefinition',
      'RoutingCycle',
      'done',
    ]);
    expect(body.items[3].problem).toMatchObject({ status: 409, errors: [{ path: 'id', message: 'is taken' }] });
    expect(body.items[4].problem).toMatchObject({ status: 409, errors: [{ path: 'name', message: 'is taken' }] });
    expect(body.items[5].problem).toMatchObject({ status: 400, errors: [{ path: 'colour' }] });
    const { body: list } = await owner.send(`GET /groups/${group}/apis`).expect(200);
    expect(list.items.map(({ request }: { request: { path: string } }) => request.path).sort()).toEqual([
      '/a/[x]',
      '/b',
      '/good',
    ]);
  });

  it('leaves no trace when all of it is refused', async () => {
    const before = await count();
    expect(codes((await send([{}, null]).expect(200)).body)).toEqual(['InvalidRequest', 'InvalidRequest']);
    expect(await count()).toEqual(before);
  });

  it('is done once for an Idempotency-Key', async () => {
    const items = [definitionOf(newName())];
    const again = () => send(items).set('Idempotency-Key', `create-${group}`).expect(200);
    expect((await again()).body).toEqual((await again()).body);
  });

  it.each([[undefined], ['x'], [[]], [Array(101).fill(null)]])('is no %j', async (items) => {
    expect((await send(items).expect(400)).body.errors[0].path).toBe('items');
  });

  it('is for editors of the group', async () => {
    const items = [definitionOf(newName())];
    const stranger = ownerOf(app, await app.token('admin', await app.account(newName())));
    await stranger.send(`POST /groups/${group}/apis/batch`, { items }).expect(404);
    await ownerOf(app, await app.token('publisher'))
      .send(`POST /groups/${group}/apis/batch`, { items })
      .expect(403);
  });
});

/** The id of what was deleted never comes to mean something of another account. */
import { describeOnPostgres } from '@causeway/test-stores';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { definitionOf, newName, type Owner, ownerOf } from '../testing/owner.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';
import { newId } from './new-id.js';

let app: TestApp;
let owner: Owner;
let other: Owner;

beforeAll(async () => {
  app = await startTestApp();
  owner = ownerOf(app, await app.token('admin', await app.account('first')));
  other = ownerOf(app, await app.token('admin', await app.account('second')));
});
afterAll(() => app.close());

interface Kind {
  readonly path: string;
  readonly code: string;
  readonly id: () => string;
  /** The call that makes one, and its body without the id. */
  readonly create: (by: Owner) => Promise<readonly [string, object]>;
}

const config = { type: 'ALLOW', items: [{ blocks: ['192.0.2.1'] }] };
const KINDS: Record<string, Kind> = {
  group: {
    path: 'groups',
    code: 'DuplicateGroup',
    id: newId,
    create: async () => ['POST /groups', { name: newName() }],
  },
  API: {
    path: 'apis',
    code: 'DuplicateApi',
    id: newId,
    create: async (by) => [`POST /groups/${await by.group()}/apis`, definitionOf(newName())],
  },
  app: {
    path: 'apps',
    code: 'DuplicateApp',
    id: () => String(Math.floor(Math.random() * 2 ** 40) + 1),
    create: async () => ['POST /apps', { name: newName() }],
  },
  plugin: {
    path: 'plugins',
    code: 'DuplicatePlugin',
    id: newId,
    create: async () => ['POST /plugins', { name: newName(), type: 'ipControl', config }],
  },
};

async function make({ create }: Kind, by: Owner, id: string) {
  const [call, body] = await create(by);
  return by.send(call, { ...body, id });
}

describe.each(Object.entries(KINDS))('the id of a deleted %s', (_, kind) => {
  it('is taken for every other account, and says no more than that', async () => {
    const id = kind.id();
    expect((await make(kind, owner, id)).status).toBe(201);
    const whileThere = await make(kind, other, id);
    expect(whileThere.status).toBe(409);
    await owner.send(`DELETE /${kind.path}/${id}`).expect(200);
    const answer = await make(kind, other, id);
    expect([answer.status, answer.body.code, answer.body.errors]).toEqual([
      409,
      kind.code,
      [{ path: 'id', message: 'is taken' }],
    ]);
    const { requestId: _one, ...gone } = answer.body;
    const { requestId: _two, ...there } = whileThere.body;
    expect(gone).toEqual(there);
  });

  it('comes back to its own account as often as that likes', async () => {
    const id = kind.id();
    for (let round = 0; round < 2; round++) {
      expect((await make(kind, owner, id)).status).toBe(201);
      await owner.send(`DELETE /${kind.path}/${id}`).expect(200);
    }
    expect((await make(kind, other, id)).status).toBe(409);
  });
});

it('a batch of APIs is refused the one whose id was another account’s, and gets the others', async () => {
  const id = newId();
  await make(KINDS.API as Kind, owner, id);
  await owner.send(`DELETE /apis/${id}`).expect(200);
  const items = [{ ...definitionOf(newName()), id }, definitionOf(newName())];
  const { body } = await other.send(`POST /groups/${await other.group()}/apis/batch`, { items });
  expect(body.items.map(({ status }: { status: string }) => status)).toEqual(['refused', 'done']);
});

describeOnPostgres('while its owner deletes it', () => {
  it('no other account gets it', async () => {
    const kind = KINDS.group as Kind;
    for (let round = 0; round < 5; round++) {
      const id = kind.id();
      await make(kind, owner, id);
      const [call, body] = await kind.create(other);
      const [gone, taken] = await Promise.all([owner.send(`DELETE /groups/${id}`), other.send(call, { ...body, id })]);
      expect([gone.status, taken.status]).toEqual([200, 409]);
    }
  });

  it('an insert that waited for the deletion is refused by the database', async () => {
    const id = newId();
    await make(KINDS.group as Kind, owner, id);
    const deleting = app.dataSource.createQueryRunner();
    const taking = app.dataSource.createQueryRunner();
    try {
      await deleting.startTransaction();
      await deleting.query('DELETE FROM groups WHERE id = $1', [id]);
      const insert = taking.query(
        `INSERT INTO groups (id, account_id, instance_id, name, network)
         SELECT $1, a.id, i.id, 'taken_over', '{}' FROM accounts a, instances i WHERE a.name = 'second' LIMIT 1`,
        [id],
      );
      const outcome = expect(insert).rejects.toMatchObject({ driverError: { code: '23505' } });
      await deleting.commitTransaction();
      await outcome;
    } finally {
      await deleting.release();
      await taking.release();
    }
  });
});

/** A repetition under the same Idempotency-Key is answered, not done again. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Door } from '../change/door.js';
import { newName, type Owner, ownerOf } from '../testing/owner.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';

let app: TestApp;
let owner: Owner;

beforeAll(async () => {
  app = await startTestApp();
  owner = ownerOf(app, app.admin);
});
afterAll(() => app.close());

let count = 0;
const newKey = () => `key-${++count}`;
const post = (key: string, path: string, body: object) => owner.send(`POST ${path}`, body).set('Idempotency-Key', key);
const groupsNamed = async (name: string) => {
  const { body } = await owner.send(`GET /groups?name=${name}`).expect(200);
  return (body as { items: object[] }).items.length;
};

it('the same request gets the first answer again, secrets included, and nothing is made twice', async () => {
  const key = newKey();
  const body = { name: newName() };
  const first = await post(key, '/apps', body).expect(201);
  const again = await post(key, '/apps', body).expect(201);
  expect(again.body).toEqual(first.body);
  expect(again.body).toMatchObject({ keys: [{ secret: expect.stringMatching(/^[A-Za-z0-9]{32}$/) }] });
  const stored: object[] = await app.dataSource.query('SELECT * FROM idempotency_keys');
  expect(JSON.stringify(stored)).not.toContain(first.body.keys[0].secret);
});

it('another request under the key is refused, and so is what is no key', async () => {
  const key = newKey();
  await post(key, '/groups', { name: newName() }).expect(201);
  const other = await post(key, '/groups', { name: newName() }).expect(409);
  expect(other.body.code).toBe('IdempotencyKeyReused');
  for (const wrong of ['a b', 'x'.repeat(129)]) {
    const { body } = await post(wrong, '/groups', { name: newName() }).expect(400);
    expect(body.code).toBe('InvalidIdempotencyKey');
  }
});

it('a refused request leaves the key free', async () => {
  const key = newKey();
  const name = newName();
  await post(key, '/groups', { name: '1' }).expect(400);
  await post(key, '/groups', { name, instanceId: 'none' }).expect(404);
  await post(key, '/groups', { name }).expect(201);
});

it('of many at once one is done; the others get its answer or are told to wait', async () => {
  const key = newKey();
  const name = newName();
  const answers = await Promise.all(Array.from({ length: 8 }, () => post(key, '/groups', { name })));
  expect(await groupsNamed(name)).toBe(1);
  const made = answers.filter(({ status }) => status === 201).map(({ body }) => (body as { id: string }).id);
  expect(new Set(made).size).toBe(1);
  for (const { status, body } of answers)
    if (status !== 201) expect([status, (body as { code: string }).code]).toEqual([409, expect.stringMatching(/^Idempoten/)]);
});

it('a write whose answer was lost is not done again', async () => {
  const key = newKey();
  const body = { name: newName() };
  await post(key, '/groups', body).expect(201);
  await app.dataSource.query('UPDATE idempotency_keys SET answer = NULL, status = NULL WHERE key = $1', [key]);
  const again = await post(key, '/groups', body).expect(409);
  expect(again.body.code).toBe('IdempotentAnswerLost');
  expect(await groupsNamed(body.name)).toBe(1);
});

it('an attempt that was cut off before it committed is taken over, and can commit no more', async () => {
  const key = newKey();
  const body = { name: newName() };
  await post(key, '/groups', body).expect(201);
  await owner.send(`DELETE /groups/${(await owner.send(`GET /groups?name=${body.name}`)).body.items[0].id}`).expect(200);
  const old = 'UPDATE idempotency_keys SET answer = NULL, committed = false, created_at = now() - interval';
  await app.dataSource.query(`${old} '10 seconds' WHERE key = $1`, [key]);
  expect((await post(key, '/groups', body).expect(409)).body.code).toBe('IdempotencyKeyInUse');
  await app.dataSource.query(`${old} '10 minutes' WHERE key = $1`, [key]);
  await post(key, '/groups', body).expect(201);
  const [{ account_id }] = await app.dataSource.query('SELECT account_id FROM tokens LIMIT 1');
  const late = {
    accountId: account_id,
    isDefaultAccount: true,
    tokenId: 't',
    tokenName: 't',
    role: 'admin',
    requestId: 'r',
  } as const;
  const write = app.get(Door).write({ ...late, idempotentAttempt: 'taken-over' }, async (change) => {
    await change.manager.query('UPDATE groups SET description = $2 WHERE name = $1', [body.name, 'too late']);
    change.audit('group.update', 'group', 'x');
  });
  await expect(write).rejects.toThrow('Another attempt holds');
  expect((await owner.send(`GET /groups?name=${body.name}`)).body.items[0].description).toBe('');
});

it('is forgotten after a day', async () => {
  const key = newKey();
  await post(key, '/groups', { name: newName() }).expect(201);
  await app.dataSource.query("UPDATE idempotency_keys SET created_at = now() - interval '25 hours' WHERE key = $1", [key]);
  await post(key, '/groups', { name: newName() }).expect(201);
});

/** What a data plane of one instance is given opens that instance and no other. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { newName, type Owner, ownerOf } from '../testing/owner.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';

let app: TestApp;
let owner: Owner;
let mine: string;
let other: string;

beforeAll(async () => {
  app = await startTestApp();
  owner = ownerOf(app, app.admin);
  [mine, other] = await Promise.all([instance(), instance()]);
});
afterAll(() => app.close());

async function instance(): Promise<string> {
  return (await owner.send('POST /instances?wait=applied', { name: newName() }).expect(201)).body.id;
}
const keyOf = async (id: string) => (await owner.send(`POST /instances/${id}/key`).expect(201)).body;
const manifest = (id: string, token: string) =>
  app.http.get(`/internal/v1/instances/${id}/manifest`).set('Authorization', `Bearer ${token}`);

it('a node token that reads this instance alone, and a key of its own', async () => {
  const given = await keyOf(mine);
  expect(given).toEqual({
    instanceId: mine,
    key: expect.stringMatching(/^test:[A-Za-z0-9+/]{43}=$/),
    nodeToken: expect.any(String),
  });
  expect(await keyOf(mine)).toEqual(given);
  expect((await keyOf(other)).key).not.toBe(given.key);
  await published(other);
  await manifest(other, given.nodeToken).expect(401);
  await published(mine);
  await manifest(mine, given.nodeToken).expect(200);
  await manifest(mine, (await keyOf(other)).nodeToken).expect(401);
});

it('is for admins of the default account, and noted without what was given', async () => {
  const stranger = ownerOf(app, await app.token('admin', await app.account(newName().replace(/\d/g, 'x'))));
  await stranger.send(`POST /instances/${mine}/key`).expect(403);
  await ownerOf(app, await app.token('editor'))
    .send(`POST /instances/${mine}/key`)
    .expect(403);
  await owner.send('POST /instances/none/key').expect(404);
  const { key, nodeToken } = await keyOf(mine);
  const { text } = await owner.send(`GET /audit-events?resourceId=${mine}`).expect(200);
  expect(text).toContain('instance.key');
  for (const secret of [key, nodeToken, key.slice(5)]) {
    expect(text).not.toContain(secret);
    expect(app.log()).not.toContain(secret);
  }
});

/** Before its first manifest an instance is as absent as any other. */
async function published(id: string): Promise<void> {
  const find = () => app.dataSource.query('SELECT 1 FROM published_manifests WHERE instance_id = $1', [id]);
  while ((await find()).length === 0) await new Promise(setImmediate);
}

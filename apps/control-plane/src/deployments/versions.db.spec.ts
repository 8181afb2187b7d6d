import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Owner, ownerOf } from '../testing/owner.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';
import { forgetOldVersions } from './history.js';

/** Not the default: the setting counts. */
const KEPT = 7;

let app: TestApp;
let owner: Owner;
let group: string;

beforeAll(async () => {
  app = await startTestApp({ CAUSEWAY_HISTORY_KEEP: String(KEPT) });
  owner = ownerOf(app, app.admin);
  group = await owner.group();
});
afterAll(() => app.close());

const deploy = (id: string, body?: object) => owner.deploy(id, body);

describe('the history', () => {
  it('goes newest first, page by page, by stage', async () => {
    const id = await owner.api(group);
    const versions = [await deploy(id), await deploy(id, { stage: 'TEST' }), await deploy(id)].map(({ version }) => version);
    const { body: page } = await owner.send(`GET /apis/${id}/versions?limit=2`).expect(200);
    const { body: rest } = await owner.send(`GET /apis/${id}/versions?limit=2&cursor=${page.next}`).expect(200);
    expect([...page.items, ...rest.items].map(({ version }) => version)).toEqual([...versions].reverse());
    const { body: tests } = await owner.send(`GET /apis/${id}/versions?stage=TEST`).expect(200);
    expect(tests.items).toEqual([
      { version: versions[1], stage: 'TEST', description: '', status: 'ONLINE', createdAt: expect.any(String) },
    ]);
  });

  it('shows a version whole, and what differs from another one or from the draft', async () => {
    const id = await owner.api(group, { description: 'one' });
    const first = await deploy(id);
    await owner.send(`PATCH /apis/${id}`, { description: 'two', backend: { timeoutMs: 500 } }).expect(200);
    const second = await deploy(id);
    await owner.send(`PATCH /apis/${id}`, { description: 'three' }).expect(200);
    const { body } = await owner.send(`GET /apis/${id}/versions/${second.version}?against=${first.version}`).expect(200);
    expect(body).toMatchObject({ version: second.version, definition: { description: 'two' } });
    expect(body.diff).toEqual([
      { path: 'description', before: 'one', after: 'two' },
      { path: 'backend.timeoutMs', before: 10_000, after: 500 },
    ]);
    const { body: draft } = await owner.send(`GET /apis/${id}/versions/${second.version}?against=draft`).expect(200);
    expect(draft.diff).toEqual([{ path: 'description', before: 'three', after: 'two' }]);
    expect((await owner.send(`GET /apis/${id}/versions/${second.version}`)).body).not.toHaveProperty('diff');
    await owner.send(`GET /apis/${id}/versions/${second.version}?against=x`).expect(400);
    await owner.send(`GET /apis/${id}/versions/${second.version}?against=20000101000000000`).expect(404);
    await owner.send(`GET /apis/${id}/versions/20000101000000000`).expect(404);
  });

  it(`keeps the last ${KEPT} of each stage`, async () => {
    const id = await owner.api(group);
    const first = await deploy(id);
    const test = await deploy(id, { stage: 'TEST' });
    await copyVersion(id, first.version, KEPT + 4);
    const { version } = await deploy(id);
    expect(await versionsOf(id, 'RELEASE')).toHaveLength(KEPT);
    expect((await versionsOf(id, 'RELEASE')).at(-1)).toBe(version);
    expect(await versionsOf(id, 'TEST')).toEqual([test.version]);
  });

  it('keeps a version that is live whatever its age', async () => {
    const id = await owner.api(group);
    const { version } = await deploy(id);
    await copyVersion(id, version, KEPT);
    await app.dataSource.transaction((manager) => forgetOldVersions(manager, [id], 'RELEASE', KEPT));
    expect(await versionsOf(id, 'RELEASE')).toHaveLength(KEPT + 1);
    expect((await versionsOf(id, 'RELEASE'))[0]).toBe(version);
  });
});

/** Puts copies of a version into its stage's history, from the year 2099. */
async function copyVersion(apiId: string, version: string, count: number): Promise<void> {
  await app.dataSource.query(
    `INSERT INTO api_versions (api_id, version, stage, definition)
     SELECT api_id, '209901010000' || (10000 + n)::text, stage, definition FROM api_versions, generate_series(1, $2) AS n
     WHERE api_id = $1 AND version = $3`,
    [apiId, count, version],
  );
}

async function versionsOf(apiId: string, stage: string): Promise<string[]> {
  const rows: { version: string }[] = await app.dataSource.query(
    'SELECT version FROM api_versions WHERE api_id = $1 AND stage = $2 ORDER BY version',
    [apiId, stage],
  );
  return rows.map(({ version }) => version);
}

import { APIS_PER_CHUNK, type ApisChunk, chunkKeys } from '@causeway/contract';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Owner, ownerOf } from '../testing/owner.js';
import { publishedChunk } from '../testing/published.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';

let app: TestApp;
let owner: Owner;

beforeAll(async () => {
  app = await startTestApp();
  owner = ownerOf(app, app.admin);
});
afterAll(() => app.close());

const deploy = (id: string, body?: object) => owner.deploy(id, body);

async function live(groupId: string, revision: number, n: number): Promise<ApisChunk['apis']> {
  return (await publishedChunk<ApisChunk>(app, revision, chunkKeys.apis(groupId, n)))?.apis ?? [];
}

describe('chunks', () => {
  it('take the lowest number with room, and a deployment keeps its own', async () => {
    const own = await owner.group();
    const id = await owner.api(own);
    await deploy(id);
    const numberOf = async (apiId: string) => {
      const [row] = await app.dataSource.query('SELECT chunk_number AS n FROM deployments WHERE api_id = $1', [apiId]);
      return row.n as number;
    };
    await fillChunk(id, own, APIS_PER_CHUNK - 1);
    const next = await owner.api(own);
    const { revision } = await deploy(next);
    expect([await numberOf(id), await numberOf(next)]).toEqual([0, 1]);
    expect((await live(own, revision, 1)).map((api) => api.id)).toEqual([next]);
    const again = await deploy(id);
    expect((await live(own, again.revision, 0)).find((api) => api.id === id)?.version).toBe(again.version);
    expect(await numberOf(id)).toBe(0);
    await owner.send(`DELETE /apis/${id}/deployments/RELEASE`).expect(200);
    const third = await owner.api(own);
    await deploy(third);
    expect(await numberOf(third)).toBe(0);
    expect(await numberOf(next)).toBe(1);
  });
});

/** Copies of an API, live in the chunk 0 of the group. */
async function fillChunk(apiId: string, groupId: string, count: number): Promise<void> {
  const copies = `SELECT md5($1 || n) AS id, n FROM generate_series(1, $2::integer) AS n`;
  await app.dataSource.query(
    `INSERT INTO apis (id, account_id, group_id, name, definition)
     SELECT c.id, a.account_id, a.group_id, 'copy_' || c.n,
            jsonb_set(a.definition, '{request,path}', to_jsonb('/copy/' || c.n)) FROM apis a, (${copies}) c WHERE a.id = $1`,
    [apiId, count],
  );
  await app.dataSource.query(
    `INSERT INTO api_versions (api_id, version, stage, definition)
     SELECT c.id, '20260101000000000', 'RELEASE', a.definition FROM (${copies}) c JOIN apis a ON a.id = c.id`,
    [apiId, count],
  );
  await app.dataSource.query(
    `INSERT INTO deployments (api_id, stage, group_id, version, chunk_number)
     SELECT c.id, 'RELEASE', $3, '20260101000000000', 0 FROM (${copies}) c`,
    [apiId, count, groupId],
  );
}

/** AppCodes over HTTP: one app's only, hidden, gone from data planes once deleted. */
import { type AppsChunk, appBucket, chunkKeys } from '@causeway/contract';
import { openText } from '@causeway/snapshot';
import { describeOnPostgres } from '@causeway/test-stores';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { storedPaths } from '../publish/chunks/chunk-source.js';
import { StoredSecrets } from '../secrets/stored-secrets.js';
import { newName, type Owner, ownerOf } from '../testing/owner.js';
import { publishedChunk } from '../testing/published.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';
import { AppCodes } from './app-codes.js';
import { MAX_CODES } from './app-codes.service.js';

const CODE = /^[0-9a-f]{32}$/;
let app: TestApp;
let owner: Owner;
let stranger: Owner;

beforeAll(async () => {
  app = await startTestApp();
  owner = ownerOf(app, app.admin);
  stranger = ownerOf(app, await app.token('admin', await app.account('stranger')));
});
afterAll(() => app.close());

async function publishedCodes(revision: number, id: string): Promise<string[] | undefined> {
  const chunk = await publishedChunk<AppsChunk>(app, revision, chunkKeys.apps(appBucket(id)));
  return chunk?.apps.find((each) => each.id === id)?.appCodes.map((code) => code.id);
}

describe('an AppCode', () => {
  it('is made, listed without itself, published, and gone once deleted', async () => {
    const { body: made } = await owner.send('POST /apps', { name: newName() }).expect(201);
    const first = made.appCodes[0].id as string;
    const answer = await owner.send(`POST /apps/${made.id}/app-codes`).expect(201);
    expect(answer.headers['cache-control']).toBe('no-store');
    const { id, revision } = answer.body;
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      code: expect.stringMatching(CODE),
      createdAt: expect.any(String),
      revision: expect.any(Number),
    });
    expect(await publishedCodes(revision, made.id)).toEqual([first, id].sort());
    const { body: one } = await owner.send(`GET /apps/${made.id}/app-codes?limit=1`).expect(200);
    const { body: two } = await owner.send(`GET /apps/${made.id}/app-codes?limit=1&cursor=${one.next}`).expect(200);
    expect([...one.items, ...two.items].map((each) => [each.id, each.code])).toEqual(
      [first, id].sort().map((each) => [each, '******']),
    );
    expect(two.next).toBeNull();
    expect((await owner.send(`GET /apps/${made.id}`)).body.appCodes).toMatchObject([
      { id: first, code: '******' },
      { id, code: '******' },
    ]);
    const { body: gone } = await owner.send(`DELETE /apps/${made.id}/app-codes/${first}`).expect(200);
    expect(await publishedCodes(gone.revision, made.id)).toEqual([id]);
    const { body: last } = await owner.send(`DELETE /apps/${made.id}/app-codes/${id}`).expect(200);
    expect(await publishedCodes(last.revision, made.id)).toEqual([]);
    const { body } = await owner.send(`DELETE /apps/${made.id}/app-codes/${id}`).expect(404);
    expect(body.code).toBe('NotFoundAppCode');
  });

  it('may be brought, with the app or later', async () => {
    const [appCode, code] = [`moved.${newName()}`, `Moved-${newName()}_2`];
    const { body: made } = await owner.send('POST /apps', { name: newName(), appCode }).expect(201);
    expect(made).toMatchObject({ appCode, appCodes: [{ code: appCode }] });
    const { body } = await owner.send(`POST /apps/${made.id}/app-codes`, { code }).expect(201);
    expect(body.code).toBe(code);
  });

  it.each([[{ code: '' }], [{ code: 'a b' }], [{ code: 'x'.repeat(129) }], [{ code: 7 }], [{ code: null }], [{ appCode: 'x' }]])(
    'is not made of %j',
    async (body) => {
      const answer = await owner.send(`POST /apps/${await owner.app()}/app-codes`, body).expect(400);
      expect(answer.body.errors).toMatchObject([{ path: Object.keys(body)[0] }]);
    },
  );

  it('is refused where it is taken, by whatever app, without saying whose it is', async () => {
    const { body: made } = await owner.send('POST /apps', { name: newName() }).expect(201);
    const theirs = await stranger.app();
    const name = newName();
    for (const [call, body] of [
      [`POST /apps/${theirs}/app-codes`, { code: made.appCode }],
      ['POST /apps', { name, appCode: made.appCode }],
    ] as const) {
      const { body: problem, text } = await stranger.send(call, body).expect(409);
      expect(problem.code).toBe('DuplicateAppCode');
      for (const hint of [made.id, made.name, made.appCode]) expect(text).not.toContain(hint);
    }
    expect((await stranger.send(`GET /apps?name=${name}`)).body.items).toEqual([]);
    await owner.send(`DELETE /apps/${made.id}/app-codes/${made.appCodes[0].id}`).expect(200);
    await stranger.send(`POST /apps/${theirs}/app-codes`, { code: made.appCode }).expect(201);
  });

  it('of one app is not deleted through another', async () => {
    const { body: made } = await owner.send('POST /apps', { name: newName() }).expect(201);
    await owner.send(`DELETE /apps/${await owner.app()}/app-codes/${made.appCodes[0].id}`).expect(404);
  });

  it('is refused beyond what an app may have', async () => {
    const id = await owner.app();
    for (let n = 1; n < MAX_CODES; n++) await owner.send(`POST /apps/${id}/app-codes`).expect(201);
    const { body } = await owner.send(`POST /apps/${id}/app-codes`).expect(409);
    expect(body.code).toBe('ExceedLimitAppCode');
  });

  it('goes with its app, and may be given again', async () => {
    const { body: made } = await owner.send('POST /apps', { name: newName() }).expect(201);
    await owner.send(`DELETE /apps/${made.id}`).expect(200);
    await owner.send('POST /apps', { name: newName(), appCode: made.appCode }).expect(201);
  });

  it('is known by id in the audit log, as who made it and who deleted it', async () => {
    const id = await owner.app();
    const { body: code } = await owner.send(`POST /apps/${id}/app-codes`).expect(201);
    await owner.send(`DELETE /apps/${id}/app-codes/${code.id}`).expect(200);
    const rows = await app.dataSource.query(
      "SELECT action, details FROM audit_events WHERE resource_id = $1 AND action LIKE 'app.code.%' ORDER BY id",
      [id],
    );
    const details = { code: code.id };
    expect(rows).toEqual([
      { action: 'app.code.create', details },
      { action: 'app.code.delete', details },
    ]);
  });
});

describe('a taken AppCode', () => {
  it('is still found after another master key came first', async () => {
    const [before, after] = [
      { id: 'k1', key: Buffer.alloc(32, 1) },
      { id: 'k2', key: Buffer.alloc(32, 2) },
    ];
    const secrets = (...masterKeys: { id: string; key: Buffer }[]) => new StoredSecrets({ masterKeys } as never);
    const sealedKey = secrets(before).seal(storedPaths.codeHashKey, Buffer.alloc(32, 9).toString('base64'));
    const appId = await owner.app();
    const undo = new Error('undo');
    const transaction = app.dataSource.transaction(async (manager) => {
      await manager.query('UPDATE deployment_state SET code_hash_key = $1', [sealedKey]);
      await new AppCodes(secrets(before)).add(manager, appId, { code: 'kept' });
      const again = new AppCodes(secrets(after, before)).add(manager, appId, { code: 'kept' });
      await expect(again).rejects.toMatchObject({ status: 409, code: 'DuplicateAppCode' });
      throw undo;
    });
    await expect(transaction).rejects.toBe(undo);
  });

  it('is not told by its hash to who lacks the key', async () => {
    const [state] = await app.dataSource.query('SELECT code_hash_key FROM deployment_state');
    const other = Buffer.alloc(32, 3);
    expect(() => openText(() => other, storedPaths.codeHashKey, state.code_hash_key)).toThrow();
  });
});

describeOnPostgres('writes at the same time', () => {
  it('give a code to one app only', async () => {
    const appCode = newName();
    const answers = await Promise.all(Array.from({ length: 6 }, () => owner.send('POST /apps', { name: newName(), appCode })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
  });

  it('leave an app within what it may have', async () => {
    const id = await owner.app();
    for (let n = 1; n < MAX_CODES - 1; n++) await owner.send(`POST /apps/${id}/app-codes`).expect(201);
    const answers = await Promise.all(Array.from({ length: 4 }, () => owner.send(`POST /apps/${id}/app-codes`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  });
});

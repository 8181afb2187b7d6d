import { type AppsChunk, appBucket, chunkKeys } from '@causeway/contract';
import { describeOnPostgres } from '@causeway/test-stores';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newName, type Owner, ownerOf } from '../testing/owner.js';
import { publishedChunk } from '../testing/published.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';
import { MAX_KEYS } from './app-keys.service.js';

const SECRET = /^[A-Za-z0-9]{32}$/;
let app: TestApp;
let owner: Owner;
let stranger: Owner;

beforeAll(async () => {
  app = await startTestApp();
  owner = ownerOf(app, app.admin);
  stranger = ownerOf(app, await app.token('admin', await app.account('stranger')));
});
afterAll(() => app.close());

async function published(revision: number, id: string) {
  const chunk = await publishedChunk<AppsChunk>(app, revision, chunkKeys.apps(appBucket(id)));
  return chunk?.apps.find((each) => each.id === id);
}

describe('an app', () => {
  it('is created with a key pair and an AppCode, which show in this answer only', async () => {
    const name = newName();
    const made = await owner.send('POST /apps', { name, extend: 'gold' }).expect(201);
    expect(made.headers['cache-control']).toBe('no-store');
    const { id, key, secret, appCode, revision } = made.body;
    expect(made.body).toMatchObject({ name, description: '', extend: 'gold', disabled: false, keys: [{ key, secret }] });
    expect(made.body.appCodes).toMatchObject([{ code: appCode }]);
    expect(id).toMatch(/^[1-9][0-9]{0,15}$/);
    expect(key).toMatch(/^[0-9]{9}$/);
    expect(secret).toMatch(SECRET);
    expect(appCode).toMatch(/^[0-9a-f]{32}$/);
    const { body } = await owner.send(`GET /apps/${id}`).expect(200);
    const { revision: _, key: __, secret: ___, appCode: ____, ...resource } = made.body;
    const [shownKey, shownCode] = [resource.keys[0], resource.appCodes[0]];
    expect(body).toEqual({
      ...resource,
      keys: [{ ...shownKey, secret: '******' }],
      appCodes: [{ ...shownCode, code: '******' }],
    });
    expect(await published(revision, id)).toMatchObject({ name, extend: 'gold', keys: [{ key }], grants: [] });
  });

  it('may bring its id, key and secret', async () => {
    const { body } = await owner
      .send('POST /apps', { id: '9007199254740991', name: newName(), key: 'TESTKEY', secret: 'TESTSECRET' })
      .expect(201);
    expect(body).toMatchObject({ id: '9007199254740991', key: 'TESTKEY', secret: 'TESTSECRET' });
    const id = await owner.send('POST /apps', { id: '9007199254740991', name: newName() }).expect(409);
    expect(id.body).toMatchObject({ code: 'DuplicateApp', errors: [{ path: 'id' }] });
    const key = await stranger.send('POST /apps', { name: newName(), key: 'TESTKEY' }).expect(409);
    expect(key.body.code).toBe('DuplicateAppKey');
  });

  it('has a name of its own in the account', async () => {
    const name = newName();
    await owner.app({ name });
    const { body } = await owner.send('POST /apps', { name }).expect(409);
    expect(body).toMatchObject({ code: 'DuplicateApp', errors: [{ path: 'name' }] });
    const other = await owner.app();
    await owner.send(`PATCH /apps/${other}`, { name }).expect(409);
    await stranger.send('POST /apps', { name }).expect(201);
  });

  it.each([
    [{ name: 'abc' }, 'name'],
    [{ name: '1abc' }, 'name'],
    [{ name: 'x'.repeat(27) }, 'name'],
    [{ id: '0' }, 'id'],
    [{ id: 12 }, 'id'],
    [{ id: '9007199254740992' }, 'id'],
    [{ description: 'x'.repeat(181) }, 'description'],
    [{ description: null }, 'description'],
    [{ extend: 'x'.repeat(1025) }, 'extend'],
    [{ extend: 'a\nb' }, 'extend'],
    [{ disabled: 'yes' }, 'disabled'],
    [{ key: 'a b' }, 'key'],
    [{ key: 'x'.repeat(65) }, 'key'],
    [{ secret: '' }, 'secret'],
    [{ secret: 'a\tb' }, 'secret'],
    [{ secret: 'x'.repeat(129) }, 'secret'],
    [{ appCode: '' }, 'appCode'],
    [{ appCode: 'a b' }, 'appCode'],
    [{ appCode: 'x'.repeat(129) }, 'appCode'],
    [{ appCode: null }, 'appCode'],
    [{ appCodes: [] }, 'appCodes'],
  ])('is not made of %j', async (body, path) => {
    const answer = await owner.send('POST /apps', { name: newName(), ...body }).expect(400);
    expect(new Set(answer.body.errors.map((error: { path: string }) => error.path))).toEqual(new Set([path]));
  });

  it('is edited by a merge patch, in force at once', async () => {
    const id = await owner.app({ description: 'old' });
    const { body } = await owner.send(`PATCH /apps/${id}`, { description: null, disabled: true }).expect(200);
    expect(body).toMatchObject({ id, description: '', disabled: true, keys: [{ secret: '******' }] });
    expect(await published(body.revision, id)).toMatchObject({ disabled: true });
    for (const patch of [{ name: null }, { id: '1' }, { keys: [] }, { disabled: 1 }, []])
      await owner.send(`PATCH /apps/${id}`, patch).expect(400);
  });

  it('is guarded by its ETag', async () => {
    const id = await owner.app();
    const { headers } = await owner.send(`GET /apps/${id}`);
    await owner.send(`PATCH /apps/${id}`, { extend: 'x' }).set('If-Match', String(headers.etag)).expect(200);
    await owner.send(`PATCH /apps/${id}`, { extend: 'y' }).set('If-Match', String(headers.etag)).expect(412);
    await owner.send(`DELETE /apps/${id}`).set('If-Match', String(headers.etag)).expect(412);
  });

  it('is deleted with its keys and grants', async () => {
    const apiId = await owner.api(await owner.group());
    const { body: made } = await owner.send('POST /apps', { name: newName() });
    await owner.send('POST /grants', { appId: made.id, apiIds: [apiId], stage: 'RELEASE' }).expect(201);
    const { body } = await owner.send(`DELETE /apps/${made.id}`).expect(200);
    expect(await published(body.revision, made.id)).toBeUndefined();
    await owner.send(`GET /apps/${made.id}`).expect(404);
    await owner.send(`DELETE /apps/${made.id}`).expect(404);
    expect((await owner.send(`GET /grants?apiId=${apiId}`)).body.items).toEqual([]);
    await owner.send('POST /apps', { name: newName(), key: made.key }).expect(201);
  });

  it('whose grant is revoked or whose credentials are off says so to data planes', async () => {
    const apiId = await owner.api(await owner.group());
    const id = await owner.app();
    const { body: granted } = await owner.send('POST /grants', { appId: id, apiIds: [apiId], stage: 'RELEASE' }).expect(201);
    expect(await published(granted.revision, id)).toMatchObject({ grants: [{ apiId, stage: 'RELEASE' }] });
    const { body: revoked } = await owner.send(`DELETE /grants/${granted.items[0].id}`).expect(200);
    expect(await published(revoked.revision, id)).toMatchObject({ grants: [] });
    const { body: off } = await owner.send(`PATCH /apps/${id}`, { disabled: true }).expect(200);
    expect(await published(off.revision, id)).toMatchObject({ disabled: true, keys: [{}], appCodes: [{}] });
  });

  it('is on no list but that of its account, page by page', async () => {
    const tenant = ownerOf(app, await app.token('editor', await app.account(newName())));
    const ids = [await tenant.app({ id: '9' }), await tenant.app({ id: '10' }), await tenant.app({ id: '100' })];
    const { body: first } = await tenant.send('GET /apps?limit=2').expect(200);
    const { body: second } = await tenant.send(`GET /apps?limit=2&cursor=${first.next}`).expect(200);
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
    expect(second.next).toBeNull();
    expect((await tenant.send(`GET /apps?name=${first.items[1].name}`)).body.items).toEqual([first.items[1]]);
    await tenant.send(`GET /apps?cursor=${Buffer.from('x').toString('base64url')}`).expect(400);
  });
});

describe('a secret', () => {
  it('is sealed at rest, and in no list, log or audit row', async () => {
    const [secret, further, rotated] = ['a-secret-to-look-for', 'another-secret-to-look-for', 'a-rotated-secret-to-look-for'];
    const [appCode, code] = ['a-code-to-look-for', 'another-code-to-look-for'];
    const { body: made } = await owner.send('POST /apps', { name: newName(), secret, appCode }).expect(201);
    const { body: pair } = await owner.send(`POST /apps/${made.id}/keys`, { secret: further }).expect(201);
    await owner.send(`POST /apps/${made.id}/app-codes`, { code }).expect(201);
    const rotation = { secret: rotated, overlapSeconds: 60 };
    await owner.send(`POST /apps/${made.id}/keys/${pair.key}/rotation`, rotation).expect(200);
    const plugin = { name: newName(), type: 'backendSignature', config: { type: 'APIGW_FRONTEND', app: made.id } };
    const { body: signing } = await owner.send('POST /plugins', plugin).expect(201);
    await owner.send(`POST /plugins/${signing.id}/bindings`, { groupId: await owner.group(), stage: 'RELEASE' }).expect(201);
    await owner.send(`GET /apps/${made.id}?reveal=secrets`).expect(200);
    const refusals = [
      await owner.send('POST /apps', { name: newName(), key: made.key, secret }).expect(409),
      await owner.send('POST /apps', { name: newName(), appCode }).expect(409),
      await owner.send(`POST /apps/${made.id}/app-codes`, { code: appCode }).expect(409),
      await owner.send(`POST /apps/${made.id}/app-codes`, { code: `${code} !` }).expect(400),
      await owner.send(`POST /apps/${made.id}/keys`, { secret: `${secret}\n` }).expect(400),
      await owner.send(`POST /apps/${made.id}/keys/${pair.key}/rotation`, { secret: `${rotated}\n` }).expect(400),
      await owner.send(`DELETE /apps/${made.id}`).expect(409),
    ];
    const places = [
      (await owner.send('GET /apps?limit=200')).text,
      (await owner.send(`GET /apps/${made.id}`)).text,
      (await owner.send(`GET /apps/${made.id}/keys`)).text,
      (await owner.send(`GET /apps/${made.id}/app-codes`)).text,
      (await owner.send('GET /plugins?limit=200')).text,
      (await owner.send(`GET /plugins/${signing.id}?reveal=secrets`)).text,
      (await owner.send('GET /audit-events?limit=200')).text,
      ...refusals.map(({ text }) => text),
      (await owner.send(`PATCH /apps/${made.id}`, { extend: 'x' })).text,
      app.log(),
      JSON.stringify(await app.dataSource.query('SELECT * FROM audit_events')),
      JSON.stringify(await app.dataSource.query('SELECT * FROM app_keys')),
      JSON.stringify(await app.dataSource.query('SELECT * FROM app_codes')),
      JSON.stringify(await app.dataSource.query('SELECT * FROM plugins')),
      JSON.stringify(await app.dataSource.query("SELECT convert_from(bytes, 'UTF8') FROM chunks")),
    ];
    for (const place of places) {
      expect(place.length).toBeGreaterThan(2);
      for (const hidden of [secret, further, rotated, appCode, code]) expect(place).not.toContain(hidden);
    }
  });

  it('shows to editors and admins who ask, and the audit log says so', async () => {
    const { body: made } = await owner.send('POST /apps', { name: newName() }).expect(201);
    for (const role of ['editor', 'admin'] as const) {
      const asking = ownerOf(app, await app.token(role));
      const { body } = await asking.send(`GET /apps/${made.id}?reveal=secrets`).expect(200);
      expect(body.keys).toMatchObject([{ key: made.key, secret: made.secret }]);
      expect(body.appCodes).toMatchObject([{ code: made.appCode }]);
    }
    for (const role of ['viewer', 'publisher'] as const) {
      const asking = ownerOf(app, await app.token(role));
      await asking.send(`GET /apps/${made.id}?reveal=secrets`).expect(403);
      await asking.send(`GET /apps/${made.id}`).expect(200);
    }
    const { text } = await stranger.send(`GET /apps/${made.id}?reveal=secrets`).expect(404);
    expect(text).not.toContain(made.appCode);
    await owner.send(`GET /apps/${made.id}?reveal=everything`).expect(400);
    const rows = await app.dataSource.query("SELECT details FROM audit_events WHERE action = 'app.reveal' AND resource_id = $1", [
      made.id,
    ]);
    const details = { keys: [made.key], codes: [made.appCodes[0].id] };
    expect(rows).toEqual([{ details }, { details }]);
  });
});

describe('a further key pair', () => {
  it('is made, listed without its secret, published and deleted', async () => {
    const id = await owner.app();
    const { body: made } = await owner.send(`POST /apps/${id}/keys`, { key: newName() }).expect(201);
    expect(made).toEqual({
      key: expect.any(String),
      secret: expect.stringMatching(SECRET),
      createdAt: expect.any(String),
      revision: expect.any(Number),
    });
    expect((await published(made.revision, id))?.keys).toHaveLength(2);
    const { body: first } = await owner.send(`GET /apps/${id}/keys?limit=1`).expect(200);
    const { body: second } = await owner.send(`GET /apps/${id}/keys?limit=1&cursor=${first.next}`).expect(200);
    const keys = [...first.items, ...second.items];
    expect(keys.map(({ secret }) => secret)).toEqual(['******', '******']);
    expect(keys.map(({ key }) => key)).toContain(made.key);
    const { body: gone } = await owner.send(`DELETE /apps/${id}/keys/${made.key}`).expect(200);
    expect((await published(gone.revision, id))?.keys).toHaveLength(1);
    await owner.send(`DELETE /apps/${id}/keys/${made.key}`).expect(404);
  });

  it('is made from nothing, and from an empty body', async () => {
    const id = await owner.app();
    await owner.send(`POST /apps/${id}/keys`).expect(201);
    await owner.send(`POST /apps/${id}/keys`, {}).expect(201);
  });

  it('stays when it is the last one', async () => {
    const { body: made } = await owner.send('POST /apps', { name: newName() });
    const { body } = await owner.send(`DELETE /apps/${made.id}/keys/${made.key}`).expect(409);
    expect(body.code).toBe('DependencyViolationLastKey');
  });

  it('is refused where the key is taken, by whatever app', async () => {
    const { body: made } = await owner.send('POST /apps', { name: newName() });
    const theirs = await stranger.app();
    for (const [asking, id] of [
      [owner, made.id],
      [stranger, theirs],
    ] as const)
      expect((await asking.send(`POST /apps/${id}/keys`, { key: made.key }).expect(409)).body.code).toBe('DuplicateAppKey');
    await owner.send(`POST /apps/${made.id}/keys`, { key: 'a b' }).expect(400);
  });

  it('is refused beyond what an app may have', async () => {
    const id = await owner.app();
    await app.dataSource.query(
      "INSERT INTO app_keys (key, app_id, secret) SELECT 'full-' || n, $1, k.secret FROM generate_series(2, $2) AS n, app_keys k WHERE k.app_id = $1",
      [id, MAX_KEYS],
    );
    const { body } = await owner.send(`POST /apps/${id}/keys`).expect(409);
    expect(body.code).toBe('ExceedLimitAppKey');
    // Sealed elsewhere: they would be refused by whoever opens them.
    await app.dataSource.query("DELETE FROM app_keys WHERE key LIKE 'full-%'");
  });
});

describeOnPostgres('writes at the same time', () => {
  it('leave an app its last key', async () => {
    const { body: made } = await owner.send('POST /apps', { name: newName() });
    const { body: second } = await owner.send(`POST /apps/${made.id}/keys`);
    const answers = await Promise.all([made.key, second.key].map((key) => owner.send(`DELETE /apps/${made.id}/keys/${key}`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('give a key to one app only', async () => {
    const key = newName();
    const answers = await Promise.all(Array.from({ length: 6 }, () => owner.send('POST /apps', { name: newName(), key })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
  });
});

describe('a stranger', () => {
  it('finds no app of another account', async () => {
    const { body: made } = await owner.send('POST /apps', { name: newName() });
    for (const [call, body] of [
      [`GET /apps/${made.id}`],
      [`PATCH /apps/${made.id}`, {}],
      [`DELETE /apps/${made.id}`],
      [`GET /apps/${made.id}/keys`],
      [`POST /apps/${made.id}/keys`, {}],
      [`DELETE /apps/${made.id}/keys/${made.key}`],
      [`POST /apps/${made.id}/keys/${made.key}/rotation`, {}],
      [`GET /apps/${made.id}/app-codes`],
      [`POST /apps/${made.id}/app-codes`, {}],
      [`DELETE /apps/${made.id}/app-codes/${made.appCodes[0].id}`],
    ] as [string, object?][])
      await stranger.send(call, body).expect(404);
  });

  it('and nobody finds what is no id', async () => {
    for (const id of ['x', '0', '-1', '99999999999999999999', '1e3']) await owner.send(`GET /apps/${id}`).expect(404);
  });

  it('below editor reads and does not write', async () => {
    const id = await owner.app();
    const publisher = ownerOf(app, await app.token('publisher'));
    await publisher.send('GET /apps').expect(200);
    for (const call of [
      'POST /apps',
      `PATCH /apps/${id}`,
      `DELETE /apps/${id}`,
      `POST /apps/${id}/keys`,
      `DELETE /apps/${id}/keys/x`,
      `POST /apps/${id}/keys/x/rotation`,
      `POST /apps/${id}/app-codes`,
      `DELETE /apps/${id}/app-codes/x`,
    ])
      await publisher.send(call, {}).expect(403);
  });
});

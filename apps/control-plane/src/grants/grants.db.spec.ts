import { type AppsChunk, appBucket, chunkKeys } from '@causeway/contract';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Owner, ownerOf } from '../testing/owner.js';
import { publishedChunk } from '../testing/published.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';

const NOWHERE = '0'.repeat(32);
let app: TestApp;
let owner: Owner;
let stranger: Owner;
let apis: string[];
let apps: string[];

beforeAll(async () => {
  app = await startTestApp();
  owner = ownerOf(app, await app.token('editor'));
  stranger = ownerOf(app, await app.token('admin', await app.account('stranger')));
  const group = await owner.group();
  apis = [await owner.api(group), await owner.api(group), await owner.api(group)];
  apps = [await owner.app(), await owner.app()];
});
afterAll(() => app.close());

async function published(revision: number, appId: string) {
  const chunk = await publishedChunk<AppsChunk>(app, revision, chunkKeys.apps(appBucket(appId)));
  return chunk?.apps.find((each) => each.id === appId)?.grants ?? [];
}

async function grant(body: object) {
  const answer = await owner.send('POST /grants', body).expect(201);
  return answer.body as {
    items: { id: string; appId: string; apiId: string; stage: string; expiresAt: string | null }[];
    revision: number;
  };
}

const allOf = async (filter: string) => (await owner.send(`GET /grants?limit=200${filter}`).expect(200)).body.items;

describe('a grant', () => {
  it('lets one app call several APIs, at once and without an end', async () => {
    const [appId] = apps;
    const { items, revision } = await grant({ appId, apiIds: apis, stage: 'RELEASE' });
    expect(items).toEqual(
      apis.map((apiId) => ({
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
        appId,
        apiId,
        stage: 'RELEASE',
        expiresAt: null,
        description: '',
        operator: 'PROVIDER',
        createdAt: expect.any(String),
      })),
    );
    const inForce = await published(revision, appId ?? '');
    expect(inForce.map(({ apiId }) => apiId)).toEqual([...apis].sort());
  });

  it('lets several apps call one API until a time', async () => {
    const [apiId] = apis;
    const { items, revision } = await grant({ apiId, appIds: apps, stage: 'TEST', expiresAt: '2099-01-01T00:00:00Z' });
    expect(items.map(({ appId, expiresAt }) => [appId, expiresAt])).toEqual(apps.map((id) => [id, '2099-01-01T00:00:00.000Z']));
    for (const appId of apps)
      expect(await published(revision, appId)).toContainEqual({ apiId, stage: 'TEST', expiresAt: '2099-01-01T00:00:00.000Z' });
  });

  it('that is set again keeps its id and gets the new expiry and description', async () => {
    const body = { appId: apps[1], apiIds: [apis[1]], stage: 'PRE' };
    const [first] = (await grant({ ...body, expiresAt: '2098-01-01T00:00:00.500Z' })).items;
    const [second] = (await grant({ ...body, apiIds: [apis[2], apis[1]], expiresAt: '2099-01-01T00:00:00Z' })).items.slice(1);
    expect(second).toEqual({ ...first, expiresAt: '2099-01-01T00:00:00.000Z' });
    const description = 'ordered by the shop team\n☂';
    const [third] = (await grant({ ...body, expiresAt: 'Thu, 01 Jan 2099 00:00:00 GMT', description })).items;
    expect(third).toEqual({ ...first, expiresAt: '2099-01-01T00:00:00.000Z', description });
    const [fourth] = (await grant({ ...body, expiresAt: null })).items;
    expect(fourth).toEqual({ ...first, expiresAt: null });
    expect((await allOf(`&apiId=${apis[1]}&stage=PRE`)).length).toBe(1);
  });

  it('is revoked at once', async () => {
    const [appId] = apps;
    const { items } = await grant({ appId, apiIds: [apis[0]], stage: 'PRE' });
    const { body } = await owner.send(`DELETE /grants/${items[0]?.id}`).expect(200);
    expect((await published(body.revision, appId ?? '')).filter(({ stage }) => stage === 'PRE')).toEqual([]);
    const again = await owner.send(`DELETE /grants/${items[0]?.id}`).expect(404);
    expect(again.body.code).toBe('NotFoundAuthorization');
  });

  it('stays when its API goes offline, and does not wait for a deployment', async () => {
    const id = await owner.api(await owner.group());
    const { items } = await grant({ appId: apps[0], apiIds: [id], stage: 'RELEASE' });
    await owner.send(`POST /apis/${id}/deployments`, { stage: 'RELEASE' }).expect(201);
    await owner.send(`DELETE /apis/${id}/deployments/RELEASE`).expect(200);
    expect(await allOf(`&apiId=${id}`)).toEqual(items);
  });
});

describe('a request to grant', () => {
  it('is all or nothing, and names every app that is not there, and every API that is not the account’s', async () => {
    const theirApi = await stranger.api(await stranger.group());
    const before = await allOf('');
    const { body } = await owner
      .send('POST /grants', { appId: apps[0], apiIds: [apis[0], NOWHERE, theirApi], stage: 'RELEASE' })
      .expect(422);
    expect(body).toMatchObject({
      code: 'NotFoundApi',
      errors: [
        { path: 'apiIds[1]', message: `there is no API ${NOWHERE}` },
        { path: 'apiIds[2]', message: `there is no API ${theirApi}` },
      ],
    });
    const both = await owner
      .send('POST /grants', { apiId: NOWHERE, appIds: [apps[0], '9007199254740991'], stage: 'RELEASE' })
      .expect(422);
    expect(both.body).toMatchObject({ code: 'NotFoundApp', errors: [{ path: 'appIds[1]' }, { path: 'apiId' }] });
    expect(await allOf('')).toEqual(before);
  });

  it('takes a hundred ids and no more', async () => {
    const group = await owner.group();
    const ids: string[] = [];
    for (let n = 0; n < 3; n++) ids.push(await owner.api(group));
    const hundredAndOne = Array.from({ length: 101 }, (_, n) => n.toString(16).padStart(32, '0'));
    const { body } = await owner.send('POST /grants', { appId: apps[0], apiIds: hundredAndOne, stage: 'TEST' }).expect(400);
    expect(body.errors.map(({ path }: { path: string }) => path)).toEqual(['apiIds']);
    const missing = await owner
      .send('POST /grants', { appId: apps[0], apiIds: [...ids, ...hundredAndOne.slice(0, 97)], stage: 'TEST' })
      .expect(422);
    expect(missing.body.errors).toHaveLength(97);
  });

  it('in a stage that no group has, or until a time that has passed, is refused', async () => {
    const body = { appId: apps[0], apiIds: [apis[0]] };
    const stage = await owner.send('POST /grants', { ...body, stage: 'GRAY' }).expect(422);
    expect(stage.body.errors).toEqual([{ path: 'stage', message: 'must be one of RELEASE, PRE, TEST, or a stage of the group' }]);
    const past = await owner.send('POST /grants', { ...body, stage: 'TEST', expiresAt: '2020-01-01T00:00:00Z' }).expect(422);
    expect(past.body.errors).toEqual([{ path: 'expiresAt', message: 'must lie in the future' }]);
    await owner.send('POST /grants', { ...body, stage: 'TEST', expiresAt: 'Wed, 01 Jan 2020 00:00:00 GMT' }).expect(422);
  });

  it.each([
    [{}, ''],
    [{ apiIds: ['a1'.repeat(16)] }, ''],
    [{ appId: '1', apiIds: ['a1'.repeat(16)], appIds: ['1'], apiId: 'a1'.repeat(16) }, ''],
    [{ appId: 1, apiIds: ['a1'.repeat(16)] }, 'appId'],
    [{ appId: '1', apiIds: [] }, 'apiIds'],
    [{ appId: '1', apiIds: ['x'] }, 'apiIds'],
    [{ appId: '1', apiIds: 'a1'.repeat(16) }, 'apiIds'],
    [{ appId: '1', apiIds: [NOWHERE, NOWHERE] }, 'apiIds'],
    [{ apiId: NOWHERE, appIds: ['x'] }, 'appIds'],
    [{ appId: '1', apiIds: [NOWHERE], expiresAt: 'tomorrow' }, 'expiresAt'],
    [{ appId: '1', apiIds: [NOWHERE], expiresAt: '2099-02-30T00:00:00Z' }, 'expiresAt'],
    [{ appId: '1', apiIds: [NOWHERE], expiresAt: '2099-01-01' }, 'expiresAt'],
    [{ appId: '1', apiIds: [NOWHERE], expiresAt: '2099-01-01T00:00:00+08:00' }, 'expiresAt'],
    [{ appId: '1', apiIds: [NOWHERE], expiresAt: 'Thu, 31 Feb 2099 00:00:00 GMT' }, 'expiresAt'],
    [{ appId: '1', apiIds: [NOWHERE], expiresAt: 4070908800 }, 'expiresAt'],
    [{ appId: '1', apiIds: [NOWHERE], description: 'x'.repeat(181) }, 'description'],
    [{ appId: '1', apiIds: [NOWHERE], description: '\u001b[2J' }, 'description'],
    [{ appId: '1', apiIds: [NOWHERE], forever: true }, 'forever'],
  ])('is not %j', async (body, path) => {
    const answer = await owner.send('POST /grants', { stage: 'TEST', ...body }).expect(400);
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toContain(path);
  });
});

describe('the list', () => {
  it('is that of the account, filtered and page by page', async () => {
    const all = await allOf('');
    expect(all.length).toBeGreaterThan(3);
    const { body: first } = await owner.send('GET /grants?limit=2').expect(200);
    const { body: second } = await owner.send(`GET /grants?limit=2&cursor=${first.next}`).expect(200);
    expect([...first.items, ...second.items]).toEqual(all.slice(0, 4));
    expect(await allOf(`&appId=${apps[1]}&apiId=${apis[0]}&stage=TEST`)).toHaveLength(1);
    expect(await allOf(`&appId=${apps[1]}&apiId=${apis[0]}&stage=RELEASE`)).toEqual([]);
    for (const filter of ['appId=x', 'apiId=x', 'stage=x', 'colour=red']) await owner.send(`GET /grants?${filter}`).expect(400);
  });

  it('shows a stranger nothing, who cannot revoke either', async () => {
    expect((await stranger.send('GET /grants').expect(200)).body.items).toEqual([]);
    const [{ id }] = await allOf('');
    await stranger.send(`DELETE /grants/${id}`).expect(404);
  });
});

describe('a grant across accounts', () => {
  it('is made by the API’s account, in force at once, and seen by both sides and nobody else', async () => {
    const theirApp = await stranger.app();
    const { items, revision } = await grant({ apiId: apis[0], appIds: [apps[0], theirApp], stage: 'PRE' });
    const given = items[1];
    expect(await published(revision, theirApp)).toEqual([{ apiId: apis[0], stage: 'PRE', expiresAt: null }]);
    expect((await stranger.send('GET /grants').expect(200)).body.items).toEqual([given]);
    expect((await stranger.send(`GET /grants?appId=${theirApp}&apiId=${apis[0]}&stage=PRE`).expect(200)).body.items).toEqual([
      given,
    ]);
    expect((await stranger.send(`GET /grants?appId=${apps[0]}`).expect(200)).body.items).toEqual([]);
    expect(await allOf(`&appId=${theirApp}`)).toEqual([given]);
    const third = ownerOf(app, await app.token('admin', await app.account('bystander')));
    expect((await third.send('GET /grants').expect(200)).body.items).toEqual([]);
    await third.send(`DELETE /grants/${given?.id}`).expect(404);
    await stranger.send(`GET /apis/${apis[0]}`).expect(404);
    await owner.send(`GET /apps/${theirApp}`).expect(404);
  });

  it('is revoked by the side that made it, and not by the one that has it', async () => {
    const theirApp = await stranger.app();
    const { items } = await grant({ apiId: apis[1], appIds: [theirApp], stage: 'PRE' });
    const call = `DELETE /grants/${items[0]?.id}`;
    expect((await stranger.send(call).expect(403)).body.code).toBe('Forbidden');
    expect(await allOf(`&appId=${theirApp}`)).toHaveLength(1);
    const { body } = await owner.send(call).expect(200);
    expect(await published(body.revision, theirApp)).toEqual([]);
  });

  it('is not taken: whoever owns only the app lets it in nowhere', async () => {
    const theirApp = await stranger.app();
    const { body } = await stranger.send('POST /grants', { appId: theirApp, apiIds: [apis[0]], stage: 'RELEASE' }).expect(422);
    expect(body).toMatchObject({ code: 'NotFoundApi', errors: [{ path: 'apiIds[0]' }] });
  });

  it('is listed on one page with those of the account, each once and in order', async () => {
    const theirApp = await stranger.app();
    await grant({ appId: theirApp, apiIds: apis, stage: 'TEST' });
    const group = await stranger.group();
    const theirs = [await stranger.api(group), await stranger.api(group)];
    await stranger.send('POST /grants', { appId: theirApp, apiIds: theirs, stage: 'TEST' }).expect(201);
    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await stranger.send(`GET /grants?appId=${theirApp}&limit=2${cursor}`).expect(200);
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      if (body.next === null) break;
      cursor = `&cursor=${body.next}`;
    }
    expect(seen).toEqual([...new Set(seen)].sort());
    expect(seen).toHaveLength(5);
  });

  it('goes with the app, whose account deletes it', async () => {
    const theirApp = await stranger.app();
    await grant({ apiId: apis[2], appIds: [theirApp], stage: 'PRE' });
    await stranger.send(`DELETE /apps/${theirApp}`).expect(200);
    expect(await allOf(`&appId=${theirApp}`)).toEqual([]);
  });
});

describe('the grants of an account to one app', () => {
  it('end at ten thousand, whole requests before', async () => {
    const appId = await owner.app();
    const [first] = (await grant({ appId, apiIds: [apis[0]], stage: 'RELEASE' })).items;
    // No stage of these names is there: only the number counts.
    await app.dataSource.query(
      `INSERT INTO grants (id, account_id, app_account_id, app_id, api_id, stage)
       SELECT md5(n::text), g.account_id, g.app_account_id, g.app_id, g.api_id, 'S' || n FROM grants g, generate_series(1, 9998) n WHERE g.id = $1`,
      [first?.id],
    );
    const { body } = await owner.send('POST /grants', { appId, apiIds: [apis[1], apis[2]], stage: 'TEST' }).expect(409);
    expect(body.code).toBe('ExceedLimitGrant');
    expect(await allOf(`&appId=${appId}&stage=TEST`)).toEqual([]);
    await grant({ appId, apiIds: [apis[1]], stage: 'TEST' });
    await app.dataSource.query('DELETE FROM grants WHERE app_id = $1', [appId]);
  });
});

describe('a token', () => {
  it('of a publisher may grant and revoke, of a viewer not', async () => {
    const body = { appId: apps[0], apiIds: [apis[0]], stage: 'RELEASE' };
    const publisher = ownerOf(app, await app.token('publisher'));
    const viewer = ownerOf(app, await app.token('viewer'));
    const { body: made } = await publisher.send('POST /grants', body).expect(201);
    await viewer.send('POST /grants', body).expect(403);
    await viewer.send(`DELETE /grants/${made.items[0].id}`).expect(403);
    await viewer.send('GET /grants').expect(200);
    await publisher.send(`DELETE /grants/${made.items[0].id}`).expect(200);
  });
});

describe('the audit log', () => {
  it('names who was granted what, and what was revoked', async () => {
    const { items } = await grant({ appId: apps[0], apiIds: [apis[2]], stage: 'TEST' });
    await owner.send(`DELETE /grants/${items[0]?.id}`).expect(200);
    const rows = await app.dataSource.query(
      'SELECT action, resource_type, resource_id, details FROM audit_events ORDER BY id DESC LIMIT 2',
    );
    expect(rows).toEqual([
      {
        action: 'grant.delete',
        resource_type: 'grant',
        resource_id: items[0]?.id,
        details: { appId: apps[0], apiId: apis[2], stage: 'TEST' },
      },
      {
        action: 'grant.set',
        resource_type: 'app',
        resource_id: apps[0],
        details: { stage: 'TEST', expiresAt: null, apiIds: [apis[2]] },
      },
    ]);
  });
});

import { type ApisChunk, type AppsChunk, appBucket, chunkKeys } from '@causeway/contract';
import { describeOnPostgres } from '@causeway/test-stores';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { definitionOf, newName, type Owner, ownerOf } from '../testing/owner.js';
import { publishedChunk } from '../testing/published.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';

const VERSION = /^[0-9]{17}$/;
let app: TestApp;
let owner: Owner;
let stranger: Owner;
let group: string;

beforeAll(async () => {
  app = await startTestApp();
  owner = ownerOf(app, app.admin);
  stranger = ownerOf(app, await app.token('admin', await app.account('stranger')));
  group = await owner.group();
});
afterAll(() => app.close());

const deploy = (id: string, body?: object) => owner.deploy(id, body);

async function live(groupId: string, revision: number): Promise<ApisChunk['apis']> {
  return (await publishedChunk<ApisChunk>(app, revision, chunkKeys.apis(groupId, 0)))?.apis ?? [];
}

const withoutBackend = () => ({ ...definitionOf(newName()), backend: undefined });

async function bindPlugin(type: string, config: object, target: object): Promise<string> {
  const { body: plugin } = await owner.send('POST /plugins', { name: newName(), type, config }).expect(201);
  await owner.send(`POST /plugins/${plugin.id}/bindings`, { ...target, stage: 'RELEASE' }).expect(201);
  return plugin.id;
}

const routing = { routes: [{ name: 'one', condition: "$CaStage = 'RELEASE'", backend: { type: 'MOCK', statusCode: 200 } }] };

describe('a deployment', () => {
  it('puts a copy of the draft live, which later edits do not touch', async () => {
    const id = await owner.api(group, { description: 'first' });
    const made = await deploy(id, { stage: 'RELEASE', description: 'why' });
    expect(made).toEqual({
      stage: 'RELEASE',
      version: expect.stringMatching(VERSION),
      deployedAt: expect.any(String),
      revision: expect.any(Number),
    });
    const { body: edited } = await owner.send(`PATCH /apis/${id}`, { description: 'second' }).expect(200);
    expect(edited).not.toHaveProperty('revision');
    const { body: whole } = await owner.send(`GET /apis/${id}/deployments/RELEASE`).expect(200);
    expect(whole).toMatchObject({ version: made.version, description: 'why', definition: { description: 'first', auth: 'APP' } });
    expect((await live(group, made.revision)).find((api) => api.id === id)).toMatchObject({
      version: made.version,
      definition: { description: 'first' },
    });
    const again = await deploy(id);
    expect(again.version > made.version).toBe(true);
    expect((await live(group, again.revision)).find((api) => api.id === id)?.definition.description).toBe('second');
  });

  it('makes a version even without a change, each with a higher number', async () => {
    const id = await owner.api(group);
    const versions: string[] = [];
    for (const stage of ['RELEASE', 'PRE', 'TEST', 'RELEASE']) versions.push((await deploy(id, { stage })).version);
    expect(versions).toEqual([...new Set(versions)].sort());
    const { body } = await owner.send(`GET /apis/${id}/deployments?limit=2`).expect(200);
    expect(body.items.map(({ stage }: { stage: string }) => stage)).toEqual(['PRE', 'RELEASE']);
    const { body: rest } = await owner.send(`GET /apis/${id}/deployments?cursor=${body.next}`).expect(200);
    expect(rest).toMatchObject({ items: [{ stage: 'TEST', version: versions[2] }], next: null });
  });

  it('numbers on from the newest version, also when the clock was set back', async () => {
    const id = await owner.api(group);
    const { version } = await deploy(id);
    await app.dataSource.query(
      `INSERT INTO api_versions (api_id, version, stage, definition)
       SELECT api_id, '20991231235959999', 'TEST', definition FROM api_versions WHERE api_id = $1 AND version = $2`,
      [id, version],
    );
    expect((await deploy(id)).version).toBe('21000101000000000');
  });

  it.each(['GRAY', 'release', ''])('in stage "%s" is refused: no group has it', async (stage) => {
    const { body } = await owner.send(`POST /apis/${await owner.api(group)}/deployments`, { stage }).expect(422);
    expect(body).toMatchObject({
      code: 'NotFoundStage',
      errors: [{ path: 'stage', message: 'must be one of RELEASE, PRE, TEST, or a stage of the group' }],
    });
  });

  it.each([
    [{}, 'stage'],
    [{ stage: 7 }, 'stage'],
    [{ stage: 'TEST', description: 'x'.repeat(181) }, 'description'],
    [{ stage: 'TEST', version: '1' }, 'version'],
    [{ stage: 'TEST', version: '20260304050607089', description: 'x' }, 'description'],
    [{ stage: 'TEST', colour: 'red' }, 'colour'],
  ])('is not %j', async (body, path) => {
    const answer = await owner.send(`POST /apis/${await owner.api(group)}/deployments`, body).expect(400);
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toContain(path);
  });

  it('is refused when the stage has another API of equal method and path', async () => {
    const own = await owner.group();
    const request = (path: string) => ({ request: { method: 'GET', path } });
    const first = await owner.api(own, request('/users/[id]'));
    await deploy(first);
    await owner.send(`PATCH /apis/${first}`, request('/moved')).expect(200);
    const second = await owner.api(own, request('/users/[name]'));
    const { body } = await owner.send(`POST /apis/${second}/deployments`, { stage: 'RELEASE' }).expect(409);
    expect(body.code).toBe('RepeatedApi');
    expect(body.detail).toContain(first);
    await deploy(second, { stage: 'TEST' });
    await deploy(first);
    await deploy(second);
  });

  it('asks for a token of a publisher', async () => {
    const id = await owner.api(group);
    const viewer = ownerOf(app, await app.token('viewer'));
    await viewer.send(`POST /apis/${id}/deployments`, { stage: 'TEST' }).expect(403);
    const publisher = ownerOf(app, await app.token('publisher'));
    await publisher.send(`POST /apis/${id}/deployments`, { stage: 'TEST' }).expect(201);
    await viewer.send(`GET /apis/${id}/deployments/TEST`).expect(200);
    await viewer.send(`DELETE /apis/${id}/deployments/TEST`).expect(403);
  });
});

describe('a definition without a backend', () => {
  it('is deployed with a warning that says what answers I504RB', async () => {
    const id = await owner.api(group, withoutBackend());
    const bare = await owner.send(`POST /apis/${id}/deployments`, { stage: 'RELEASE' });
    expect(bare.body.warnings).toEqual([
      { code: 'NoBackend', path: 'backend', message: expect.stringMatching(/no routing plugin.*every request answers I504RB/) },
    ]);
    await bindPlugin('routing', routing, { apiIds: [id] });
    expect((await deploy(id)).warnings).toEqual([
      { code: 'NoBackend', path: 'backend', message: expect.stringMatching(/no route.*catches answers I504RB/) },
    ]);
    expect((await deploy(id, { stage: 'TEST' })).warnings).toEqual([
      expect.objectContaining({ message: expect.stringContaining('every request') }),
    ]);
  });

  it('counts a routing plugin of the group too', async () => {
    const own = await owner.group();
    await bindPlugin('routing', routing, { groupId: own });
    const { warnings } = await deploy(await owner.api(own, withoutBackend()));
    expect(warnings).toEqual([expect.objectContaining({ message: expect.stringContaining('no route') })]);
  });
});

describe('taking an API offline', () => {
  it('removes it from traffic, says that the loss is meant, and keeps the history', async () => {
    const own = await owner.group();
    const id = await owner.api(own);
    const { version, revision } = await deploy(id);
    expect(await live(own, revision)).toHaveLength(1);
    const { body } = await owner.send(`DELETE /apis/${id}/deployments/RELEASE`).expect(200);
    expect(body).toEqual({ revision: revision + 1 });
    expect(await live(own, revision + 1)).toEqual([]);
    const [{ manifest }] = await app.dataSource.query('SELECT manifest FROM published_manifests');
    expect(manifest.allowShrink.revision).toBeGreaterThanOrEqual(revision + 1);
    const again = await owner.send(`DELETE /apis/${id}/deployments/RELEASE`).expect(404);
    expect(again.body.code).toBe('NotFoundStage');
    await owner.send(`GET /apis/${id}/deployments/RELEASE`).expect(404);
    const { body: history } = await owner.send(`GET /apis/${id}/versions`).expect(200);
    expect(history.items).toMatchObject([{ version, status: 'OFFLINE' }]);
  });
});

describe('a switch', () => {
  it('puts an earlier version of the stage live, also where nothing is deployed, and makes no new one', async () => {
    const id = await owner.api(group, { description: 'one' });
    const first = await deploy(id);
    await owner.send(`PATCH /apis/${id}`, { description: 'two' }).expect(200);
    const second = await deploy(id);
    const back = await deploy(id, { stage: 'RELEASE', version: first.version });
    expect(back.version).toBe(first.version);
    expect((await live(group, back.revision)).find((api) => api.id === id)?.definition.description).toBe('one');
    await owner.send(`DELETE /apis/${id}/deployments/RELEASE`).expect(200);
    await deploy(id, { stage: 'RELEASE', version: second.version });
    const { body } = await owner.send(`GET /apis/${id}/versions`).expect(200);
    expect(body.items.map((item: { version: string; status: string }) => [item.version, item.status])).toEqual([
      [second.version, 'ONLINE'],
      [first.version, 'OFFLINE'],
    ]);
  });

  it('to a version of another stage, or to none, is refused', async () => {
    const id = await owner.api(group);
    const { version } = await deploy(id);
    for (const body of [
      { stage: 'TEST', version },
      { stage: 'RELEASE', version: '20000101000000000' },
    ]) {
      const answer = await owner.send(`POST /apis/${id}/deployments`, body).expect(422);
      expect(answer.body).toMatchObject({ code: 'NotFoundVersion', errors: [{ path: 'version' }] });
    }
  });

  it('is refused like a deployment when its method and path are taken by now', async () => {
    const own = await owner.group();
    const first = await owner.api(own, { request: { method: 'GET', path: '/x' } });
    const { version } = await deploy(first);
    await owner.send(`PATCH /apis/${first}`, { request: { path: '/y' } }).expect(200);
    await deploy(first);
    await deploy(await owner.api(own, { request: { method: 'GET', path: '/x' } }));
    await owner.send(`POST /apis/${first}/deployments`, { stage: 'RELEASE', version }).expect(409);
  });
});

describeOnPostgres('writes at the same time', () => {
  it('on one API make versions that differ, all of them kept', async () => {
    const id = await owner.api(group);
    const versions = (await Promise.all(Array.from({ length: 8 }, () => deploy(id)))).map(({ version }) => version);
    expect(new Set(versions).size).toBe(8);
    const { body } = await owner.send(`GET /apis/${id}/deployments/RELEASE`);
    expect(body.version).toBe(versions.sort().at(-1));
  });

  it('do not put two APIs of equal method and path live', async () => {
    const own = await owner.group();
    const request = (path: string) => ({ request: { method: 'GET', path } });
    const ids = [await owner.api(own, request('/x')), await owner.api(own, request('/y'))];
    const versions = await Promise.all(ids.map((id) => deploy(id, { stage: 'TEST' })));
    await owner.send(`PATCH /apis/${ids[0]}`, request('/z')).expect(200);
    await owner.send(`PATCH /apis/${ids[1]}`, request('/x')).expect(200);
    expect(versions).toHaveLength(2);
    await owner.send(`DELETE /apis/${ids[0]}/deployments/TEST`).expect(200);
    const answers = await Promise.all([
      owner.send(`POST /apis/${ids[0]}/deployments`, { stage: 'TEST', version: versions[0]?.version }),
      owner.send(`POST /apis/${ids[1]}/deployments`, { stage: 'TEST' }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it('let a grant and the deletion of its API not cross', async () => {
    const id = await owner.api(group);
    const { body: caller } = await owner.send('POST /apps', { name: newName() }).expect(201);
    const appId: string = caller.id;
    const [granted, deleted] = await Promise.all([
      owner.send('POST /grants', { appId, apiIds: [id], stage: 'TEST' }),
      owner.send(`DELETE /apis/${id}`),
    ]);
    expect([201, 422]).toContain(granted.status);
    expect(deleted.status).toBe(200);
    const revision = Math.max(caller.revision, granted.body.revision ?? 0, deleted.body.revision ?? 0);
    const bucket = await publishedChunk<AppsChunk>(app, revision, chunkKeys.apps(appBucket(appId)));
    expect(bucket?.apps.find((each) => each.id === appId)?.grants).toEqual([]);
  });
});

describe('a write', () => {
  it('leaves one audit row that says what was done', async () => {
    const id = await owner.api(group);
    const first = await deploy(id, { stage: 'TEST', description: 'why' });
    const second = await deploy(id, { stage: 'TEST' });
    await deploy(id, { stage: 'TEST', version: first.version });
    await owner.send(`DELETE /apis/${id}/deployments/TEST`).expect(200);
    const rows = await app.dataSource.query('SELECT action, details FROM audit_events WHERE resource_id = $1 ORDER BY id', [id]);
    expect(rows.slice(1)).toEqual([
      { action: 'api.deploy', details: { stage: 'TEST', version: first.version, description: 'why' } },
      { action: 'api.deploy', details: { stage: 'TEST', version: second.version, replaced: first.version, description: '' } },
      { action: 'api.switch', details: { stage: 'TEST', version: first.version, replaced: second.version } },
      { action: 'api.offline', details: { stage: 'TEST', version: first.version } },
    ]);
  });

  it('says with wait=applied that no node lives', async () => {
    const id = await owner.api(group);
    const { body } = await owner.send(`POST /apis/${id}/deployments?wait=applied`, { stage: 'TEST' }).expect(201);
    expect(body.applied).toEqual({ revision: body.revision, nodes: [] });
  });
});

describe('another account', () => {
  it('finds none of it', async () => {
    const id = await owner.api(group);
    const { version } = await deploy(id);
    for (const [call, body] of [
      [`GET /apis/${id}/deployments`],
      [`GET /apis/${id}/deployments/RELEASE`],
      [`DELETE /apis/${id}/deployments/RELEASE`],
      [`POST /apis/${id}/deployments`, { stage: 'RELEASE' }],
      [`GET /apis/${id}/versions`],
      [`GET /apis/${id}/versions/${version}`],
    ] as [string, object?][])
      await stranger.send(call, body).expect(404);
  });
});

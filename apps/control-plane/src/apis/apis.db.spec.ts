import { type AppsChunk, appBucket, chunkKeys } from '@causeway/contract';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { definitionOf, newName, type Owner, ownerOf } from '../testing/owner.js';
import { publishedChunk } from '../testing/published.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';

const HEX = /^[0-9a-f]{32}$/;
let app: TestApp;
let owner: Owner;
let stranger: Owner;
let group: string;

beforeAll(async () => {
  app = await startTestApp();
  owner = ownerOf(app, await app.token('editor'));
  stranger = ownerOf(app, await app.token('admin', await app.account('stranger')));
  group = await owner.group();
});
afterAll(() => app.close());

const messagesAt = (body: { errors: { path: string; message: string }[] }, path: string) =>
  body.errors.filter((error) => error.path === path).map(({ message }) => message);

describe('an API', () => {
  it('is created from its definition, with the defaults filled in, and serves nothing yet', async () => {
    const definition = definitionOf(newName());
    const { body } = await owner.send(`POST /groups/${group}/apis`, definition).expect(201);
    expect(body).toMatchObject({ ...definition, id: expect.stringMatching(HEX), groupId: group, auth: 'APP', parameters: [] });
    expect(body).not.toHaveProperty('revision');
    const { body: read } = await owner.send(`GET /apis/${body.id}`).expect(200);
    expect(read).toEqual(body);
    expect(Object.keys(read)).toEqual(Object.keys(body));
  });

  it('may bring its own id, once', async () => {
    const id = 'ab'.repeat(16);
    const { body } = await owner.send(`POST /groups/${group}/apis`, { id, ...definitionOf(newName()) }).expect(201);
    expect(body.id).toBe(id);
    const again = await owner.send(`POST /groups/${group}/apis`, { id, ...definitionOf(newName()) }).expect(409);
    expect(again.body).toMatchObject({ code: 'DuplicateApi', errors: [{ path: 'id' }] });
    const bad = await owner.send(`POST /groups/${group}/apis`, { id: 'AB', ...definitionOf(newName()) }).expect(400);
    expect(messagesAt(bad.body, 'id')).toHaveLength(1);
  });

  it('is refused with every complaint about its shape, unknown fields by name', async () => {
    const { body } = await owner
      .send(`POST /groups/${group}/apis`, { name: 'x', colour: 'red', request: { method: 'BREW', path: 'x', speed: 1 } })
      .expect(400);
    expect(body.errors.map(({ path }: { path: string }) => path)).toEqual(
      expect.arrayContaining(['name', 'colour', 'request.method', 'request.path', 'request.speed']),
    );
  });

  it('is refused with every complaint of the engine', async () => {
    const { body } = await owner
      .send(`POST /groups/${group}/apis`, {
        ...definitionOf(newName()),
        parameters: [{ name: 'id', in: 'path', backend: { name: 'id', in: 'path' } }],
        backend: { type: 'HTTP', address: 'ftp://x' },
      })
      .expect(422);
    expect(body.code).toBe('InvalidApiDefinition');
    expect(body.errors.map(({ path }: { path: string }) => path)).toEqual(['parameters[0].name', 'backend.address']);
  });

  it.each(['FunctionCompute', 'OSS'])('with a backend of type %s is told that there is none here', async (type) => {
    const { body } = await owner
      .send(`POST /groups/${group}/apis`, { ...definitionOf(newName()), backend: { type, address: 'x' } })
      .expect(422);
    expect(body).toMatchObject({
      code: 'UnsupportedBackendType',
      errors: [{ path: 'backend.type', message: `Backend type ${type} is not supported` }],
    });
  });

  it('has a path of its own in the group, with brackets taken as text where they are escaped', async () => {
    const own = await owner.group();
    const save = (path: string, escapePath: boolean) =>
      owner.send(`POST /groups/${own}/apis`, { ...definitionOf(newName()), request: { method: 'GET', path, escapePath } });
    await save('/a/[x]', true).expect(201);
    await save('/a/[x]', false).expect(201);
    await save('/a/%5Bx%5D', false).expect(409);
    await save('/a/[y]', true).expect(201);
  });

  it('has a name of its own in the group', async () => {
    const definition = definitionOf(newName());
    await owner.send(`POST /groups/${group}/apis`, definition).expect(201);
    const { body } = await owner
      .send(`POST /groups/${group}/apis`, { ...definition, request: { method: 'GET', path: '/elsewhere' } })
      .expect(409);
    expect(body).toMatchObject({ code: 'DuplicateApi', errors: [{ path: 'name' }] });
    await owner.send(`POST /groups/${await owner.group()}/apis`, definition).expect(201);
  });

  it('has method and path of its own in the group, whatever the parameters are called', async () => {
    const path = (text: string, method = 'GET') => ({ ...definitionOf(newName()), request: { method, path: text } });
    const { body: first } = await owner.send(`POST /groups/${group}/apis`, path('/users/[id]')).expect(201);
    const { body } = await owner.send(`POST /groups/${group}/apis`, path('/users/[name]')).expect(409);
    expect(body.code).toBe('RepeatedApi');
    expect(body.detail).toContain(first.id);
    for (const other of [path('/users/me'), path('/users/[id]', 'POST'), path('/users/[id]', 'ANY')])
      await owner.send(`POST /groups/${group}/apis`, other).expect(201);
    const { body: moved } = await owner.send(`POST /groups/${group}/apis`, path('/free/[id]')).expect(201);
    await owner.send(`PATCH /apis/${moved.id}`, { request: { path: '/users/[x]' } }).expect(409);
    await owner.send(`PATCH /apis/${moved.id}`, { request: { path: '/free/[renamed]' } }).expect(200);
  });

  it('is a bad request, not an accident, with text that the database cannot hold', async () => {
    for (const description of ['a\u0000b', '\ud800'])
      await owner.send(`POST /groups/${group}/apis`, { ...definitionOf(newName()), description }).expect(400);
    await owner.send('GET /apis/%00').expect(400);
    await owner.send('GET /groups/%00/apis').expect(400);
  });
});

describe('the draft', () => {
  it('is replaced whole by PUT, which takes back what a read showed', async () => {
    const id = await owner.api(group, { description: 'old', auth: 'ANONYMOUS' });
    const { body: read } = await owner.send(`GET /apis/${id}`).expect(200);
    const { body } = await owner.send(`PUT /apis/${id}`, { ...read, description: 'new' }).expect(200);
    expect(body).toMatchObject({ id, description: 'new', auth: 'ANONYMOUS' });
    const name = newName();
    const { body: bare } = await owner.send(`PUT /apis/${id}`, definitionOf(name)).expect(200);
    expect(bare).toMatchObject({ name, description: '', auth: 'APP' });
    expect((await owner.send(`GET /apis/${id}`)).body).toEqual(bare);
  });

  it('keeps its id and group', async () => {
    const id = await owner.api(group);
    await owner.send(`PATCH /apis/${id}`, { id: '0'.repeat(32) }).expect(409);
    await owner.send(`PATCH /apis/${id}`, { groupId: await owner.group() }).expect(409);
  });

  it('is edited by a merge patch, which is checked as a whole', async () => {
    const id = await owner.api(group, { description: 'old' });
    const patch = { description: null, backend: { timeoutMs: 500 }, parameters: [] };
    const { body } = await owner
      .send(`PATCH /apis/${id}`)
      .set('Content-Type', 'application/merge-patch+json')
      .send(patch)
      .expect(200);
    expect(body).toMatchObject({ description: '', backend: { address: 'http://backend.example:8080', timeoutMs: 500 } });
    const { body: gone } = await owner.send(`PATCH /apis/${id}`, { backend: null }).expect(200);
    expect(gone).not.toHaveProperty('backend');
    const bad = await owner.send(`PATCH /apis/${id}`, { request: { speed: 1 } }).expect(400);
    expect(messagesAt(bad.body, 'request.speed')).toHaveLength(1);
    await owner.send(`PATCH /apis/${id}`, []).expect(400);
    await owner.send(`PATCH /apis/${id}`).expect(400);
  });

  it('is guarded by its ETag', async () => {
    const id = await owner.api(group);
    const { headers } = await owner.send(`GET /apis/${id}`).expect(200);
    const tag = String(headers.etag);
    await owner.send(`PATCH /apis/${id}`, { description: 'mine' }).set('If-Match', tag).expect(200);
    for (const call of [`PATCH /apis/${id}`, `PUT /apis/${id}`])
      await owner
        .send(call, { ...definitionOf(newName()) })
        .set('If-Match', tag)
        .expect(412);
    await owner.send(`DELETE /apis/${id}`).set('If-Match', tag).expect(412);
    const now = await owner.send(`GET /apis/${id}`);
    await owner.send(`DELETE /apis/${id}`).set('If-Match', String(now.headers.etag)).expect(200);
  });
});

describe('a list', () => {
  it('goes page by page through a group, and finds a name', async () => {
    const own = await owner.group();
    const ids = [await owner.api(own), await owner.api(own), await owner.api(own)].sort();
    const { body: first } = await owner.send(`GET /groups/${own}/apis?limit=2`).expect(200);
    const { body: second } = await owner.send(`GET /groups/${own}/apis?limit=2&cursor=${first.next}`).expect(200);
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
    expect(second.next).toBeNull();
    const { name } = first.items[1];
    const { body: found } = await owner.send(`GET /groups/${own}/apis?name=${name}`).expect(200);
    expect(found.items).toEqual([first.items[1]]);
    await owner.send(`GET /groups/${own}/apis?limit=0`).expect(400);
    await owner.send(`GET /groups/${own}/apis?colour=red`).expect(400);
  });
});

describe('a deletion', () => {
  it('is refused while the API is deployed, and names the stages', async () => {
    const id = await owner.api(group);
    for (const stage of ['TEST', 'RELEASE']) await owner.send(`POST /apis/${id}/deployments`, { stage }).expect(201);
    const { body } = await owner.send(`DELETE /apis/${id}`).expect(409);
    expect(body).toMatchObject({ code: 'DependencyViolationApiDeployed', detail: expect.stringContaining('RELEASE, TEST') });
  });

  it('takes history, grants and bindings along', async () => {
    const id = await owner.api(group);
    await owner.send(`POST /apis/${id}/deployments`, { stage: 'TEST' }).expect(201);
    await owner.send(`DELETE /apis/${id}/deployments/TEST`).expect(200);
    const appId = await owner.app();
    await owner.send('POST /grants', { appId, apiIds: [id], stage: 'TEST' }).expect(201);
    const config = { type: 'APIGW_FRONTEND', key: 'K', secret: 'S' };
    const { body: plugin } = await owner.send('POST /plugins', { name: newName(), type: 'backendSignature', config }).expect(201);
    await owner.send(`POST /plugins/${plugin.id}/bindings`, { apiIds: [id], stage: 'TEST' }).expect(201);
    const { body } = await owner.send(`DELETE /apis/${id}`).expect(200);
    expect(body).toEqual({ revision: expect.any(Number) });
    await owner.send(`GET /apis/${id}`).expect(404);
    await owner.send(`DELETE /apis/${id}`).expect(404);
    expect((await owner.send(`GET /grants?appId=${appId}`)).body.items).toEqual([]);
    const bucket = await publishedChunk<AppsChunk>(app, body.revision, chunkKeys.apps(appBucket(appId)));
    expect(bucket?.apps.find((each) => each.id === appId)?.grants).toEqual([]);
    expect(await publishedChunk(app, body.revision, chunkKeys.plugin(plugin.id))).toBeNull();
    await owner.send(`DELETE /plugins/${plugin.id}`).expect(200);
    const left = await app.dataSource.query('SELECT 1 FROM api_versions WHERE api_id = $1', [id]);
    expect(left).toEqual([]);
  });
});

describe('another account', () => {
  it('finds none of it', async () => {
    const id = await owner.api(group);
    for (const [call, body] of [
      [`GET /apis/${id}`],
      [`PUT /apis/${id}`, definitionOf(newName())],
      [`PATCH /apis/${id}`, {}],
      [`DELETE /apis/${id}`],
      [`GET /groups/${group}/apis`],
      [`POST /groups/${group}/apis`, definitionOf(newName())],
    ] as [string, object?][])
      await stranger.send(call, body).expect(404);
  });
});

describe('a token', () => {
  it('below editor may read and not write', async () => {
    const id = await owner.api(group);
    const publisher = ownerOf(app, await app.token('publisher'));
    await publisher.send(`GET /apis/${id}`).expect(200);
    for (const call of [`PUT /apis/${id}`, `PATCH /apis/${id}`, `DELETE /apis/${id}`, `POST /groups/${group}/apis`])
      await publisher.send(call, definitionOf(newName())).expect(403);
  });
});

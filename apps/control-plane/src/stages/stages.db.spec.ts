/** A group's own stages, and the variables of all its stages. */
import { chunkKeys, type GroupChunk } from '@causeway/contract';
import { describeOnPostgres } from '@causeway/test-stores';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { definitionOf, newName, type Owner, ownerOf } from '../testing/owner.js';
import { publishedChunk } from '../testing/published.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';

let app: TestApp;
let owner: Owner;
let viewer: Owner;
let stranger: Owner;
let group: string;

beforeAll(async () => {
  app = await startTestApp();
  owner = ownerOf(app, app.admin);
  viewer = ownerOf(app, await app.token('viewer'));
  stranger = ownerOf(app, await app.token('admin', await app.account('stranger')));
});
afterAll(() => app.close());

const gray = { name: 'GRAY', alias: 'Gray release' };

async function newGroup(): Promise<string> {
  group = await owner.group();
  await owner.send(`POST /groups/${group}/stages`, gray).expect(201);
  return group;
}

function withBackend(change: object, more: object = {}) {
  const definition = definitionOf(newName());
  return { ...definition, backend: { ...definition.backend, ...change }, ...more };
}

const put = (stage: string, variables: unknown) => owner.send(`PUT /groups/${group}/stages/${stage}/variables`, variables);
const read = (stage: string) => owner.send(`GET /groups/${group}/stages/${stage}/variables`);

async function published(revision: number): Promise<GroupChunk | null> {
  return publishedChunk<GroupChunk>(app, revision, chunkKeys.group(group));
}

describe('the stages of a group', () => {
  it('are the built-in ones and its own, by name, page by page', async () => {
    await newGroup();
    const shown = { name: 'GRAY', alias: 'Gray release', description: '', type: 'CUSTOM' };
    const { body } = await viewer.send(`GET /groups/${group}/stages`).expect(200);
    expect(body).toEqual({
      items: [shown, ...['PRE', 'RELEASE', 'TEST'].map((name) => ({ name, alias: name, description: '', type: 'SYSTEM' }))],
      next: null,
    });
    const { body: first } = await owner.send(`GET /groups/${group}/stages?limit=3`).expect(200);
    const { body: second } = await owner.send(`GET /groups/${group}/stages?limit=3&cursor=${first.next}`).expect(200);
    expect([...first.items, ...second.items]).toEqual(body.items);
    expect(second.next).toBeNull();
    expect((await owner.send(`GET /groups/${group}/stages/GRAY`).expect(200)).body).toEqual(shown);
    await owner.send(`GET /groups/${group}/stages/BLUE`).expect(404);
  });

  it('are known to the data planes, and gone there when deleted', async () => {
    await newGroup();
    const { body: made } = await owner.send(`POST /groups/${group}/stages`, { name: 'B2', alias: 'b' }).expect(201);
    const names = async (revision: number) => (await published(revision))?.stages.map(({ name }) => name);
    expect(await names(made.revision)).toEqual(['B2', 'GRAY']);
    await put('B2', { A: 'b' }).expect(200);
    const { headers } = await owner.send(`GET /groups/${group}/stages/B2`).expect(200);
    await owner.send(`DELETE /groups/${group}/stages/B2`).set('If-Match', '"stale"').expect(412);
    const { body: gone } = await owner
      .send(`DELETE /groups/${group}/stages/B2`)
      .set('If-Match', String(headers.etag))
      .expect(200);
    expect(await names(gone.revision)).toEqual(['GRAY']);
    await owner.send(`DELETE /groups/${group}/stages/B2`).expect(404);
    await owner.send(`POST /groups/${group}/stages`, { name: 'B2', alias: 'b' }).expect(201);
    expect((await read('B2').expect(200)).body).toEqual({});
  });

  it.each([
    [{}, ['alias', 'name']],
    [{ name: 'gray', alias: 'x' }, ['name']],
    [{ name: 'G', alias: 'x' }, ['name']],
    [{ name: 'GRAY_RELEASE', alias: 'x' }, ['name']],
    [{ name: 'A'.repeat(11), alias: 'x' }, ['name']],
    [{ name: 'OK', alias: '' }, ['alias']],
    [{ name: 'OK', alias: 'x'.repeat(51), description: 'x'.repeat(201) }, ['alias', 'description']],
    [{ name: 'OK', alias: 'a\u0007', supportRoute: true }, ['alias', 'supportRoute']],
    [{ name: ['OK'], alias: 5 }, ['alias', 'name']],
  ])('take a sound name, an alias and a description: %#', async (body, paths) => {
    await newGroup();
    const answer = await owner.send(`POST /groups/${group}/stages`, body).expect(400);
    expect([...new Set(answer.body.errors.map(({ path }: { path: string }) => path))].sort()).toEqual(paths);
  });

  it('have names of their own, fifty at most; the built-in ones stay', async () => {
    await newGroup();
    for (const name of ['GRAY', 'RELEASE'])
      expect((await owner.send(`POST /groups/${group}/stages`, { name, alias: 'x' }).expect(409)).body).toMatchObject({
        code: 'DuplicateStage',
        errors: [{ path: 'name' }],
      });
    expect((await owner.send(`DELETE /groups/${group}/stages/TEST`).expect(409)).body.code).toBe('BuiltInStage');
    for (let n = 1; n < 50; n++) await owner.send(`POST /groups/${group}/stages`, { name: `S${n}`, alias: 'x' }).expect(201);
    expect((await owner.send(`POST /groups/${group}/stages`, { name: 'S50', alias: 'x' }).expect(409)).body.code).toBe(
      'ExceedLimitStage',
    );
  });

  it('are for editors to change, and another account’s group is not there', async () => {
    await newGroup();
    await viewer.send(`POST /groups/${group}/stages`, gray).expect(403);
    await viewer.send(`DELETE /groups/${group}/stages/GRAY`).expect(403);
    await viewer.send(`PUT /groups/${group}/stages/TEST/variables`, {}).expect(403);
    for (const [call, body] of [
      [`POST /groups/${group}/stages`, { name: 'B2', alias: 'b' }],
      [`GET /groups/${group}/stages`],
      [`GET /groups/${group}/stages/GRAY`],
      [`DELETE /groups/${group}/stages/GRAY`],
      [`GET /groups/${group}/stages/TEST/variables`],
      [`PUT /groups/${group}/stages/TEST/variables`, {}],
    ] as const)
      expect((await stranger.send(call, body).expect(404)).body.code).toBe('NotFoundApiGroup');
  });

  it('leave a trace in the audit', async () => {
    await newGroup();
    await put('GRAY', { Host: 'not-in-the-audit' }).expect(200);
    await owner.send(`DELETE /groups/${group}/stages/GRAY`).expect(200);
    const rows = await app.dataSource.query('SELECT action, details FROM audit_events WHERE resource_id = $1 ORDER BY id', [
      group,
    ]);
    expect(rows.slice(1)).toEqual([
      { action: 'stage.create', details: { stage: 'GRAY', alias: 'Gray release' } },
      { action: 'stage.variables', details: { stage: 'GRAY', changed: ['Host'] } },
      { action: 'stage.delete', details: { stage: 'GRAY' } },
    ]);
  });
});

describe('an own stage', () => {
  it('takes deployments, bindings and grants, and stays while it has any: the refusal names them', async () => {
    await newGroup();
    const api = await owner.api(group);
    const appId = await owner.app();
    const remove = () => owner.send(`DELETE /groups/${group}/stages/GRAY`);
    const refusal = async () => {
      const { body } = await remove().expect(409);
      expect(body.code).toBe('DependencyViolationStage');
      return body.detail as string;
    };
    await owner.deploy(api, { stage: 'GRAY' });
    const { body: granted } = await owner.send('POST /grants', { appId, apiIds: [api], stage: 'GRAY' }).expect(201);
    const config = { type: 'APIGW_FRONTEND', key: 'K', secret: 'S' };
    const { body: plugin } = await owner.send('POST /plugins', { name: newName(), type: 'backendSignature', config }).expect(201);
    const { body: ofApi } = await owner.send(`POST /plugins/${plugin.id}/bindings`, { apiIds: [api], stage: 'GRAY' }).expect(201);
    const { body: ofGroup } = await owner
      .send(`POST /plugins/${plugin.id}/bindings`, { groupId: group, stage: 'GRAY' })
      .expect(201);
    expect(await refusal()).toMatch(new RegExp(`API .*\\(${api}\\).*plugin .*\\(${plugin.id}\\).*grant .* of app ${appId}`));
    await owner.send(`DELETE /apis/${api}/deployments/GRAY`).expect(200);
    expect(await refusal()).not.toContain('deployment');
    await owner.send(`DELETE /plugins/${plugin.id}/bindings/${ofApi.items[0].id}`).expect(200);
    expect(await refusal()).toContain('binding');
    await owner.send(`DELETE /plugins/${plugin.id}/bindings/${ofGroup.items[0].id}`).expect(200);
    expect(await refusal()).toBe(`The stage is in use by the grant ${granted.items[0].id} of app ${appId}.`);
    await owner.send(`DELETE /grants/${granted.items[0].id}`).expect(200);
    await remove().expect(200);
  });

  it('is one of its group only', async () => {
    await newGroup();
    const elsewhere = await owner.group();
    const [here, there] = [await owner.api(group), await owner.api(elsewhere)];
    const appId = await owner.app();
    const config = { type: 'APIGW_FRONTEND', key: 'K', secret: 'S' };
    const { body: plugin } = await owner.send('POST /plugins', { name: newName(), type: 'backendSignature', config }).expect(201);
    const calls: [string, object][] = [
      [`POST /apis/${there}/deployments`, { stage: 'GRAY' }],
      ['POST /grants', { appId, apiIds: [here, there], stage: 'GRAY' }],
      [`POST /plugins/${plugin.id}/bindings`, { apiIds: [here, there], stage: 'GRAY' }],
      [`POST /plugins/${plugin.id}/bindings`, { groupId: elsewhere, stage: 'GRAY' }],
    ];
    for (const [call, body] of calls) {
      const answer = await owner.send(call, body).expect(422);
      expect(answer.body).toMatchObject({ code: 'NotFoundStage', errors: [{ path: 'stage' }] });
      if (JSON.stringify(body).includes(here)) expect(answer.body.errors[0].message).toContain(elsewhere);
    }
  });
});

describeOnPostgres('an own stage that goes while it is being used', () => {
  it('either stays or is not used', async () => {
    for (let round = 0; round < 5; round++) {
      await newGroup();
      const [api, appId] = [await owner.api(group), await owner.app()];
      const [granted, removed] = await Promise.all([
        owner.send('POST /grants', { appId, apiIds: [api], stage: 'GRAY' }),
        owner.send(`DELETE /groups/${group}/stages/GRAY`),
      ]);
      expect([
        [201, 409],
        [422, 200],
      ]).toContainEqual([granted.status, removed.status]);
    }
  });
});

describe('the variables of a stage', () => {
  it('are replaced whole, at once, and only by those who have seen them', async () => {
    await newGroup();
    const { body, headers } = await read('TEST').expect(200);
    expect(body).toEqual({});
    const { body: set } = await put('TEST', { b: '#x#', A: '' }).set('If-Match', String(headers.etag)).expect(200);
    expect(set.variables).toEqual({ A: '', b: '#x#' });
    expect((await published(set.revision))?.stages).toContainEqual({ name: 'TEST', variables: { A: '', b: '#x#' } });
    await put('TEST', {}).set('If-Match', String(headers.etag)).expect(412);
    expect((await read('TEST').expect(200)).body).toEqual({ A: '', b: '#x#' });
    const { body: none } = await put('TEST', {}).expect(200);
    expect((await published(none.revision))?.stages).toEqual([{ name: 'GRAY', variables: {} }]);
    await put('BLUE', {}).expect(404);
    await read('blue').expect(404);
  });

  it.each<[unknown, string[]]>([
    [[], ['']],
    [{ '1a': 'x' }, ['1a']],
    [{ 'a-b': 'x', 'a b': 'x', '': 'x' }, ['', 'a b', 'a-b']],
    [{ ['a'.repeat(51)]: 'x' }, ['a'.repeat(51)]],
    [{ a: 5, b: null, c: ['x'], d: {} }, ['a', 'b', 'c', 'd']],
    [{ a: 'x'.repeat(1025) }, ['a']],
    [{ a: 'x\r\nHost: y', b: '\u007f', c: '\t' }, ['a', 'b', 'c']],
    [{ constructor: 'x' }, ['constructor']],
    [Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`v${n}`, 'x'])), ['']],
  ])('are refused with every complaint: %#', async (body, paths) => {
    await newGroup();
    const answer = await put('TEST', body).expect(400);
    expect([...new Set(answer.body.errors.map(({ path }: { path: string }) => path))].sort()).toEqual(paths);
    expect((await read('TEST').expect(200)).body).toEqual({});
  });

  it('may have names that every object inherits, and values of 1024 characters of any script', async () => {
    await newGroup();
    const variables = { toString: '名'.repeat(1024), hasOwnProperty: '😀'.repeat(1024) };
    expect((await put('TEST', variables).expect(200)).body.variables).toEqual(variables);
    expect((await read('TEST').expect(200)).body).toEqual(variables);
  });

  it('have to be there before a definition that uses them is deployed', async () => {
    await newGroup();
    const constants = [{ name: 'x-env', in: 'header', value: '#Env#' }];
    const api = await owner.api(group, withBackend({ address: 'http://#Host#:#Port#', path: '/#Path#' }, { constants }));
    await put('TEST', { Host: 'h', port: '80', Path: 'a' }).expect(200);
    const { body } = await owner.send(`POST /apis/${api}/deployments`, { stage: 'TEST' }).expect(422);
    expect(body).toMatchObject({ code: 'NotFoundStageVariable' });
    expect(body.errors).toEqual([
      { path: 'backend.address', message: 'uses the variable Port, which TEST does not have' },
      { path: 'constants[0].value', message: 'uses the variable Env, which TEST does not have' },
    ]);
    await put('TEST', { Host: 'h', Port: 'x', Path: 'a', Env: '' }).expect(200);
    const unsound = await owner.send(`POST /apis/${api}/deployments`, { stage: 'TEST' }).expect(422);
    expect(unsound.body).toMatchObject({ code: 'InvalidApiDefinition', errors: [{ path: 'backend.address' }] });
    await put('TEST', { Host: 'h', Port: '80', Path: 'a', Env: '' }).expect(200);
    await owner.deploy(api, { stage: 'TEST' });
    await owner.send(`POST /apis/${api}/deployments`, { stage: 'PRE' }).expect(422);
  });

  it('have to be there before a stage switches to a version that uses them', async () => {
    await newGroup();
    const api = await owner.api(group, withBackend({ path: '/#Path#' }));
    await put('TEST', { Path: 'a' }).expect(200);
    const { version } = await owner.deploy(api, { stage: 'TEST' });
    await owner.send(`PATCH /apis/${api}`, { backend: { path: '/fixed' } }).expect(200);
    await owner.deploy(api, { stage: 'TEST' });
    await put('TEST', {}).expect(200);
    const { body } = await owner.send(`POST /apis/${api}/deployments`, { stage: 'TEST', version }).expect(422);
    expect(body).toMatchObject({ code: 'NotFoundStageVariable', errors: [{ path: 'backend.path' }] });
  });

  it('stay while a deployed API uses them: the refusal names it', async () => {
    await newGroup();
    const api = await owner.api(group, withBackend({ address: '#Host#' }));
    await put('GRAY', { Host: 'h.example', Other: 'x' }).expect(200);
    await owner.deploy(api, { stage: 'GRAY' });
    const { body } = await put('GRAY', { host: 'h.example' }).expect(409);
    expect(body.code).toBe('DependencyViolationStageVariable');
    expect(body.detail).toMatch(new RegExp(`\\(${api}\\) uses Host`));
    expect((await read('GRAY').expect(200)).body).toEqual({ Host: 'h.example', Other: 'x' });
    await put('GRAY', { Host: 'other.example' }).expect(200);
    await owner.send(`DELETE /apis/${api}/deployments/GRAY`).expect(200);
    await put('GRAY', {}).expect(200);
  });

  it.each([
    ['Host', 'user:secret@h', 'backend.address'],
    ['Host', 'a b', 'backend.address'],
    ['Host', '#Path#', 'backend.address'],
    ['Host', `${'a'.repeat(1000)}`, 'backend.address'],
    ['Path', '..', 'backend.path'],
    ['Path', 'a?b', 'backend.path'],
    ['Path', '[id]', 'backend.path'],
    ['Path', '#Host#', 'backend.path'],
    ['Path', 'a'.repeat(600), 'backend.path'],
    ['Path', 'é', 'backend.path'],
  ])('do not make a deployed definition one that cannot run: %#', async (name, value, field) => {
    await newGroup();
    const api = await owner.api(group, withBackend({ address: 'http://#Host#', path: '/#Path#' }));
    await put('TEST', { Host: 'h', Path: 'p' }).expect(200);
    await owner.deploy(api, { stage: 'TEST' });
    const { body } = await put('TEST', { Host: 'h', Path: 'p', [name]: value }).expect(422);
    expect(body).toMatchObject({ code: 'InvalidApiDefinition', errors: [{ path: name }] });
    expect(body.errors[0].message).toContain(`(${api}): ${field} `);
    expect((await read('TEST').expect(200)).body).toEqual({ Host: 'h', Path: 'p' });
  });

  it('do not send requests round for ever', async () => {
    await newGroup();
    const { body: shown } = await owner.send(`GET /groups/${group}`).expect(200);
    const name = newName();
    const api = await owner.api(group, {
      ...definitionOf(name),
      backend: { type: 'HTTP', address: '#Host#', path: `/${name}`, method: 'GET' },
    });
    await put('RELEASE', { Host: 'h.example' }).expect(200);
    await owner.deploy(api);
    const host = `${group}-${shown.region}-intranet.${shown.publicDomain.slice(`${group}-${shown.region}.`.length)}`;
    expect((await put('RELEASE', { Host: host }).expect(422)).body.code).toBe('RoutingCycle');
    expect((await read('RELEASE').expect(200)).body).toEqual({ Host: 'h.example' });
  });
});

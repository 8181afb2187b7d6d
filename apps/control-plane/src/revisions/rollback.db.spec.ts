import { randomBytes } from 'node:crypto';
import { type ApisChunk, chunkKeys } from '@causeway/contract';
import { describeOnPostgres } from '@causeway/test-stores';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newName, type Owner, ownerOf } from '../testing/owner.js';
import { publishedChunk } from '../testing/published.js';
import { untilPublished } from '../testing/recorded-queries.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';
import type { RollbackAnswer } from './rollback.dto.js';

const MASTER_KEY = { CAUSEWAY_MASTER_KEY: `test:${randomBytes(32).toString('base64')}` };
let app: TestApp;
let owner: Owner;
let account: string;

beforeAll(async () => {
  app = await startTestApp(MASTER_KEY);
  account = await app.account('owner');
  owner = ownerOf(app, await app.token('admin', account));
});
afterAll(() => app.close());

const mock = (body: string) => ({ backend: { type: 'MOCK', statusCode: 200, body } });
const routingTo = (address: string) => ({
  routes: [{ name: 'one', condition: "$CaStage = 'RELEASE'", backend: { type: 'HTTP', address } }],
});

async function plugin(type: string, config: unknown, by = owner): Promise<string> {
  const { body } = await by.send('POST /plugins', { name: newName(), type, config }).expect(201);
  return body.id;
}

async function bind(pluginId: string, target: object, by = owner): Promise<number> {
  const { body } = await by.send(`POST /plugins/${pluginId}/bindings`, { stage: 'RELEASE', ...target }).expect(201);
  return body.revision;
}

async function setVariables(groupId: string, variables: object): Promise<number> {
  const { body } = await owner.send(`PUT /groups/${groupId}/stages/RELEASE/variables`, variables).expect(200);
  return body.revision;
}

/** Changes nothing that a rollback brings back, and says where the instance stands. */
async function revisionNow(groupId: string): Promise<number> {
  const { body } = await owner.send(`PATCH /groups/${groupId}`, { description: newName() }).expect(200);
  return body.revision;
}

async function rollback(revision: number, query = '', by = owner): Promise<RollbackAnswer> {
  const { body } = await by.send(`POST /revisions/${revision}/rollback${query}`).expect(200);
  return body;
}

/** All that a rollback is about, of all accounts. */
async function state({ dataSource } = app): Promise<string[]> {
  const rows: { line: string }[] = await dataSource.query(
    `SELECT concat_ws(' ', 'deployment', api_id, stage, version) AS line FROM deployments
     UNION ALL SELECT concat_ws(' ', 'binding', coalesce(api_id, group_id), stage, type, plugin_id) FROM plugin_bindings
     UNION ALL SELECT concat_ws(' ', 'variable', group_id, stage, name, value) FROM stage_variables ORDER BY line`,
  );
  return rows.map(({ line }) => line);
}

/** What the history says stands now. */
async function noted({ dataSource } = app): Promise<string[]> {
  const rows: { line: string }[] = await dataSource.query(
    `SELECT concat_ws(' ', CASE WHEN kind IN ('apiBinding', 'groupBinding') THEN 'binding' ELSE kind END,
            target, stage, nullif(slot, ''), value) AS line
     FROM rollback_history WHERE NOT ended AND kind <> 'plugin' ORDER BY line`,
  );
  return rows.map(({ line }) => line);
}

async function textOf(pluginId: string): Promise<string> {
  const { body } = await owner.send(`GET /plugins/${pluginId}?reveal=secrets`).expect(200);
  return body.config;
}

describe('a rollback', () => {
  it('switches, takes offline and deploys again, for data planes too', async () => {
    const group = await owner.group();
    const [switched, removed, added] = [await owner.api(group, mock('one')), await owner.api(group), await owner.api(group)];
    await owner.deploy(removed);
    const first = await owner.deploy(switched);
    await owner.send(`PATCH /apis/${switched}`, mock('two')).expect(200);
    const second = await owner.deploy(switched);
    const { body: gone } = await owner.send(`DELETE /apis/${removed}/deployments/RELEASE`).expect(200);
    const third = await owner.deploy(added, { stage: 'RELEASE' });

    const { revision, ...answer } = await rollback(first.revision);
    expect(revision).toBe(third.revision + 1);
    expect(answer).toEqual({
      instanceId: expect.any(String),
      restored: first.revision,
      dryRun: false,
      counts: { deployments: 3, bindings: 0, plugins: 0, variables: 0 },
      changes: {
        deployments: expect.arrayContaining([
          {
            apiId: switched,
            groupId: group,
            stage: 'RELEASE',
            action: 'switch',
            version: first.version,
            replaced: second.version,
          },
          { apiId: removed, groupId: group, stage: 'RELEASE', action: 'deploy', version: expect.any(String), replaced: null },
          { apiId: added, groupId: group, stage: 'RELEASE', action: 'offline', version: null, replaced: third.version },
        ]),
        bindings: [],
        plugins: [],
        variables: [],
      },
    });
    const chunk = await publishedChunk<ApisChunk>(app, revision ?? 0, chunkKeys.apis(group, 0));
    expect(chunk?.apis.map(({ id }) => id).sort()).toEqual([switched, removed].sort());
    expect(chunk?.apis.find(({ id }) => id === switched)?.definition.backend).toMatchObject({ body: 'one' });
    const [outbox] = await app.dataSource.query('SELECT manifest FROM published_manifests');
    expect(outbox.manifest.allowShrink).toMatchObject({ revision });

    // The states in between can be had, too.
    await rollback(gone.revision);
    const { body: live } = await owner.send(`GET /apis/${switched}/deployments/RELEASE`).expect(200);
    expect(live.version).toBe(second.version);
    await owner.send(`GET /apis/${removed}/deployments/RELEASE`).expect(404);
  });

  it('brings bindings, plugin texts character by character, and variables back; leaves grants, keys and drafts alone', async () => {
    const group = await owner.group();
    const api = await owner.api(group, { backend: { type: 'HTTP', address: 'http://#host#', path: '/', method: 'GET' } });
    await setVariables(group, { host: 'one.example', other: 'x' });
    await owner.deploy(api);
    const text =
      '# why\nroutes:\n  - name: one\n    condition: "$CaStage = \'RELEASE\'"\n    backend: {type: HTTP, address: "http://a.example"}\n';
    const routing = await plugin('routing', text);
    const signing = await plugin('backendSignature', { type: 'APIGW_FRONTEND', key: 'k1', secret: 'secret-of-then' });
    await bind(routing, { apiIds: [api] });
    await bind(signing, { groupId: group });
    const point = await revisionNow(group);

    await setVariables(group, { host: 'two.example', more: 'y' });
    await owner.send(`PUT /plugins/${routing}`, { config: routingTo('http://b.example') }).expect(200);
    await owner
      .send(`PUT /plugins/${signing}`, { config: { type: 'APIGW_FRONTEND', key: 'k2', secret: 'secret-of-now' } })
      .expect(200);
    await bind(await plugin('routing', routingTo('http://c.example')), { apiIds: [api] });
    const { body: bound } = await owner.send(`GET /plugins/${signing}/bindings`).expect(200);
    await owner.send(`DELETE /plugins/${signing}/bindings/${bound.items[0].id}`).expect(200);
    const client = await owner.app();
    await owner.send('POST /grants', { appId: client, apiIds: [api], stage: 'RELEASE' }).expect(201);
    await owner.send(`PATCH /apis/${api}`, { description: 'draft' }).expect(200);

    const answer = await rollback(point);
    expect(answer.counts).toEqual({ deployments: 0, bindings: 2, plugins: 2, variables: 3 });
    expect(answer.changes.variables).toEqual([
      { groupId: group, stage: 'RELEASE', name: 'host', action: 'set' },
      { groupId: group, stage: 'RELEASE', name: 'more', action: 'remove' },
      { groupId: group, stage: 'RELEASE', name: 'other', action: 'set' },
    ]);
    expect(await textOf(routing)).toBe(text);
    expect(await textOf(signing)).toContain('secret-of-then');
    const { body: variables } = await owner.send(`GET /groups/${group}/stages/RELEASE/variables`).expect(200);
    expect(variables).toEqual({ host: 'one.example', other: 'x' });
    expect(await noted()).toEqual(await state());
    const { body: grants } = await owner.send(`GET /grants?apiId=${api}`).expect(200);
    expect(grants.items).toHaveLength(1);
    const { body: draft } = await owner.send(`GET /apis/${api}`).expect(200);
    expect(draft.description).toBe('draft');

    const { body: audit } = await owner.send('GET /audit-events?limit=200').expect(200);
    expect(audit.items.find(({ action }: { action: string }) => action === 'revision.rollback')).toMatchObject({
      resourceType: 'instance',
      details: { revision: expect.any(Number) },
    });
    const [{ kept }] = await app.dataSource.query("SELECT string_agg(h::text, ' ') AS kept FROM rollback_history h");
    for (const where of [kept, JSON.stringify(answer), JSON.stringify(audit), app.log()])
      for (const secret of ['secret-of-then', 'secret-of-now']) expect(where).not.toContain(secret);
  });

  it('restores a text that was edited while the plugin was bound nowhere', async () => {
    const group = await owner.group();
    const api = await owner.api(group);
    const id = await plugin('routing', routingTo('http://a.example'));
    const before = await textOf(id);
    await owner.deploy(api);
    await bind(id, { apiIds: [api] });
    const point = await revisionNow(group);
    const { body } = await owner.send(`GET /plugins/${id}/bindings`).expect(200);
    await owner.send(`DELETE /plugins/${id}/bindings/${body.items[0].id}`).expect(200);
    await owner.send(`PUT /plugins/${id}`, { config: routingTo('http://b.example') }).expect(200);
    const unbound = await revisionNow(group);
    await rollback(point);
    expect(await textOf(id)).toBe(before);
    // It did not act at that revision: its text is nobody's business there.
    expect(await rollback(unbound)).toMatchObject({ counts: { bindings: 1, plugins: 0 } });
  });

  it('restores the app that a plugin signs as, and leaves a text that nobody could run or read', async () => {
    const group = await owner.group();
    const [stays, goes] = [newName(), newName()];
    const kept = await owner.app({ name: stays });
    const doomed = await owner.app({ name: goes });
    const [whole, orphan, unread] = [
      await plugin('backendSignature', { type: 'APIGW_FRONTEND', app: stays }),
      await plugin('backendSignature', { type: 'APIGW_FRONTEND', app: goes }),
      await plugin('backendSignature', { type: 'APIGW_FRONTEND', key: 'k', secret: 's' }),
    ];
    for (const id of [whole, orphan, unread]) await bind(id, { apiIds: [await owner.api(group)] });
    const point = await revisionNow(group);
    for (const id of [whole, orphan, unread])
      await owner.send(`PUT /plugins/${id}`, { config: { type: 'APIGW_FRONTEND', key: 'k2', secret: 's2' } }).expect(200);
    await owner.send(`DELETE /apps/${doomed}`).expect(200);
    await app.dataSource.query("UPDATE rollback_history SET value = 'other' || value WHERE target = $1 AND ended", [unread]);

    const { changes, warnings } = await rollback(point);
    expect(changes.plugins).toEqual([{ pluginId: whole }]);
    expect((await owner.send(`GET /plugins/${whole}`).expect(200)).body.appId).toBe(kept);
    const messages = warnings?.map(({ message }) => message);
    expect(messages).toHaveLength(2);
    expect(messages).toEqual(
      expect.arrayContaining([
        expect.stringMatching(`${orphan}.* stays as it is: what it was is refused by now: config.app there is no app ${goes}`),
        expect.stringMatching(`${unread}.* stays as it is: the key that sealed it is gone`),
      ]),
    );
  });

  it('only says what it would do in a dry run, which makes neither revision nor audit row', async () => {
    const group = await owner.group();
    const api = await owner.api(group);
    const { revision } = await owner.deploy(api);
    await owner.deploy(api);
    const counts = () =>
      app.dataSource.query('SELECT (SELECT count(*) FROM audit_events) AS a, (SELECT sum(revision) FROM instances) AS r');
    const before = [await counts(), await state(), await noted()];
    const { dryRun, ...would } = await rollback(revision, '?dryRun=true');
    expect(dryRun).toBe(true);
    expect(would).not.toHaveProperty('revision');
    expect([await counts(), await state(), await noted()]).toEqual(before);
    const { dryRun: _, revision: made, ...done } = await rollback(revision, '?dryRun=false&wait=applied');
    expect(made).toBeGreaterThan(revision);
    expect(done).toEqual({ ...would, applied: { revision: made, nodes: [] } });
  });

  it('makes no revision when nothing has to change', async () => {
    const group = await owner.group();
    const point = await revisionNow(group);
    expect(await rollback(point)).not.toHaveProperty('revision');
  });

  it('says what cannot come back and restores the rest', async () => {
    const group = await owner.group();
    const [deleted, pruned, whole] = [await owner.api(group), await owner.api(group), await owner.api(group)];
    const id = await plugin('routing', routingTo('http://a.example'));
    await owner.send(`POST /groups/${group}/stages`, { name: 'GRAY', alias: 'gray' }).expect(201);
    for (const api of [deleted, pruned, whole]) await owner.deploy(api);
    await owner.deploy(whole, { stage: 'GRAY' });
    await bind(id, { apiIds: [whole] });
    const point = await revisionNow(group);
    const { body: old } = await owner.send(`GET /apis/${pruned}/deployments/RELEASE`).expect(200);
    await owner.deploy(pruned);
    await app.dataSource.query('DELETE FROM api_versions WHERE api_id = $1 AND version = $2', [pruned, old.version]);
    await owner.send(`DELETE /apis/${deleted}/deployments/RELEASE`).expect(200);
    await owner.send(`DELETE /apis/${deleted}`).expect(200);
    await owner.send(`DELETE /apis/${whole}/deployments/RELEASE`).expect(200);
    await owner.send(`DELETE /apis/${whole}/deployments/GRAY`).expect(200);
    await owner.send(`DELETE /groups/${group}/stages/GRAY`).expect(200);
    const { body: bound } = await owner.send(`GET /plugins/${id}/bindings`).expect(200);
    await owner.send(`DELETE /plugins/${id}/bindings/${bound.items[0].id}`).expect(200);
    await owner.send(`DELETE /plugins/${id}`).expect(200);

    const { changes, warnings } = await rollback(point);
    expect(changes).toMatchObject({
      deployments: [{ apiId: whole, stage: 'RELEASE', action: 'deploy' }],
      bindings: [],
      plugins: [],
    });
    const messages = warnings?.filter(({ code }) => code === 'NotRestored').map(({ message }) => message) ?? [];
    expect(messages).toEqual(
      expect.arrayContaining([
        `the binding of routing plugin ${id} on API ${whole} in RELEASE is not restored: the plugin was deleted`,
        expect.stringMatching(`of API ${deleted} in RELEASE is not restored: the API was deleted$`),
        expect.stringMatching(`of API ${whole} in GRAY is not restored: the stage GRAY was deleted$`),
        `version ${old.version} of API ${pruned} in RELEASE is not restored: its history does not reach back that far`,
      ]),
    );
    expect(messages).toHaveLength(4);
    expect(await noted()).toEqual(await state());
  });

  it('leaves a group alone that was on another instance then, and one that is there now', async () => {
    const { body: other } = await ownerOf(app, app.admin).send('POST /instances', { name: newName() }).expect(201);
    const group = await owner.group();
    const api = await owner.api(group);
    const id = await plugin('routing', routingTo('http://a.example'));
    const { revision } = await owner.deploy(api);
    await bind(id, { apiIds: [api] });
    const before = await state();
    const { body: empty } = await owner.send('POST /groups', { name: newName(), instanceId: other.id }).expect(201);
    await owner.send(`POST /groups/${group}/migration`, { instanceId: other.id }).expect(200);
    expect(await noted()).toEqual(await state());

    const here = await rollback(empty.revision, `?instanceId=${other.id}`);
    expect(here.counts).toEqual({ deployments: 0, bindings: 0, plugins: 0, variables: 0 });
    expect(here.warnings).toEqual([
      { code: 'NotRestored', message: expect.stringMatching(`group .* stays as it is: it was on another instance then`) },
    ]);
    expect((await rollback(revision)).warnings).toEqual([
      { code: 'NotRestored', message: expect.stringMatching(`group .* is not restored: it is on another instance now`) },
    ]);
    expect(await state()).toEqual(before);

    // Its own history goes on there, and a plugin changes everywhere at once.
    const point = await owner.deploy(api);
    await owner.deploy(api);
    const home = await owner.group();
    await bind(id, { groupId: home });
    await owner.send(`PUT /plugins/${id}`, { config: routingTo('http://b.example') }).expect(200);
    const back = await rollback(point.revision, `?instanceId=${other.id}`);
    expect(back.changes).toMatchObject({
      deployments: [{ action: 'switch', version: point.version }],
      plugins: [{ pluginId: id }],
    });
    expect(back.warnings?.map(({ code }) => code)).toEqual(['ChangedElsewhere']);
  });

  it('keeps a variable that something uses which stays', async () => {
    const group = await owner.group();
    const api = await owner.api(group);
    const first = await owner.deploy(api);
    await setVariables(group, { host: 'a.example', spare: 'x' });
    await owner.send(`PATCH /apis/${api}`, { backend: { address: 'http://#host#' } }).expect(200);
    await owner.deploy(api);
    await app.dataSource.query('DELETE FROM api_versions WHERE api_id = $1 AND version = $2', [api, first.version]);
    const { changes, warnings } = await rollback(first.revision);
    expect(changes.variables).toEqual([{ groupId: group, stage: 'RELEASE', name: 'spare', action: 'remove' }]);
    expect(warnings?.map(({ message }) => message)).toContain(
      `the variable host of group ${group} in RELEASE stays: a deployed API uses it`,
    );
  });

  it('is refused whole where what stays and what comes back would get in each other’s way', async () => {
    const group = await owner.group();
    const path = `/${newName()}`;
    const [first, second] = [await owner.api(group, { request: { method: 'GET', path } }), await owner.api(group)];
    const { revision } = await owner.deploy(first);
    const old = await owner.deploy(second);
    await owner.send(`DELETE /apis/${first}/deployments/RELEASE`).expect(200);
    await owner.send(`PATCH /apis/${first}`, { request: { path: `/${newName()}` } }).expect(200);
    await owner.send(`PATCH /apis/${second}`, { request: { path } }).expect(200);
    await owner.deploy(second);
    await app.dataSource.query('DELETE FROM api_versions WHERE api_id = $1 AND version = $2', [second, old.version]);
    const before = await state();
    const { body } = await owner.send(`POST /revisions/${old.revision}/rollback`).expect(409);
    expect(body).toMatchObject({ code: 'RepeatedApi', detail: expect.stringContaining(path) });
    await owner.send(`POST /revisions/${old.revision}/rollback?dryRun=true`).expect(409);
    expect(await state()).toEqual(before);
    // At the revision before, the other one was not there.
    await rollback(revision);
  });

  it('is refused where requests would go round for ever', async () => {
    const operator = ownerOf(app, app.admin);
    const [instance] = (await operator.send('GET /instances').expect(200)).body.items;
    await operator.send(`PATCH /instances/${instance.id}`, { callsFromGateway: true }).expect(200);
    const group = await owner.group();
    const { body: internal } = await owner.send(`POST /groups/${group}/internal-domain`).expect(201);
    const [one, two] = [await owner.api(group, mock('1')), await owner.api(group, mock('2'))];
    const pathOf = async (id: string) => (await owner.send(`GET /apis/${id}`).expect(200)).body.request.path;
    const calling = async (id: string) => ({
      backend: {
        type: 'HTTP',
        address: `http://${internal.domain}`,
        path: await pathOf(id),
        method: 'GET',
        statusCode: null,
        body: null,
        headers: null,
      },
    });
    const old = await owner.deploy(two);
    await owner.send(`PATCH /apis/${one}`, await calling(two)).expect(200);
    const { revision } = await owner.deploy(one);
    await owner.send(`DELETE /apis/${one}/deployments/RELEASE`).expect(200);
    await owner.send(`PATCH /apis/${two}`, await calling(one)).expect(200);
    await owner.deploy(two);
    await app.dataSource.query('DELETE FROM api_versions WHERE api_id = $1 AND version = $2', [two, old.version]);
    const { body } = await owner.send(`POST /revisions/${revision}/rollback`).expect(422);
    expect(body.code).toBe('RoutingCycle');
  });
});

describe('who may roll back', () => {
  it('is an editor, of what is the account’s own', async () => {
    const strangers = await app.account('stranger');
    const stranger = ownerOf(app, await app.token('editor', strangers));
    const group = await owner.group();
    const api = await owner.api(group);
    const { revision } = await owner.deploy(api);
    await owner.deploy(api);
    await ownerOf(app, await app.token('publisher', account))
      .send(`POST /revisions/${revision}/rollback`)
      .expect(403);

    // Nothing of its own is on the instance: it is not there for it.
    const { body: absent } = await stranger.send(`POST /revisions/${revision}/rollback`).expect(404);
    expect(absent.code).toBe('NotFoundInstance');
    await stranger.send('GET /revisions').expect(404);

    const own = await stranger.group();
    const id = await stranger.api(own);
    const mine = await stranger.deploy(id);
    await stranger.deploy(id);
    await owner.deploy(api);
    const others = (await state()).filter((line) => !line.includes(id));
    const { changes, warnings } = await rollback(mine.revision, '', stranger);
    expect(warnings).toBeUndefined();
    expect(changes.deployments).toEqual([expect.objectContaining({ apiId: id, version: mine.version })]);
    expect((await state()).filter((line) => !line.includes(id))).toEqual(others);
    expect(await rollback(revision, '?dryRun=true', ownerOf(app, app.admin))).toMatchObject({ counts: { deployments: 0 } });

    // It sees what it did, and nothing of the others.
    const { body: seen } = await stranger.send('GET /revisions').expect(200);
    expect(seen.items.map(({ action }: { action: string }) => action)).toEqual([
      'revision.rollback',
      'api.deploy',
      'api.deploy',
      'group.create',
    ]);
    expect(seen.items[2]).toMatchObject({ resourceType: 'api', resourceId: id, restorable: true, problems: [] });
  });

  it('names a revision that is there', async () => {
    const { body: next } = await owner.send('POST /groups', { name: newName() }).expect(201);
    for (const revision of [0, next.revision + 1, '9'.repeat(15), '9'.repeat(40), 'x', '1%27%20OR%201=1', '-1'])
      await owner.send(`POST /revisions/${revision}/rollback`).expect(404);
    await owner.send('POST /revisions/1/rollback?instanceId=none').expect(404);
    await owner.send('POST /revisions/1/rollback?dryRun=yes').expect(400);
    await owner.send('POST /revisions/1/rollback?instanceId=a&instanceId=b').expect(400);
    await app.dataSource.query('UPDATE revisions SET restorable = false WHERE revision < $1', [next.revision]);
    const { body } = await owner.send(`POST /revisions/${next.revision - 1}/rollback`).expect(409);
    expect(body).toMatchObject({ code: 'RevisionForgotten', detail: expect.stringContaining(`${next.revision}.`) });
    await app.dataSource.query('UPDATE revisions SET restorable = true');
  });
});

describe('the list of revisions', () => {
  it('is paged, newest first, of the default instance unless another is named', async () => {
    const operator = ownerOf(app, app.admin);
    await owner.group();
    // A publication between two looks would show in the second.
    await untilPublished(app.dataSource);
    const { body: all } = await operator.send('GET /revisions?limit=5').expect(200);
    const { body: two } = await operator.send('GET /revisions?limit=2').expect(200);
    const { body: rest } = await operator.send(`GET /revisions?limit=3&cursor=${two.next}&instanceId=${all.items[0].instanceId}`);
    expect([...two.items, ...rest.items]).toEqual(all.items);
    expect(all.items[0]).toMatchObject({ action: 'group.create', resourceType: 'group', createdAt: expect.any(String) });
  });
});

describe('the history', () => {
  it('brings back each of many states exactly', async () => {
    const group = await owner.group();
    const apis = [await owner.api(group), await owner.api(group), await owner.api(group)];
    const plugins = [
      await plugin('routing', routingTo('http://p.example')),
      await plugin('routing', routingTo('http://q.example')),
    ];
    const states = new Map<number, string[]>();
    const texts = async () => Promise.all(plugins.map(textOf));
    // A walk without chance, so that a failure can be seen again.
    let seed = 7;
    const pick = <T>(list: readonly T[]): T => {
      seed = (seed * 48271) % 2147483647;
      return list[seed % list.length]!;
    };
    for (let step = 0; step < 40; step++) {
      const api = pick(apis);
      const id = pick(plugins);
      const place = pick([{ apiIds: [api] }, { groupId: group }]);
      const writes = [
        () => owner.send(`POST /apis/${api}/deployments`, { stage: 'RELEASE' }),
        () => owner.send(`DELETE /apis/${api}/deployments/RELEASE`),
        () => owner.send(`POST /plugins/${id}/bindings`, { stage: 'RELEASE', ...place }),
        () => owner.send(`PUT /plugins/${id}`, { config: routingTo(`http://n${step}.example`) }),
        () => owner.send(`PUT /groups/${group}/stages/RELEASE/variables`, { [pick(['a', 'b'])]: pick(['1', '2']), c: '3' }),
        async () => {
          const { body } = await owner.send(`GET /plugins/${id}/bindings`);
          return owner.send(`DELETE /plugins/${id}/bindings/${body.items[0]?.id ?? 'none'}`);
        },
      ];
      const { status, body } = await pick(writes)();
      expect([200, 201, 404]).toContain(status);
      if (body.revision === undefined) continue;
      expect(await noted()).toEqual(await state());
      const bound = (await state()).join();
      states.set(body.revision, [...(await state()), ...(await texts()).filter((_, n) => bound.includes(plugins[n]!))]);
    }
    expect(states.size).toBeGreaterThan(20);
    for (const [revision, expected] of [...states].sort(() => (pick([0, 1]) === 0 ? -1 : 1))) {
      await rollback(revision);
      const bound = (await state()).join();
      expect([...(await state()), ...(await texts()).filter((_, n) => bound.includes(plugins[n]!))]).toEqual(expected);
    }
  }, 120_000);
});

describeOnPostgres('two control planes', () => {
  it('roll back and deploy at once: each write stands whole, one after the other', async () => {
    const second = await startTestApp({
      ...MASTER_KEY,
      CAUSEWAY_ADMIN_TOKEN: app.admin.replace('Bearer ', ''),
      DATABASE_URL: String((app.dataSource.options as { url?: string }).url),
    });
    const there = ownerOf(second, await app.token('admin', account));
    const group = await owner.group();
    const apis = [await owner.api(group), await owner.api(group), await owner.api(group)];
    const id = await plugin('routing', routingTo('http://p.example'));
    for (const api of apis) await owner.deploy(api);
    const one = { revision: await bind(id, { groupId: group }), state: await state() };
    for (const api of apis) await owner.deploy(api);
    await owner.send(`PUT /plugins/${id}`, { config: routingTo('http://q.example') }).expect(200);
    const two = { revision: await setVariables(group, { a: '1' }), state: await state() };
    await owner.send(`DELETE /apis/${apis[0]}/deployments/RELEASE`).expect(200);

    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all([
        owner.send(`POST /revisions/${one.revision}/rollback`),
        there.send(`POST /revisions/${two.revision}/rollback`),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      const [a, b] = answers.map(({ body }) => body.revision ?? 0) as [number, number];
      expect(a).not.toBe(b);
      expect(await state()).toEqual(a > b ? one.state : two.state);
      expect(await noted()).toEqual(await state());
    }

    const writes = apis.flatMap((api, n) => [
      owner.send(`POST /apis/${api}/deployments`, { stage: 'RELEASE' }),
      there.send(`POST /revisions/${n % 2 === 0 ? one.revision : two.revision}/rollback`),
      there.send(`POST /apis/${api}/deployments`, { stage: 'RELEASE' }),
      owner.send(`PUT /plugins/${id}`, { config: routingTo(`http://r${n}.example`) }),
      owner.send(`POST /revisions/${one.revision}/rollback`),
      there.send(`PUT /groups/${group}/stages/RELEASE/variables`, { a: String(n) }),
    ]);
    const done = await Promise.all(writes);
    expect(done.map(({ status }) => status).filter((status) => status !== 200 && status !== 201)).toEqual([]);
    const made = done.flatMap(({ body }) => (body.revision === undefined ? [] : [body.revision]));
    expect(new Set(made).size).toBe(made.length);
    expect(await noted()).toEqual(await state());
    await rollback(two.revision);
    expect(await state()).toEqual(two.state);
    await second.close();
  });
});

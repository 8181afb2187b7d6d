/** Signature plugins that name an app: data planes get its newest key pair, whatever happens to the app. */
import { chunkKeys, type PluginChunk, sealedPaths } from '@causeway/contract';
import { describeOnPostgres } from '@causeway/test-stores';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openPublished } from '../testing/open-published.js';
import { newName, type Owner, ownerOf } from '../testing/owner.js';
import { publishedChunk } from '../testing/published.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';

let app: TestApp;
let owner: Owner;
let stranger: Owner;

beforeAll(async () => {
  app = await startTestApp();
  owner = ownerOf(app, app.admin);
  stranger = ownerOf(app, await app.token('admin', await app.account('stranger')));
});
afterAll(() => app.close());

interface Made {
  readonly id: string;
  readonly name: string;
  readonly key: string;
  readonly secret: string;
}

const TYPE = 'backendSignature';
const newApp = async (): Promise<Made> => (await owner.send('POST /apps', { name: newName() }).expect(201)).body as Made;
const naming = (named: string, type = 'APIGW_FRONTEND') => ({ type, app: named });
const post = (config: unknown) => owner.send('POST /plugins', { name: newName(), type: TYPE, config });

async function boundPlugin(config: unknown): Promise<{ id: string; revision: number }> {
  const { body: made } = await post(config).expect(201);
  const body = { groupId: await owner.group(), stage: 'RELEASE' };
  const { body: bound } = await owner.send(`POST /plugins/${made.id}/bindings`, body).expect(201);
  return { id: made.id, revision: bound.revision };
}

/** The configuration as a data plane opens it. */
async function published(revision: number, pluginId: string) {
  const chunk = await publishedChunk<PluginChunk>(app, revision, chunkKeys.plugin(pluginId));
  if (chunk === null) throw new Error('The plugin is not published');
  const { secret, ...config } = chunk.config;
  expect(secret).toMatch(/^v1\./);
  return { ...config, secret: await openPublished(app, sealedPaths.pluginField(pluginId, 'secret'), String(secret)) };
}

/** Waits until the plugin's chunk on an instance is there and another one than `before`; gives its hash. */
async function publishedOn(instanceId: string, pluginId: string, before: string | null): Promise<string> {
  for (;;) {
    const [row]: { hash: string }[] = await app.dataSource.query(
      'SELECT hash FROM manifest_chunks WHERE instance_id = $1 AND key = $2 AND to_revision IS NULL',
      [instanceId, chunkKeys.plugin(pluginId)],
    );
    if (row !== undefined && row.hash !== before) return row.hash;
    await new Promise(setImmediate);
  }
}

describe('a signature plugin that names an app', () => {
  it.each([
    ['APIGW_FRONTEND', 'id'],
    ['APIGW_FRONTEND', 'name'],
    ['APIGW_BACKEND', 'id'],
    ['APIGW_BACKEND', 'name'],
  ] as const)('of type %s by its %s signs with its key pair', async (type, by) => {
    const made = await newApp();
    const { id, revision } = await boundPlugin(naming(made[by], type));
    expect(await published(revision, id)).toEqual({ type, key: made.key, secret: made.secret });
  });

  it('is kept as it was written, and says which app that is', async () => {
    const made = await newApp();
    const config = `---\ntype: APIGW_FRONTEND # calls\napp: ${made.name}\nsignatureMethod: HmacSHA1\n`;
    const { body } = await post(config).expect(201);
    expect(body).toMatchObject({ config, appId: made.id });
    expect((await owner.send(`GET /plugins/${body.id}`)).body).toMatchObject({ config, appId: made.id });
    expect((await owner.send(`GET /plugins/${body.id}?reveal=secrets`)).body).toMatchObject({ config, appId: made.id });
  });

  it('signs with the new secret after a rotation', async () => {
    const made = await newApp();
    const { id } = await boundPlugin(naming(made.id));
    const { body } = await owner.send(`POST /apps/${made.id}/keys/${made.key}/rotation`, { overlapSeconds: 60 }).expect(200);
    expect(await published(body.revision, id)).toMatchObject({ key: made.key, secret: body.secret });
  });

  it('signs with the newest pair, and with the one before when that is deleted', async () => {
    const made = await newApp();
    const { id } = await boundPlugin(naming(made.id));
    const { body: newer } = await owner.send(`POST /apps/${made.id}/keys`, { key: `0-${newName()}` }).expect(201);
    expect(await published(newer.revision, id)).toMatchObject({ key: newer.key, secret: newer.secret });
    const { body: gone } = await owner.send(`DELETE /apps/${made.id}/keys/${newer.key}`).expect(200);
    expect(await published(gone.revision, id)).toMatchObject({ key: made.key, secret: made.secret });
  });

  it('follows the app through a new name, which warns of the old one', async () => {
    const made = await newApp();
    const { id } = await boundPlugin(naming(made.name));
    const { body } = await owner.send(`PATCH /apps/${made.id}`, { name: newName() }).expect(200);
    expect(body.warnings).toMatchObject([{ code: 'AppRenamed', message: expect.stringContaining(id) }]);
    expect(await published(body.revision, id)).toMatchObject({ key: made.key, secret: made.secret });
    const { body: again } = await owner.send(`PATCH /apps/${made.id}`, { extend: 'x' }).expect(200);
    expect(again).not.toHaveProperty('warnings');
  });

  it('is published on every instance that it is bound on', async () => {
    const made = await newApp();
    const { id } = await boundPlugin(naming(made.id));
    const { body: instance } = await owner.send('POST /instances', { name: newName() }).expect(201);
    const { body: group } = await owner.send('POST /groups', { name: newName(), instanceId: instance.id }).expect(201);
    await owner.send(`POST /plugins/${id}/bindings`, { groupId: group.id, stage: 'RELEASE' }).expect(201);
    const before = await publishedOn(instance.id, id, null);
    const { body } = await owner.send(`POST /apps/${made.id}/keys/${made.key}/rotation`).expect(200);
    await publishedOn(instance.id, id, before);
    expect(await published(body.revision, id)).toMatchObject({ secret: body.secret });
  });

  it('takes a key pair in place of the app, and an app in place of the key pair', async () => {
    const made = await newApp();
    const { id } = await boundPlugin(naming(made.id));
    const pair = { type: 'APIGW_FRONTEND', key: 'OTHERKEY', secret: 'OTHERSECRET' };
    const { body: pasted } = await owner.send(`PUT /plugins/${id}`, { config: pair }).expect(200);
    expect(pasted).not.toHaveProperty('appId');
    expect(await published(pasted.revision, id)).toEqual(pair);
    await owner.send(`DELETE /apps/${made.id}`).expect(200);
    const other = await newApp();
    const { body: named } = await owner.send(`PUT /plugins/${id}`, { config: naming(other.name) }).expect(200);
    expect(named.appId).toBe(other.id);
    expect(await published(named.revision, id)).toMatchObject({ key: other.key, secret: other.secret });
    const kept = { type: 'APIGW_FRONTEND', key: 'OTHERKEY', secret: '******' };
    await owner.send(`PUT /plugins/${id}`, { config: kept }).expect(422);
  });

  it('is refused where the account has no such app, as is its replacement, and a check says so', async () => {
    const theirs = (await stranger.send('POST /apps', { name: newName() }).expect(201)).body as Made;
    const { body: made } = await post({ type: 'APIGW_FRONTEND', key: 'K', secret: 'S' }).expect(201);
    for (const named of [theirs.id, theirs.name, '9007199254740991', '9999999999999999', 'no_such_app']) {
      const errors = [{ path: 'config.app', message: `there is no app ${named} in the account` }];
      expect((await post(naming(named)).expect(422)).body).toMatchObject({ code: 'InvalidPluginData', errors });
      expect((await owner.send(`PUT /plugins/${made.id}`, { config: naming(named) }).expect(422)).body.errors).toEqual(errors);
      const check = await owner.send('POST /plugins/check', { type: TYPE, config: naming(named) }).expect(200);
      expect(check.body).toEqual({ problems: errors, warnings: [], summary: [] });
    }
    const { name } = await newApp();
    const { body: found } = await owner.send('POST /plugins/check', { type: TYPE, config: `type: APIGW_BACKEND\napp: ${name}` });
    const summary = [expect.stringContaining(`the newest key pair of the app ${name}`)];
    expect(found).toEqual({ problems: [], warnings: [], summary });
    const both = { ...naming(name), key: 'K', secret: 'S' };
    expect((await post(both).expect(422)).body.errors).toMatchObject([{ path: 'config.key' }, { path: 'config.secret' }]);
  });

  it('keeps its app from being deleted, bound or not', async () => {
    const made = await newApp();
    const { body: plugin } = await post(naming(made.id)).expect(201);
    const { body } = await owner.send(`DELETE /apps/${made.id}`).expect(409);
    expect(body).toMatchObject({ code: 'DependencyViolationApp', detail: expect.stringContaining(plugin.name) });
    expect(body.detail).toContain(plugin.id);
    await owner.send(`DELETE /apps/${made.id}/keys/${made.key}`).expect(409);
    await owner.send(`DELETE /plugins/${plugin.id}`).expect(200);
    await owner.send(`DELETE /apps/${made.id}`).expect(200);
  });
});

async function someoneWaits(): Promise<boolean> {
  const rows: unknown[] = await app.dataSource.query(
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
  );
  return rows.length > 0;
}

describeOnPostgres('at the same time', () => {
  it('an app is deleted or named, never both', async () => {
    for (let round = 0; round < 5; round++) {
      const made = await newApp();
      const [deleted, named] = await Promise.all([owner.send(`DELETE /apps/${made.id}`), post(naming(made.id))]);
      expect([deleted.status, named.status]).toEqual(named.status === 201 ? [409, 201] : [200, 422]);
    }
  });

  it('a rotation waits for a binding on its way, and reaches it', async () => {
    const made = await newApp();
    const groupId = await owner.group();
    const { body: plugin } = await post(naming(made.id)).expect(201);
    const binding = app.dataSource.createQueryRunner();
    await binding.startTransaction();
    await binding.query('SELECT id FROM plugins WHERE id = $1 FOR UPDATE', [plugin.id]);
    await binding.query("INSERT INTO plugin_bindings (id, plugin_id, type, stage, group_id) VALUES ($1, $1, $2, 'RELEASE', $3)", [
      plugin.id,
      TYPE,
      groupId,
    ]);
    let isDone = false;
    const rotating = owner.send(`POST /apps/${made.id}/keys/${made.key}/rotation`).then((answer) => {
      isDone = true;
      return answer;
    });
    while (!isDone && !(await someoneWaits())) await new Promise(setImmediate);
    expect(isDone).toBe(false);
    await binding.commitTransaction();
    await binding.release();
    const { body } = await rotating;
    expect(await published(body.revision, plugin.id)).toMatchObject({ secret: body.secret });
  });

  it('rotations, bindings and edits leave the latest secret published', async () => {
    const made = await newApp();
    const { body: plugin } = await post(naming(made.id)).expect(201);
    const groups = await Promise.all([owner.group(), owner.group(), owner.group()]);
    const answers = await Promise.all([
      ...groups.map((groupId) => owner.send(`POST /plugins/${plugin.id}/bindings`, { groupId, stage: 'RELEASE' })),
      ...[1, 2, 3].map(() => owner.send(`POST /apps/${made.id}/keys/${made.key}/rotation`)),
      ...[1, 2].map(() => owner.send(`PUT /plugins/${plugin.id}`, { config: naming(made.name) })),
    ]);
    expect(answers.filter(({ status }) => status >= 300).map(({ body }) => body)).toEqual([]);
    const latest = Math.max(...answers.map(({ body }) => body.revision ?? 0));
    const { body } = await owner.send(`GET /apps/${made.id}?reveal=secrets`);
    expect(await published(latest, plugin.id)).toMatchObject({ key: made.key, secret: body.keys[0].secret });
  });
});

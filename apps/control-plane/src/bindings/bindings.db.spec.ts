/** Plugins act where they are bound, at once, one of a type in a place. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../testing/test-app.js';

const SIGNATURE = 'type: APIGW_FRONTEND\nkey: K\nsecret: S\n';

let app: TestApp;
let group: string;
let deployed: string;
let draft: string;
let names = 0;

beforeAll(async () => {
  app = await startTestApp();
  const instance = `/api/v1/instances/${(await get('instances')).items[0].id}`;
  await app.http.patch(instance).set('Authorization', app.admin).send({ callsFromGateway: true }).expect(200);
  group = (await post('groups', { name: 'one_group' }, 201)).id;
  deployed = await createApi('deployed', '/a');
  draft = await createApi('waiting', '/b');
  await post(`apis/${deployed}/deployments`, { stage: 'RELEASE' }, 201);
});
afterAll(() => app.close());

describe('binding a plugin to APIs', () => {
  it('puts it in force on the instance, and on those of them that are deployed', async () => {
    const plugin = await createPlugin();
    const { items, revision } = await bind(plugin, { apiIds: [draft, deployed], stage: 'RELEASE' });
    expect(items).toEqual([
      { id: expect.stringMatching(/^[0-9a-f]{32}$/), apiId: draft, stage: 'RELEASE' },
      { id: expect.stringMatching(/^[0-9a-f]{32}$/), apiId: deployed, stage: 'RELEASE' },
    ]);
    const chunks = await published(revision);
    expect(chunks[`apis:${group}:0`]).toMatchObject({ apis: [{ id: deployed, plugins: [plugin] }] });
    expect(chunks[`plugin:${plugin}`]).toMatchObject({ type: 'backendSignature', config: { key: 'K' } });
    expect(JSON.stringify(chunks)).not.toContain('"secret":"S"');
  });

  it('replaces one of the same type, which leaves the instance when nothing else uses it', async () => {
    const [first, second] = [await createPlugin(), await createPlugin()];
    const before = await bind(first, { apiIds: [deployed], stage: 'RELEASE' });
    expect(await published(before.revision)).toHaveProperty([`plugin:${first}`]);
    const { revision } = await bind(second, { apiIds: [deployed], stage: 'RELEASE' });
    const chunks = await published(revision);
    expect(chunks[`apis:${group}:0`]).toMatchObject({ apis: [{ plugins: [second] }] });
    expect(chunks).not.toHaveProperty([`plugin:${first}`]);
    expect((await list(first)).items).toEqual([]);
  });

  it('leaves other stages and other types alone', async () => {
    const [release, test, routing] = [await createPlugin(), await createPlugin(), await createPlugin('routing')];
    for (const plugin of [release, routing]) await bind(plugin, { apiIds: [deployed], stage: 'RELEASE' });
    await bind(test, { apiIds: [deployed], stage: 'TEST' });
    for (const plugin of [release, test, routing]) expect((await list(plugin)).items).toHaveLength(1);
  });

  it('again changes nothing and keeps its id', async () => {
    const plugin = await createPlugin();
    const once = await bind(plugin, { apiIds: [deployed], stage: 'PRE' });
    const twice = await bind(plugin, { apiIds: [deployed], stage: 'PRE' });
    expect(twice.items).toEqual(once.items);
  });
});

describe('binding a plugin to a group', () => {
  it('puts it in force in the group, and taking it away ends that', async () => {
    const plugin = await createPlugin();
    const { items, revision } = await bind(plugin, { groupId: group, stage: 'RELEASE' });
    expect(items).toEqual([{ id: expect.anything(), groupId: group, stage: 'RELEASE' }]);
    expect((await published(revision))[`group:${group}`]).toMatchObject({ bindings: [{ pluginId: plugin, stage: 'RELEASE' }] });
    const path = `/api/v1/plugins/${plugin}/bindings/${items[0].id}`;
    const { body } = await app.http.delete(path).set('Authorization', app.admin).expect(200);
    const chunks = await published(body.revision);
    expect(chunks[`group:${group}`]).toMatchObject({ bindings: [] });
    expect(chunks).not.toHaveProperty([`plugin:${plugin}`]);
    await app.http.delete(path).set('Authorization', app.admin).expect(404);
  });

  it('warns of what is doubtful in the configuration', async () => {
    const config = {
      routes: [{ name: 'r', condition: "'a' = 'a' or 'b' = 'b' and 'c' = 'd'", backend: { address: 'b.example' } }],
    };
    const { id } = await post('plugins', { name: 'doubtful', type: 'routing', config }, 201);
    const { warnings } = await bind(id, { groupId: group, stage: 'PRE' });
    expect(warnings).toMatchObject([{ code: 'mixed-operators', path: 'config.routes[0].condition' }]);
  });
});

describe('a binding is refused, and nothing changes,', () => {
  const ghost = 'f'.repeat(32);

  it.each([
    ['neither APIs nor a group', { stage: 'RELEASE' }, ['apiIds', 'groupId']],
    ['no API', { apiIds: [], stage: 'RELEASE' }, ['apiIds']],
    ['an API twice', { apiIds: [ghost, ghost], stage: 'RELEASE' }, ['apiIds']],
    [
      '101 APIs',
      { apiIds: Array.from({ length: 101 }, (_, n) => n.toString(16).padStart(32, '0')), stage: 'RELEASE' },
      ['apiIds'],
    ],
    ['three wrong fields', { apiIds: ['x'], stage: 'release', when: 1 }, ['apiIds', 'stage', 'when']],
    ['values of other types', { apiIds: ghost, groupId: 5, stage: 'RELEASE' }, ['apiIds', 'groupId']],
    ['both APIs and a group', { apiIds: [ghost], groupId: ghost, stage: 'RELEASE' }, ['groupId']],
  ])('when it has %s', async (_, body, paths) => {
    const { errors } = await post(`plugins/${await createPlugin()}/bindings`, body, 400);
    expect([...new Set(errors.map(({ path }: { path: string }) => path))].sort()).toEqual(paths);
  });

  it('when one of its APIs is not there', async () => {
    const plugin = await createPlugin();
    const body = { apiIds: [deployed, ghost], stage: 'RELEASE' };
    const problem = await post(`plugins/${plugin}/bindings`, body, 422);
    expect(problem).toMatchObject({
      code: 'NotFoundApi',
      errors: [{ path: 'apiIds[1]', message: expect.stringContaining(ghost) }],
    });
    expect((await list(plugin)).items).toEqual([]);
  });

  it('when its group is not there', async () => {
    const problem = await post(`plugins/${await createPlugin()}/bindings`, { groupId: ghost, stage: 'TEST' }, 422);
    expect(problem).toMatchObject({ code: 'NotFoundApiGroup', errors: [{ path: 'groupId' }] });
  });

  it('when plugin, API or group are another account’s', async () => {
    const plugin = await createPlugin();
    const stranger = await app.token('admin', await app.account('strangers'));
    const theirs = await app.http
      .post('/api/v1/plugins')
      .set('Authorization', stranger)
      .send({ name: 'theirs', type: 'backendSignature', config: SIGNATURE });
    const tries = [
      [plugin, { apiIds: [deployed], stage: 'RELEASE' }, 404],
      [theirs.body.id, { apiIds: [deployed], stage: 'RELEASE' }, 422],
      [theirs.body.id, { groupId: group, stage: 'RELEASE' }, 422],
    ] as const;
    for (const [id, body, status] of tries)
      await app.http.post(`/api/v1/plugins/${id}/bindings`).set('Authorization', stranger).send(body).expect(status);
    await app.http.get(`/api/v1/plugins/${plugin}/bindings`).set('Authorization', stranger).expect(404);
  });

  it('when the token may only deploy', async () => {
    const publisher = await app.token('publisher');
    const body = { apiIds: [deployed], stage: 'RELEASE' };
    await app.http
      .post(`/api/v1/plugins/${await createPlugin()}/bindings`)
      .set('Authorization', publisher)
      .send(body)
      .expect(403);
  });

  it('when requests would go round for ever', async () => {
    const { domain } = await post(`groups/${group}/internal-domain`, undefined, 201);
    const config = { routes: [{ name: 'r', condition: '1 = 1', backend: { type: 'HTTP', address: domain, path: '/a' } }] };
    const { id } = await post('plugins', { name: 'loop', type: 'routing', config }, 201);
    const problem = await post(`plugins/${id}/bindings`, { apiIds: [deployed], stage: 'RELEASE' }, 422);
    expect(problem).toMatchObject({ code: 'RoutingCycle', errors: [{ path: 'apiIds' }] });
    expect((await list(id)).items).toEqual([]);
  });
});

it('a plugin that keeps requests from going round for ever cannot be taken away', async () => {
  const { domain } = await post(`groups/${group}/internal-domain`, undefined, 201);
  const routing = (address: string) => ({
    routes: [{ name: 'r', condition: '1 = 1', backend: { type: 'HTTP', address, path: '/c' } }],
  });
  const api = await createApi('circling', '/c');
  const away = await post('plugins', { name: 'way_out', type: 'routing', config: routing('out.example.com') }, 201);
  const round = await post('plugins', { name: 'roundabout', type: 'routing', config: routing(domain) }, 201);
  const { items } = await bind(away.id, { apiIds: [api], stage: 'RELEASE' });
  await post(`apis/${api}/deployments`, { stage: 'RELEASE' }, 201);
  await bind(round.id, { groupId: group, stage: 'RELEASE' });
  const path = `/api/v1/plugins/${away.id}/bindings/${items[0].id}`;
  const { body } = await app.http.delete(path).set('Authorization', app.admin).expect(422);
  expect(body).toMatchObject({ code: 'RoutingCycle', errors: [{ path: 'apiIds' }] });
  expect((await list(away.id)).items).toEqual(items);
});

it('bindings are listed page by page', async () => {
  const plugin = await createPlugin();
  for (const stage of ['RELEASE', 'PRE', 'TEST']) await bind(plugin, { apiIds: [draft], stage });
  const first = await get(`plugins/${plugin}/bindings?limit=2`);
  const second = await get(`plugins/${plugin}/bindings?limit=2&cursor=${first.next}`);
  expect(second.next).toBeNull();
  expect([...first.items, ...second.items].map(({ stage }: { stage: string }) => stage).sort()).toEqual([
    'PRE',
    'RELEASE',
    'TEST',
  ]);
});

// biome-ignore lint/suspicious/noExplicitAny: answers are looked at field by field.
type Body = any;

async function post(path: string, body: object | undefined, status: number): Promise<Body> {
  const answer = await app.http.post(`/api/v1/${path}`).set('Authorization', app.admin).send(body);
  expect([answer.status, answer.body]).toEqual([status, expect.anything()]);
  return answer.body;
}

async function get(path: string): Promise<Body> {
  return (await app.http.get(`/api/v1/${path}`).set('Authorization', app.admin).expect(200)).body;
}

function list(plugin: string): Promise<Body> {
  return get(`plugins/${plugin}/bindings`);
}

function bind(plugin: string, body: object): Promise<Body> {
  return post(`plugins/${plugin}/bindings`, body, 201);
}

async function createPlugin(type = 'backendSignature'): Promise<string> {
  const config = type === 'routing' ? { routes: [{ name: 'r', condition: "'a' = 'b'", backend: { path: '/x' } }] } : SIGNATURE;
  return (await post('plugins', { name: `plugin_${++names}`, type, config }, 201)).id;
}

async function createApi(name: string, path: string): Promise<string> {
  const backend = { type: 'HTTP', address: 'http://backend.example.com' };
  return (await post(`groups/${group}/apis`, { name, request: { method: 'GET', path }, backend }, 201)).id;
}

/** The chunks of the only instance, once the revision is published. */
async function published(revision: number): Promise<Record<string, unknown>> {
  for (;;) {
    const rows: { key: string; bytes: Buffer }[] = await app.dataSource.query(
      `SELECT m.key, c.bytes FROM published_manifests p CROSS JOIN LATERAL jsonb_each_text(p.manifest -> 'chunks') AS m (key, hash)
       JOIN chunks c ON c.hash = m.hash WHERE p.revision >= $1`,
      [revision],
    );
    if (rows.length > 0) return Object.fromEntries(rows.map(({ key, bytes }) => [key, JSON.parse(bytes.toString('utf8'))]));
    await new Promise(setImmediate);
  }
}

/** Plugins over HTTP: stored as written, refused with every complaint, shared with nobody. */
import { describeOnPostgres } from '@causeway/test-stores';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '../http/new-id.js';
import { ownerOf } from '../testing/owner.js';
import { publishedChunk } from '../testing/published.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';
import { ROUTING_TEXT, SIGNATURE_TEXT } from './testing/document-texts.js';

const BASE = '/api/v1/plugins';
const MASKED_TEXT = SIGNATURE_TEXT.replace('TESTSECRET', '"******"');

let app: TestApp;
let editor: string;
let names = 0;

beforeAll(async () => {
  app = await startTestApp();
  editor = await app.token('editor');
});
afterAll(() => app.close());

const nextName = () => `plugin_${++names}`;
const post = (body: object, path = BASE) => app.http.post(path).set('Authorization', editor).send(body);
const get = (path: string, token = editor) => app.http.get(`${BASE}${path}`).set('Authorization', token);
const put = (id: string, body: object) => app.http.put(`${BASE}/${id}`).set('Authorization', editor).send(body);
const remove = (id: string, token = editor) => app.http.delete(`${BASE}/${id}`).set('Authorization', token);

async function create(type: string, config: unknown, more: object = {}): Promise<string> {
  const { body } = await post({ name: nextName(), type, config, ...more }).expect(201);
  return body.id;
}

const route = (condition: string) => ({ name: 'r', condition, backend: { type: 'HTTP', address: 'x.example.com' } });
const refusal = async (config: unknown, type = 'routing') => {
  const { body } = await post({ name: nextName(), type, config }).expect(422);
  return body as { code: string; errors: { path: string; message: string }[] };
};

async function bindToNewGroup(pluginId: string): Promise<void> {
  const groupId = await ownerOf(app, editor).group();
  await post({ groupId, stage: 'RELEASE' }, `${BASE}/${pluginId}/bindings`).expect(201);
}

const lastAudit = async () =>
  (await app.dataSource.query('SELECT action, resource_id, details FROM audit_events ORDER BY id DESC LIMIT 1'))[0];

describe('the two plugins of the original document', () => {
  it('are stored and read character for character, the secret aside', async () => {
    expect((await get(`/${await create('routing', ROUTING_TEXT)}`)).body.config).toBe(ROUTING_TEXT);
    const { body } = await post({ name: nextName(), type: 'backendSignature', config: SIGNATURE_TEXT }).expect(201);
    expect(body.config).toBe(SIGNATURE_TEXT);
    expect((await get(`/${body.id}`)).body.config).toBe(MASKED_TEXT);
  });

  it('rest sealed, and leave no secret in audit rows or the log', async () => {
    const id = await create('backendSignature', SIGNATURE_TEXT);
    await get(`/${id}?reveal=secrets`).expect(200);
    const [row] = await app.dataSource.query('SELECT config FROM plugins WHERE id = $1', [id]);
    expect(row.config).not.toContain('TESTSECRET');
    expect(JSON.stringify(await app.dataSource.query('SELECT * FROM audit_events'))).not.toContain('TESTSECRET');
    expect(app.log()).not.toContain('TESTSECRET');
  });
});

describe('creating a plugin', () => {
  it('gives it an id, or keeps the one it brings', async () => {
    const { body } = await post({ name: '分流_1', type: 'routing', config: ROUTING_TEXT }).expect(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      name: '分流_1',
      type: 'routing',
      config: ROUTING_TEXT,
      createdAt: expect.any(String),
      updatedAt: body.createdAt,
    });
    const id = newId();
    expect(await create('routing', ROUTING_TEXT, { id })).toBe(id);
    const taken = await post({ id, name: nextName(), type: 'routing', config: ROUTING_TEXT }).expect(409);
    expect(taken.body).toMatchObject({ code: 'DuplicatePlugin', errors: [{ path: 'id' }] });
  });

  it('takes an object, which it keeps as JSON', async () => {
    const config = { type: 'APIGW_FRONTEND', key: 'K', secret: 'S "1"' };
    const id = await create('backendSignature', config);
    expect(JSON.parse((await get(`/${id}`)).body.config)).toEqual({ ...config, secret: '******' });
    expect(JSON.parse((await get(`/${id}?reveal=secrets`)).body.config)).toEqual(config);
  });

  it('takes JSON text', async () => {
    const config = JSON.stringify({ routes: [route('1 = 1')] }, null, '\t');
    expect((await get(`/${await create('routing', config)}`)).body.config).toBe(config);
  });

  it.each(['abc', '_abcd', 'a-bcd', 'a bcd', 'x'.repeat(51), 'Ünder', 7, null])('refuses the name %j', async (name) => {
    const { body } = await post({ name, type: 'routing', config: ROUTING_TEXT }).expect(400);
    expect(body.errors).toMatchObject([{ path: 'name' }]);
  });

  it('refuses a name that the account has given, and lets another account give it', async () => {
    const name = nextName();
    await post({ name, type: 'routing', config: ROUTING_TEXT }).expect(201);
    const { body } = await post({ name, type: 'backendSignature', config: SIGNATURE_TEXT }).expect(409);
    expect(body).toMatchObject({ code: 'DuplicatePlugin', errors: [{ path: 'name' }] });
    const other = await app.token('editor', await app.account(nextName()));
    await app.http.post(BASE).set('Authorization', other).send({ name, type: 'routing', config: ROUTING_TEXT }).expect(201);
  });

  it.each([[undefined], [null], [7], [true], [['routes: []']]])('refuses the configuration %j', async (config) => {
    const { body } = await post({ name: nextName(), type: 'routing', config }).expect(400);
    expect(body.errors).toMatchObject([{ path: 'config' }]);
  });

  it('refuses fields that it does not know', async () => {
    const { body } = await post({ name: nextName(), type: 'routing', config: ROUTING_TEXT, size: 1 }).expect(400);
    expect(body.errors).toEqual([{ path: 'size', message: 'is not a known field' }]);
  });
});

describe('a configuration', () => {
  it('of an unknown type is refused with the types that there are', async () => {
    const { code, errors } = await refusal(ROUTING_TEXT, 'router');
    expect(code).toBe('InvalidPluginData');
    expect(errors).toEqual([{ path: 'type', message: expect.stringMatching(/routing.*backendSignature/) }]);
  });

  it('whose condition does not parse is refused with the position and what was expected', async () => {
    const { code, errors } = await refusal({ routes: [route("$target @ 'a'"), { ...route("$a = 'b' and"), name: 'r2' }] });
    expect(code).toBe('InvalidPluginData');
    expect(errors.map(({ path }) => path)).toEqual(['config.routes[0].condition', 'config.routes[1].condition']);
    for (const { message } of errors) expect(message).toMatch(/expected .*column \d+|column \d+.*expected/i);
  });

  it('is refused with every complaint at once, each with its path', async () => {
    const { errors } = await refusal({ routes: [{ name: 'a b', condition: 3, backend: { port: 1 }, weight: 2 }], extra: 1 });
    expect(errors.map(({ path }) => path).sort()).toEqual([
      'config.extra',
      'config.routes[0].backend.port',
      'config.routes[0].condition',
      'config.routes[0].name',
      'config.routes[0].weight',
    ]);
  });

  it('with a backend of an unsupported type is refused by a code of its own', async () => {
    const { code, errors } = await refusal({ routes: [{ ...route('1 = 1'), backend: { type: 'oss' } }] });
    expect(code).toBe('UnsupportedBackendType');
    expect(errors).toEqual([{ path: 'config.routes[0].backend.type', message: 'Backend type oss is not supported' }]);
  });

  it('that is no YAML is refused with line and column', async () => {
    const { errors } = await refusal('routes:\n- name: [a\n');
    expect(errors[0]).toEqual({ path: 'config', message: expect.stringMatching(/^line \d+, column \d+: /) });
  });

  it.each([
    ['duplicate keys', 'routes: []\nroutes: []', 'found routes again'],
    ['an alias bomb', `a: &a [x,x]\n${'bcdefgh'.replace(/./g, '$&: &$& [*a,*a]\n')}`, 'anchor'],
    ['a tag', 'routes: !!js/function x', 'tag'],
    ['two documents', `${ROUTING_TEXT}---\na: 1\n`, 'second document'],
    ['more than 51200 bytes', `# ${'é'.repeat(25_600)}\n${ROUTING_TEXT}`, '51200'],
    ['endless nesting', `routes: ${'['.repeat(20_000)}`, ''],
    ['nothing', '', 'empty'],
    ['a list', '- 1', 'fields'],
  ])('with %s is refused', async (_, config, message) => {
    const { code, errors } = await refusal(config);
    expect(code).toBe('InvalidPluginData');
    expect(errors[0]?.path).toBe('config');
    expect(errors.map((each) => each.message).join()).toContain(message);
  });

  it('nested without end as an object is refused', async () => {
    const depth = 40_000;
    const body = `{"name":"${nextName()}","type":"routing","config":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`;
    const { status } = await app.http.post(BASE).set('Authorization', editor).type('json').send(body);
    expect([400, 422]).toContain(status);
  });

  it('that is doubtful is stored with warnings', async () => {
    const config = { routes: [route("$a = '1' and $b = '2' or $c = '3'")] };
    const { body } = await post({ name: nextName(), type: 'routing', config }).expect(201);
    expect(body.warnings).toContainEqual({
      code: 'mixed-operators',
      path: 'config.routes[0].condition',
      message: expect.any(String),
    });
  });
});

describe('what is doubtful with a configuration', () => {
  const config = { routes: [route('1 = 1'), { ...route("$a = '1'"), name: 'r2' }] };
  const doubt = { code: 'never-reached', path: 'config.routes[1]', message: 'routes[0] takes every request that comes so far' };

  it('is told when it is stored, replaced and bound', async () => {
    const { body } = await post({ name: nextName(), type: 'routing', config }).expect(201);
    expect(body.warnings).toEqual([doubt]);
    expect((await put(body.id, { config }).expect(200)).body.warnings).toEqual([doubt]);
    const groupId = await ownerOf(app, editor).group();
    const bound = await post({ groupId, stage: 'RELEASE' }, `${BASE}/${body.id}/bindings`).expect(201);
    expect(bound.body.warnings).toEqual([doubt]);
  });

  it('is told of the first hundred only', async () => {
    const blocks = Array.from({ length: 150 }, () => '10.0.0.1');
    const { body } = await post({ type: 'ipControl', config: { type: 'REFUSE', items: [{ blocks }] } }, `${BASE}/check`);
    expect(body.warnings).toHaveLength(101);
    expect(body.warnings.at(-1)).toEqual({ code: 'more-doubts', path: 'config', message: 'there are 49 more doubts' });
  });
});

describe('checking a configuration', () => {
  const check = (body: object) => post(body, `${BASE}/check`);

  it('tells problems and warnings, and stores nothing', async () => {
    const fine = await check({ type: 'routing', config: ROUTING_TEXT }).expect(200);
    expect(fine.body).toEqual({
      problems: [],
      warnings: [],
      summary: [
        'The first of these routes that fits is taken.',
        expect.stringMatching(/^backend1: where \$target = 'resource1', a request goes to 17ff.*\.com\/business1\.$/),
        expect.stringMatching(/^backend2: where \$target = 'resource2', a request goes to c6e9.*\.com\/business2\.$/),
        'All other requests go to the API’s own backend.',
      ],
    });
    const wrong = await check({ type: 'routing', config: { routes: [route('$a =')] } }).expect(200);
    expect(wrong.body).toMatchObject({ problems: [{ path: 'config.routes[0].condition' }], summary: [] });
    const unknown = await check({ type: 'router', config: '' }).expect(200);
    expect(unknown.body.problems).toMatchObject([{ path: 'type' }]);
    const doubtful = await check({ type: 'routing', config: { routes: [route('1 = 1 and 2 = 2 or 3 = 3')] } }).expect(200);
    expect(doubtful.body).toMatchObject({ problems: [], warnings: [{ code: 'mixed-operators' }] });
  });

  it('takes a masked secret for some secret', async () => {
    const { body } = await check({ type: 'backendSignature', config: MASKED_TEXT }).expect(200);
    const summary = ['Signs calls to the backend as a client of another gateway API, with the key TESTKEY and HmacSHA256.'];
    expect(body).toEqual({ problems: [], warnings: [], summary });
    const jwk = { kty: 'oct', alg: 'HS512', k: '******' };
    const users = [{ username: 'alice', password: '******' }];
    for (const [type, config] of Object.entries({ jwtAuth: { parameter: 'token', jwk }, basicAuth: { users } }))
      expect((await check({ type, config }).expect(200)).body.problems).toEqual([]);
  });

  it('answers what the reference shows', async () => {
    const { paths, components } = (await app.http.get('/api/openapi.json').expect(200)).body;
    const [example] = Object.values(paths[`${BASE}/check`].post.requestBody.content['application/json'].examples);
    const fields = Object.entries(components.schemas.PluginFindings.properties);
    const answer = Object.fromEntries(fields.map(([name, field]) => [name, (field as { example: unknown }).example]));
    expect((await check((example as { value: object }).value).expect(200)).body).toEqual(answer);
  });

  it('shows no secret in its words', async () => {
    const config = { type: 'APIGW_BACKEND', key: 'K', secret: 'planted-in-a-check' };
    const { text } = await check({ type: 'backendSignature', config }).expect(200);
    expect(text).not.toContain('planted-in-a-check');
    expect(app.log()).not.toContain('planted-in-a-check');
  });

  it('is open to viewers', async () => {
    const viewer = await app.token('viewer');
    const body = { type: 'routing', config: ROUTING_TEXT };
    await app.http.post(`${BASE}/check`).set('Authorization', viewer).send(body).expect(200);
  });
});

describe('reading plugins', () => {
  it('in lists shows no configuration, page by page', async () => {
    const token = await app.token('editor', await app.account(nextName()));
    const wanted = [nextName(), nextName(), nextName()];
    for (const name of wanted)
      await app.http.post(BASE).set('Authorization', token).send({ name, type: 'routing', config: ROUTING_TEXT }).expect(201);
    const first = (await get('?limit=2', token).expect(200)).body;
    const second = (await get(`?limit=2&cursor=${first.next}`, token).expect(200)).body;
    expect([first.items.length, second.items.length, second.next]).toEqual([2, 1, null]);
    const items = [...first.items, ...second.items];
    expect(items.map(({ name }) => name).sort()).toEqual([...wanted].sort());
    for (const item of items) expect(Object.keys(item)).toEqual(['id', 'name', 'type', 'createdAt', 'updatedAt']);
  });

  it('with their secrets is for editors and admins, and is audited', async () => {
    const id = await create('backendSignature', SIGNATURE_TEXT);
    for (const role of ['viewer', 'publisher'] as const) {
      const token = await app.token(role);
      expect((await get(`/${id}`, token).expect(200)).body.config).toBe(MASKED_TEXT);
      await get(`/${id}?reveal=secrets`, token).expect(403);
    }
    expect((await get(`/${id}?reveal=secrets`).expect(200)).body.config).toBe(SIGNATURE_TEXT);
    expect(await lastAudit()).toMatchObject({ action: 'plugin.reveal', resource_id: id });
    expect((await get(`/${id}?reveal=secrets`, app.admin).expect(200)).body.config).toBe(SIGNATURE_TEXT);
    await get(`/${id}?reveal=all`).expect(400);
  });

  it('of another account finds nothing, and nothing can be done to them', async () => {
    const id = await create('backendSignature', SIGNATURE_TEXT);
    const other = await app.token('admin', await app.account(nextName()));
    await get(`/${id}`, other).expect(404);
    await get(`/${id}?reveal=secrets`, other).expect(404);
    await remove(id, other).expect(404);
    await app.http.put(`${BASE}/${id}`).set('Authorization', other).send({ config: SIGNATURE_TEXT }).expect(404);
    expect((await get('', other)).body.items).toEqual([]);
    await get(`/${newId()}`).expect(404);
  });
});

describe('replacing a plugin', () => {
  it('keeps the stored secret where the write carries ******, and takes a new one', async () => {
    const id = await create('backendSignature', SIGNATURE_TEXT);
    const edited = `# signs\n${MASKED_TEXT.replace('---\n', '')}`;
    const { body } = await put(id, { config: edited }).expect(200);
    expect(body.config).toBe(edited);
    const revealed = async () => (await get(`/${id}?reveal=secrets`)).body.config;
    expect(await revealed()).toBe(edited.replace('******', 'TESTSECRET'));
    await put(id, { config: SIGNATURE_TEXT.replace('TESTSECRET', 'other') }).expect(200);
    expect(await revealed()).toContain('secret: other');
  });

  it('with ****** where nothing is stored is refused', async () => {
    const { errors } = await refusal(MASKED_TEXT, 'backendSignature');
    expect(errors).toMatchObject([{ path: 'config.secret' }]);
  });

  it('changes its name too, and leaves its type', async () => {
    const id = await create('routing', ROUTING_TEXT);
    const name = nextName();
    const { body } = await put(id, { name, type: 'routing', config: ROUTING_TEXT }).expect(200);
    expect(body).toMatchObject({ id, name, type: 'routing' });
    const other = await put(id, { type: 'backendSignature', config: SIGNATURE_TEXT }).expect(409);
    expect(other.body.code).toBe('InvalidPluginType');
    const taken = nextName();
    await post({ name: taken, type: 'routing', config: ROUTING_TEXT }).expect(201);
    await put(id, { name: taken, config: ROUTING_TEXT }).expect(409);
    await put(id, { name }).expect(400);
  });

  it('with a configuration that is refused leaves the stored one', async () => {
    const id = await create('routing', ROUTING_TEXT);
    await put(id, { config: { routes: [route('$a =')] } }).expect(422);
    expect((await get(`/${id}`)).body.config).toBe(ROUTING_TEXT);
  });

  it('is in force where it is bound, and makes no revision where it is not', async () => {
    const id = await create('routing', ROUTING_TEXT);
    expect((await put(id, { config: ROUTING_TEXT }).expect(200)).body).not.toHaveProperty('revision');
    await bindToNewGroup(id);
    const { body } = await put(id, { config: { routes: [route("$a = 'new'")] } }).expect(200);
    const chunk = await publishedChunk(app, body.revision, `plugin:${id}`);
    expect(chunk).toMatchObject({ type: 'routing', config: { routes: [{ condition: "$a = 'new'" }] } });
  });

  it('is refused when somebody else changed it meanwhile', async () => {
    const id = await create('backendSignature', SIGNATURE_TEXT);
    const { etag } = (await get(`/${id}`)).headers;
    await put(id, { config: MASKED_TEXT }).set('If-Match', String(etag)).expect(200);
    await put(id, { config: MASKED_TEXT }).set('If-Match', String(etag)).expect(412);
    expect((await get(`/${id}?reveal=secrets`)).headers).not.toHaveProperty('etag');
  });
});

describe('deleting a plugin', () => {
  it('takes it away', async () => {
    const id = await create('routing', ROUTING_TEXT);
    await remove(id).expect(200);
    await get(`/${id}`).expect(404);
    expect(await lastAudit()).toMatchObject({ action: 'plugin.delete', resource_id: id });
  });

  it('that is bound is refused and names where, at most ten', async () => {
    const id = await create('routing', ROUTING_TEXT);
    for (let n = 1; n <= 12; n++) await bindToNewGroup(id);
    const { body } = await remove(id).expect(409);
    expect(body.code).toBe('DependencyViolationPlugin');
    expect(body.detail.match(/group \w+ \([0-9a-f]{32}\) in RELEASE/g)).toHaveLength(10);
    expect(body.detail).toContain('2 more');
    await get(`/${id}`).expect(200);
  });
});

it('only editors and admins write', async () => {
  const id = await create('routing', ROUTING_TEXT);
  for (const role of ['viewer', 'publisher'] as const) {
    const token = await app.token(role);
    const body = { name: nextName(), type: 'routing', config: ROUTING_TEXT };
    await app.http.post(BASE).set('Authorization', token).send(body).expect(403);
    await app.http.put(`${BASE}/${id}`).set('Authorization', token).send({ config: ROUTING_TEXT }).expect(403);
    await remove(id, token).expect(403);
  }
  await app.http.get(BASE).expect(401);
});

it('the types are shown with schema and an example that passes', async () => {
  const { body } = await app.http.get('/api/v1/plugin-types').set('Authorization', editor).expect(200);
  expect(body.items.map(({ type }: { type: string }) => type)).toEqual(expect.arrayContaining(['routing', 'backendSignature']));
  for (const { type, description, jsonSchema, example } of body.items) {
    expect([typeof description, typeof jsonSchema]).toEqual(['string', 'object']);
    const checked = await post({ type, config: example }, `${BASE}/check`).expect(200);
    expect(checked.body.problems).toEqual([]);
  }
});

describeOnPostgres('two writes at once', () => {
  it('give a name once', async () => {
    const body = { name: nextName(), type: 'routing', config: ROUTING_TEXT };
    const answers = await Promise.all([post(body), post(body)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  });
});

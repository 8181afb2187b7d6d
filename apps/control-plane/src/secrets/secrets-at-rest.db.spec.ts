/** A secret shows where the reference says so and nowhere else: not in the store, Redis, lists, refusals, the audit log or the log. */
import { describeWithRedis, redisUrl } from '@causeway/test-stores';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createClient } from '@redis/client';
import { storedPaths } from '../publish/chunks/chunk-source.js';
import { newName, type Owner, ownerOf } from '../testing/owner.js';
import { publishedChunk } from '../testing/published.js';
import { type Planted, plantSecrets } from '../testing/secrets/plant-secrets.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';
import { bodiesOf } from '../testing/walk/bodies.js';
import { buildEstate, type Estate } from '../testing/walk/estate.js';
import { fillPath, type Operation, readOperations, seedKeys } from '../testing/walk/operations.js';
import { StoredSecrets } from './stored-secrets.js';

const PREFIX = `secrets-${newName()}`;
const NODE_TOKEN = `node-token-${'n'.repeat(32)}`;
const MASTER_KEY = Buffer.alloc(32, 77).toString('base64');

let app: TestApp;
let owner: Owner;
let planted: Planted;
let estate: Estate;
let operations: Operation[];
/** What it is -> every form in which it would be a leak. */
let forms: Map<string, readonly string[]>;

beforeAll(async () => {
  app = await startTestApp({
    CAUSEWAY_LIMITS_TOKEN_REQUESTS: '1000000',
    CAUSEWAY_MASTER_KEY: `test:${MASTER_KEY}`,
    CAUSEWAY_NODE_TOKEN: NODE_TOKEN,
    CAUSEWAY_LOG_LEVEL: 'trace',
    ...(redisUrl && { REDIS_URL: redisUrl, CAUSEWAY_REDIS_PREFIX: PREFIX }),
  });
  owner = ownerOf(app, app.admin);
  operations = await readOperations(app);
  estate = await buildEstate(owner, owner, 'ESTATE');
  planted = await plantSecrets(owner, 'rest');
  const { body: handed } = await owner.send(`POST /instances/${estate.paths['instances/*']}/key`).expect(201);
  const [state] = await app.dataSource.query('SELECT hop_key, code_hash_key FROM deployment_state');
  const stored = app.get(StoredSecrets);
  forms = new Map(
    Object.entries({
      ...planted.secrets,
      'admin token': app.admin.slice('Bearer '.length),
      'node token': NODE_TOKEN,
      'node token of an instance': handed.nodeToken,
      'master key': MASTER_KEY,
      'instance key': handed.key.split(':')[1],
      'hop key': stored.open(storedPaths.hopKey, state.hop_key),
      'code hash key': stored.open(storedPaths.codeHashKey, state.code_hash_key),
    }).map(([name, text]) => [name, formsOf(String(text))]),
  );
  const { body } = await owner.send('GET /revisions?limit=1').expect(200);
  await publishedChunk(app, body.items[0].revision, 'instance');
}, 90_000);
afterAll(() => app.close());

/** As it is, and as bytes of it would be written. */
function formsOf(text: string): string[] {
  const bytes = Buffer.from(text);
  return [text, bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url'), bytes.toString('hex')];
}

function shownIn(text: string): string[] {
  return [...forms].filter(([, written]) => written.some((each) => text.includes(each))).map(([name]) => name);
}

/** Of the estate, and of what was planted. */
function pathsOf({ path }: Operation): string[] {
  const own: Record<string, string> = {
    'groups/*': planted.groupId,
    'apis/*': planted.apiId,
    'apps/*': planted.appId,
    'datasets/*': planted.datasetId,
  };
  const keys = seedKeys(path);
  const fill = (seeds: Record<string, string>) => fillPath(path, (name) => seeds[keys.get(name) ?? ''] ?? 'none');
  const plugins = Object.values(planted.plugins).map((id) => fill({ ...estate.paths, ...own, 'plugins/*': id }));
  return [...new Set([fill({ ...estate.paths }), ...plugins])];
}

it('what is looked for is found where it is shown', async () => {
  const { text } = await owner.send(`GET /plugins/${planted.plugins.backendSignature}?reveal=secrets`).expect(200);
  expect(shownIn(text)).toContain('signing-secret');
  expect(forms.size).toBeGreaterThan(18);
  for (const [name, [text = '']] of forms) expect([name, text.length > 12]).toEqual([name, true]);
});

it('no answer to a GET, no document and no refusal shows one', async () => {
  const shown: string[] = [];
  const look = (call: string, { status, text, headers }: { status: number; text: string; headers: unknown }) => {
    for (const name of shownIn(text + JSON.stringify(headers))) shown.push(`${call}: ${status} shows ${name}`);
  };
  for (const operation of operations.filter(({ method }) => method === 'GET')) {
    // What is no list refuses `limit`, and shows itself without.
    const calls = pathsOf(operation).flatMap((path) => [path, `${path}?limit=200`]);
    for (const call of calls) look(`GET ${call}`, await owner.send(`GET ${call}`).ok(() => true));
  }
  for (const path of ['/api/openapi.json', '/api/docs', '/livez', '/readyz', '/metrics'])
    look(path, await app.http.get(path).ok(() => true));
  expect(shown).toEqual([]);
}, 60_000);

it('a request that brings one and is refused does not get it back', async () => {
  const [secret = ''] = forms.get('app-secret') ?? [];
  const shown: string[] = [];
  for (const operation of operations.filter(({ bodies }) => Object.keys(bodies).length > 0)) {
    const seedOf = (name: string) => estate.paths[seedKeys(operation.path).get(name) ?? ''] ?? '';
    for (const body of bodiesOf(operation, estate)) {
      for (const field of Object.keys(body ?? {})) {
        // Of the wrong shape, with the secret deep inside.
        const wrong = { ...body, [field]: { [field]: [secret] } };
        const { status, text } = await owner
          .send(`${operation.method} ${fillPath(operation.path, seedOf)}`, wrong)
          .ok(() => true);
        if (status >= 400 && text.includes(secret))
          shown.push(`${operation.method} ${operation.path} ${field}: ${text.slice(0, 300)}`);
      }
    }
  }
  const config = `type: APIGW_FRONTEND\nkey: K\nsecret: &x ${secret}\n`;
  const refusals = [
    await owner.send('POST /plugins', { name: newName(), type: 'backendSignature', config }).expect(422),
    await owner
      .send('POST /plugins', { name: newName(), type: 'backendSignature', config: `secret: ${secret}: ${secret}` })
      .expect(422),
    await owner.send('POST /apps', { name: newName(), secret: `${secret}\n` }).expect(400),
    await app.http.post('/api/v1/apps').set('Authorization', `Bearer ${secret}`).send({}).expect(401),
    await app.http
      .post('/api/v1/apps')
      .set('Authorization', app.admin)
      .set('Content-Type', 'application/json')
      .send(`{"secret": "${secret}", }`)
      .expect(400),
    await app.http.get('/internal/v1/instances/default/manifest').set('Authorization', `Bearer ${secret}`).expect(401),
  ];
  for (const { text } of refusals) if (text.includes(secret)) shown.push(text);
  expect(shown).toEqual([]);
}, 60_000);

it('no table holds one', async () => {
  const tables: { name: string }[] = await app.dataSource.query(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
  );
  const shown: string[] = [];
  for (const { name } of tables) {
    const rows: { row: string }[] = await app.dataSource.query(`SELECT t::text AS row FROM "${name}" t`);
    for (const { row } of rows) for (const secret of shownIn(row)) shown.push(`${name} holds ${secret}`);
  }
  const chunks: { text: string }[] = await app.dataSource.query("SELECT convert_from(bytes, 'UTF8') AS text FROM chunks");
  for (const { text } of chunks) for (const secret of shownIn(text)) shown.push(`a chunk holds ${secret}`);
  expect(tables.length).toBeGreaterThan(20);
  expect(chunks.length).toBeGreaterThan(5);
  expect(shown).toEqual([]);
});

describeWithRedis('Redis', () => {
  it('holds none', async () => {
    const client = await createClient({ url: redisUrl ?? '' }).connect();
    try {
      const keys = (await client.keys(`${PREFIX}:*`)) as string[];
      expect(keys.some((key) => key.includes(':manifest:'))).toBe(true);
      const shown: string[] = [];
      for (const key of keys) {
        const text = (await client.type(key)) === 'string' ? await client.get(key) : JSON.stringify(await client.hGetAll(key));
        for (const secret of shownIn(`${key} ${text}`)) shown.push(`${key} holds ${secret}`);
      }
      expect(shown).toEqual([]);
    } finally {
      await client.close();
    }
  });
});

it('the log, at its most talkative, has none', () => {
  expect(app.log().length).toBeGreaterThan(1000);
  expect(shownIn(app.log())).toEqual([]);
});

/** Among a hundred thousand rows no request reads a table from end to end, and a list asks as often for many items as for one. */
import { randomBytes } from 'node:crypto';
import { createScratchDatabase, describeOnPostgres, type ScratchDatabase } from '@causeway/test-stores';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { RetiredSecrets } from './apps/retired-secrets.js';
import { AuditChain } from './audit/audit-chain.js';
import { ExpiredItems } from './datasets/expired-items.js';
import { HistoryKeeper } from './revisions/history-keeper.js';
import { StoredSecrets } from './secrets/stored-secrets.js';
import { bigTables, fillAccount, type LargeAccount, ROWS } from './testing/large-account.js';
import { definitionOf, newName, type Owner, ownerOf } from './testing/owner.js';
import { MOST_ROWS, readsTooMuch } from './testing/query-plans.js';
import { type Recorded, recordQueries, untilPublished } from './testing/recorded-queries.js';
import { startTestApp, type TestApp } from './testing/test-app.js';
import { bodiesOf } from './testing/walk/bodies.js';
import { buildEstate, type Estate } from './testing/walk/estate.js';
import { readOperations } from './testing/walk/operations.js';
import { callOwn, inOrder } from './testing/walk/own-routes.js';

const FILL_MS = 240_000;
const WALK_MS = 120_000;
/** What a list may ask: for the token, for what it is a list of, and for its items with what belongs to them. */
const MOST_QUERIES = 6;

/** Tables that do not grow with what an account has, and why. */
const SMALL: Record<string, string> = {
  accounts: 'made one by one, by an operator',
  audit_unchained: 'emptied every second',
  deployment_state: 'one row',
  instances: 'machines are behind each',
  migrations: 'one a release',
  nodes: 'one a data plane',
  outbox: 'emptied at every publication',
  published_manifests: 'one an instance',
};

/** Routes that read all there is because that is what they are for. */
const READ_ALL: Record<string, string> = {
  'GET /audit-events/verify': 'holds every event of the account against its link',
  'POST /instances': 'its first manifest has every app of the deployment in it',
};

const LISTS = [
  '/groups',
  '/groups?name=group_7',
  '/groups?instanceId={instance}',
  '/groups?tag=team:orders',
  '/groups/{group}/apis',
  '/groups/{group}/apis?name=api_7',
  '/groups/{group}/apis?tag=team:orders',
  '/groups/{group}/domains',
  '/groups/{group}/models',
  '/groups/{group}/stages',
  '/apis/{api}/deployments',
  '/apis/{api}/versions',
  '/apis/{api}/versions?stage=RELEASE',
  '/apps',
  '/apps?name=app_7',
  '/apps?tag=team:orders',
  '/apps?tag=team:team7',
  '/apps/{app}/keys',
  '/apps/{app}/app-codes',
  '/grants',
  '/grants?appId={app}',
  '/grants?apiId={api}',
  '/grants?apiId={api}&stage=RELEASE',
  '/grants?appId={app}&apiId={api}&stage=RELEASE',
  '/plugins',
  '/plugins?tag=team:orders',
  '/plugins/{plugin}/bindings',
  '/certificates',
  '/datasets',
  '/datasets/{dataset}/items',
  '/vpc-accesses',
  '/vpc-accesses?name=access_7',
  '/tags',
  '/tags?key=team',
  '/tags?key=team&value=orders',
  '/tags?key=nothing',
  '/tags?resourceType=app',
  '/tags?resourceId={api}',
  '/tokens',
  '/revisions',
  '/audit-events',
  '/audit-events?resourceType=api',
  '/audit-events?resourceId={api}',
  '/audit-events?resourceType=api&resourceId={api}',
  '/accounts',
  '/instances',
  '/instances?name=default',
  '/nodes',
];

const READS = [
  '/groups/{group}',
  '/groups/{group}/stages/TEST/variables',
  '/apis/{api}',
  '/apis/{api}/deployments/RELEASE',
  '/apps/{app}',
  '/plugins/{plugin}',
  '/certificates/{certificate}',
  '/datasets/{dataset}',
  '/vpc-accesses/{access}',
  '/tokens/{token}',
  '/instances/{instance}',
];

describeOnPostgres('among a hundred thousand rows', () => {
  let database: ScratchDatabase;
  let app: TestApp;
  let estate: Estate;
  let owner: Owner;
  /** Has nothing, in a deployment where another has much. */
  let neighbour: Owner;
  let large: LargeAccount;
  let big: Set<string>;

  beforeAll(async () => {
    database = await createScratchDatabase();
    const small = await startTestApp(ENVIRONMENT, database);
    const operator = ownerOf(small, small.admin);
    const stranger = await small.token('admin', await small.account('small'));
    estate = await buildEstate(operator, operator, 'ESTATE');
    await untilPublished(small.dataSource);
    await small.close();
    large = await fillAccount(database.url, small.get(StoredSecrets));
    app = await startTestApp(ENVIRONMENT, database);
    owner = ownerOf(app, app.admin);
    neighbour = ownerOf(app, stranger);
    big = await bigTables(app.dataSource);
  }, FILL_MS);
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const filled = (path: string) => path.replaceAll(/\{(\w+)\}/g, (_, name: keyof LargeAccount) => large[name]);
  const withLimit = (path: string, limit: number) => `${path}${path.includes('?') ? '&' : '?'}limit=${limit}`;

  async function tooMuch({ all, sequential }: Recorded): Promise<string[]> {
    const found = new Set<string>();
    const queries = new Map(all.map((query) => [JSON.stringify([query.sql, query.parameters]), query]));
    for (const query of queries.values()) for (const words of await readsTooMuch(app.dataSource, query, big)) found.add(words);
    for (const [table, rows] of sequential)
      if (big.has(table) && rows > MOST_ROWS) found.add(`${table}: ${rows} rows one after the other in a transaction`);
    return [...found];
  }

  it('has filled all that grows', async () => {
    const tables: { name: string; rows: number }[] = await app.dataSource.query(
      `SELECT relname AS name, reltuples AS rows FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1`,
    );
    expect(tables.filter(({ name }) => big.has(name) === name in SMALL)).toEqual([]);
    expect(tables.filter(({ rows }) => rows > ROWS / 2).length).toBeGreaterThan(20);
  });

  it.each(LISTS)('%s is found by indexes, in as few queries for a page as for an item', async (path) => {
    const list = (limit: number, more = '') =>
      recordQueries(app, () => owner.send(`GET ${withLimit(filled(path), limit)}${more}`).expect(200));
    // Once a minute a request has the use of its token written down.
    const shortest = async (limit: number) =>
      [await list(limit), await list(limit)].reduce((least, each) => (each.asked.length < least.asked.length ? each : least));
    const page = await shortest(50);
    expect(page.asked.length).toBe((await shortest(1)).asked.length);
    expect(page.asked.length).toBeLessThanOrEqual(MOST_QUERIES);
    expect(await tooMuch(page)).toEqual([]);
    const { body } = await owner.send(`GET ${withLimit(filled(path), 50)}`);
    if (body.next !== null) expect(await tooMuch(await list(50, `&cursor=${body.next}`))).toEqual([]);
  });

  it('every list of the reference is among them', async () => {
    const shape = (path: string) => path.replace(/\?.*/, '').replaceAll(/\{\w+\}/g, '{}');
    const known = new Set(LISTS.map(shape));
    const lists = (await readOperations(app)).filter(({ parameters }) => parameters.some(({ name }) => name === 'limit'));
    expect(lists.length).toBeGreaterThan(10);
    expect(lists.map(({ path }) => path).filter((path) => !known.has(shape(path)))).toEqual([]);
  });

  it('a small account finds its own by indexes too', async () => {
    const own = LISTS.filter((path) => !/\{|^\/accounts/.test(path));
    expect(own.length).toBeGreaterThan(20);
    for (const path of own)
      expect([path, await tooMuch(await recordQueries(app, () => neighbour.send(`GET ${path}`)))]).toEqual([path, []]);
  });

  it.each(READS)('%s is found by indexes', async (path) => {
    expect(await tooMuch(await recordQueries(app, () => owner.send(`GET ${filled(path)}`).expect(200)))).toEqual([]);
  });

  it('a group comes, moves and goes by indexes', async () => {
    let id = '';
    const instanceId = estate.paths['instances/*'];
    for (const write of [
      async () => (id = await owner.group()),
      () => owner.send(`POST /groups/${id}/migration`, { instanceId }).expect(200),
      () => owner.send(`DELETE /groups/${id}`).expect(200),
    ])
      expect(await tooMuch(await recordQueries(app, write))).toEqual([]);
  });

  it(
    'every route finds what is small among what is large',
    async () => {
      const operations = (await readOperations(app)).filter(({ method, path }) => !(`${method} ${path}` in READ_ALL));
      const wrong: string[] = [];
      for (const operation of inOrder(operations, estate)) {
        const name = `${operation.method} ${operation.path}`;
        for (const body of bodiesOf(operation, estate)) {
          const recorded = await recordQueries(app, async () => {
            const { status, text } = await callOwn(owner, operation, estate, body).set('Idempotency-Key', newName());
            if (status >= 500 || [400, 403, 404].includes(status)) wrong.push(`${name}: ${status} ${text.slice(0, 300)}`);
          });
          wrong.push(...(await tooMuch(recorded)).map((words) => `${name}: ${words}`));
        }
      }
      expect(wrong).toEqual([]);
    },
    WALK_MS,
  );

  it(
    'writes find by indexes what they touch of what is large',
    async () => {
      const { group, app: appId, api: old } = large;
      const made = async (call: string, body: object) => (await owner.send(call, body).expect(201)).body;
      const domains = (domain: string) => owner.send(`POST /groups/${group}/domains`, { domain }).expect(201);
      let [id, grant, plugin, access, account] = ['', '', '', '', ''];
      const writes: [string, () => Promise<unknown>][] = [
        ['create an API', async () => (id = await owner.api(group))],
        ['create many', () => owner.send(`POST /groups/${group}/apis/batch`, { items: [definitionOf(newName())] }).expect(200)],
        ['edit it', () => owner.send(`PATCH /apis/${id}`, { request: { path: '/moved' } }).expect(200)],
        ['deploy it', () => owner.deploy(id)],
        ['deploy it again', () => owner.deploy(id)],
        ['deploy many', () => batch({ action: 'deploy', apiIds: [id, old] })],
        ['take many offline', () => batch({ action: 'offline', apiIds: [id] })],
        ['deploy all', () => batch({ action: 'deploy', all: true })],
        ['create an app', () => owner.app()],
        [
          'grant',
          async () => {
            grant = (await made('POST /grants', { appId, apiIds: [id], stage: 'TEST' })).items[0].id;
          },
        ],
        ['revoke', () => owner.send(`DELETE /grants/${grant}`).expect(200)],
        ['bind a domain', () => domains('one.example.org')],
        [
          'bind a wildcard over others',
          () => owner.send(`POST /groups/${group}/domains`, { domain: '*.example.com' }).expect(409),
        ],
        ['bind a wildcard', () => domains('*.new.example.org')],
        ['move all domains', () => owner.send(`PATCH /groups/${group}`, { basePath: '/moved' }).expect(200)],
        ['create a plugin', async () => (plugin = (await made('POST /plugins', PLUGIN)).id)],
        ['bind it', () => made(`POST /plugins/${plugin}/bindings`, { groupId: group, stage: 'RELEASE' })],
        ['edit it where it is bound', () => owner.send(`PUT /plugins/${plugin}`, { ...PLUGIN, name: 'renamed' }).expect(200)],
        ['delete a VPC access', () => owner.send(`DELETE /vpc-accesses/${large.access}`).expect(200)],
        ['create a VPC access', async () => (access = (await made('POST /vpc-accesses', { name: 'up', address: 'host:80' })).id)],
        ['rename it', () => owner.send(`PATCH /vpc-accesses/${access}`, { name: 'upstream' }).expect(200)],
        ['create a group', () => owner.group()],
        ['create an account', async () => (account = (await made('POST /accounts', { name: 'brief' })).id)],
        ['delete an account', () => owner.send(`DELETE /accounts/${account}`).expect(204)],
        ['delete the API', () => owner.send(`DELETE /apis/${id}`).expect(200)],
        ['delete an app', () => owner.send(`DELETE /apps/${appId}`).expect(200)],
      ];
      const wrong: string[] = [];
      for (const [name, write] of writes)
        wrong.push(...(await tooMuch(await recordQueries(app, write))).map((words) => `${name}: ${words}`));
      expect(wrong).toEqual([]);
    },
    WALK_MS,
  );

  it('a batch asks as often as a single deployment', async () => {
    const one = await owner.api(large.group);
    const many = await Promise.all(Array.from({ length: 20 }, () => owner.api(large.group)));
    const single = await recordQueries(app, () => owner.deploy(one));
    const batched = await recordQueries(app, () => batch({ action: 'deploy', apiIds: many }));
    const own = ({ asked }: Recorded) => asked.filter(({ sql }) => /deployments|api_versions|apis/.test(sql)).length;
    expect(own(batched)).toBeLessThanOrEqual(own(single) + 2);
  });

  it.each([
    ['forgets old revisions', () => app.get(HistoryKeeper).forget()],
    ['forgets old chunks', () => app.get(HistoryKeeper).forgetChunks()],
    ['takes expired items out', () => app.get(ExpiredItems).sweep()],
    ['takes retired secrets out', () => app.get(RetiredSecrets).sweep()],
    ['chains audit events', () => app.get(AuditChain).link()],
  ])('what %s in the background finds it by indexes', async (_, work) => {
    expect(await tooMuch(await recordQueries(app, work))).toEqual([]);
  });

  function batch(body: object) {
    return owner.send(`POST /groups/${large.group}/deployments`, { stage: 'RELEASE', ...body }).expect(200);
  }
});

const ENVIRONMENT = {
  CAUSEWAY_MASTER_KEY: `test:${randomBytes(32).toString('base64')}`,
  CAUSEWAY_ADMIN_TOKEN: `cwt_${randomBytes(24).toString('hex')}`,
  CAUSEWAY_LIMITS_TOKEN_REQUESTS: '1000000',
};
const PLUGIN = { name: 'at_size', type: 'ipControl', config: { type: 'ALLOW', items: [{ blocks: ['192.0.2.1'] }] } };

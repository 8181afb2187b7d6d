/** Custom domains: one form, one group for each base path of an instance, and what is under a wildcard stays with it. */
import { chunkKeys, type GroupChunk } from '@causeway/contract';
import { migrations } from '@causeway/migrations';
import { createScratchDatabase, describeOnPostgres } from '@causeway/test-stores';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { newName, type Owner, ownerOf } from '../testing/owner.js';
import { publishedChunk } from '../testing/published.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';

let app: TestApp;
let owner: Owner;
let viewer: Owner;
let stranger: Owner;
let n = 0;

beforeAll(async () => {
  app = await startTestApp({ CAUSEWAY_DOMAIN_SUFFIX: 'gw.example.com' });
  owner = ownerOf(app, app.admin);
  viewer = ownerOf(app, await app.token('viewer'));
  stranger = ownerOf(app, await app.token('admin', await app.account('stranger')));
});
afterAll(() => app.close());

/** A registrable domain that no other test has. */
const fresh = () => `site${++n}.test`;
const bind = (group: string, body: object, by = owner) => by.send(`POST /groups/${group}/domains`, body);
const unbind = (group: string, domain: string) => owner.send(`DELETE /groups/${group}/domains/${encodeURIComponent(domain)}`);

async function groupWith(basePath: string, by = owner, more: object = {}): Promise<string> {
  return (await by.send('POST /groups', { name: newName(), basePath, ...more }).expect(201)).body.id;
}

async function domainsOf(group: string, revision: number): Promise<GroupChunk['domains'] | undefined> {
  return (await publishedChunk<GroupChunk>(app, revision, chunkKeys.group(group)))?.domains;
}

const paths = (body: { errors: { path: string }[] }) => [...new Set(body.errors.map(({ path }) => path))].sort();

describe('a domain', () => {
  it('is bound in its canonical form, at once, and gone at once', async () => {
    const [group, site] = [await owner.group(), fresh()];
    const { body } = await bind(group, { domain: `API.${site.toUpperCase()}.`, stage: 'TEST' }).expect(201);
    const { revision, ...shown } = body;
    expect(shown).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      domain: `api.${site}`,
      type: 'internet',
      stage: 'TEST',
      patterns: [],
      certificateId: null,
      createdAt: expect.any(String),
    });
    expect(await domainsOf(group, revision)).toEqual([{ domain: `api.${site}`, type: 'internet', stage: 'TEST', patterns: [] }]);
    const { body: read, headers } = await viewer.send(`GET /groups/${group}/domains/Api.${site}`).expect(200);
    expect(read).toEqual(shown);
    await unbind(group, `api.${site}`).set('If-Match', '"stale"').expect(412);
    const gone = await unbind(group, `API.${site}`).set('If-Match', String(headers.etag)).expect(200);
    expect(await domainsOf(group, gone.body.revision)).toEqual([]);
    await unbind(group, `api.${site}`).expect(404);
    for (const absent of [`api.${site}`, 'a b', '%00'])
      await owner.send(`GET /groups/${group}/domains/${encodeURIComponent(absent)}`).expect(404);
  });

  it('may be a wildcard whose parts have names', async () => {
    const [group, site] = [await owner.group(), fresh()];
    const patterns = ['{svc}.{Env}.SITE', 'api-{svc}.SITE'].map((text) => text.replace('SITE', site.toUpperCase()));
    const { body } = await bind(group, { domain: `*.${site}`, patterns }).expect(201);
    expect(body.patterns).toEqual([`{svc}.{Env}.${site}`, `api-{svc}.${site}`]);
    expect(await domainsOf(group, body.revision)).toMatchObject([{ patterns: body.patterns }]);
    await unbind(group, `*.${site}`).expect(200);
  });

  it('is listed page by page, by name', async () => {
    const [group, site] = [await owner.group(), fresh()];
    for (const each of ['c', 'a', 'b']) await bind(group, { domain: `${each}.${site}` }).expect(201);
    const { body: first } = await viewer.send(`GET /groups/${group}/domains?limit=2`).expect(200);
    const { body: second } = await viewer.send(`GET /groups/${group}/domains?limit=2&cursor=${first.next}`).expect(200);
    expect([...first.items, ...second.items].map(({ domain }: { domain: string }) => domain)).toEqual([
      `a.${site}`,
      `b.${site}`,
      `c.${site}`,
    ]);
    expect(second.next).toBeNull();
    await owner.send(`GET /groups/${group}/domains?cursor=%00`).expect(400);
  });

  it.each<[object, string[]]>([
    [{}, ['domain']],
    [{ domain: 5 }, ['domain']],
    [{ domain: '' }, ['domain']],
    [{ domain: '*' }, ['domain']],
    [{ domain: '*.com' }, ['domain']],
    [{ domain: 'a.*.test' }, ['domain']],
    [{ domain: 'a.test:80' }, ['domain']],
    [{ domain: 'http://a.test' }, ['domain']],
    [{ domain: '127.0.0.1' }, ['domain']],
    [{ domain: '0x7f.1' }, ['domain']],
    [{ domain: 'a.test\r\nx: y' }, ['domain']],
    [{ domain: 'a'.repeat(100_000) }, ['domain']],
    [{ domain: 'a.test', type: 'vpc', stage: 'test', force: 'yes', stages: [] }, ['force', 'stage', 'stages', 'type']],
    [{ domain: 'a.test', patterns: ['{a}.test'] }, ['patterns']],
    [{ domain: '*.a.test', patterns: 'x' }, ['patterns']],
    [
      { domain: '*.a.test', patterns: ['{a}.b.test', '{a}.{a}.a.test', '{a}{b}.a.test', '{a}.a.test'] },
      ['patterns[0]', 'patterns[1]', 'patterns[2]'],
    ],
    [{ domain: '*.a.test', patterns: ['x.a.test'] }, ['patterns[0]']],
    [{ domain: '*.a.test', patterns: ['.a.test'] }, ['patterns[0]']],
    [{ domain: '*.a.test', patterns: ['{__proto__x-}.a.test'] }, ['patterns[0]']],
    [{ domain: '*.a.test', patterns: ['{a}.a.test', '{a}.a.test'] }, ['patterns']],
    [{ domain: '*.a.test', patterns: Array.from({ length: 11 }, (_, i) => `{a${i}}.a.test`) }, ['patterns']],
  ])('is refused with every complaint: %#', async (body, complaints) => {
    expect(paths((await bind(await owner.group(), body).expect(400)).body)).toEqual(complaints);
  });

  it.each(['gw.example.com', 'x.gw.example.com', '*.gw.example.com', 'X.GW.Example.com.', '*.a.gw.example.com'])(
    'is not one of those that the gateway gives out: %s',
    async (domain) => {
      const { body } = await bind(await owner.group(), { domain }).expect(422);
      expect(body).toMatchObject({ code: 'ReservedDomain', errors: [{ path: 'domain' }] });
    },
  );

  it('has no stage that its group lacks', async () => {
    const [group, site] = [await owner.group(), fresh()];
    const stage = await bind(group, { domain: site, stage: 'GRAY' }).expect(422);
    expect(stage.body).toMatchObject({ code: 'NotFoundStage', errors: [{ path: 'stage' }] });
    await owner.send(`POST /groups/${group}/stages`, { name: 'GRAY', alias: 'x' }).expect(201);
    await bind(group, { domain: site, stage: 'GRAY' }).expect(201);
    const { body } = await owner.send(`DELETE /groups/${group}/stages/GRAY`).expect(409);
    expect(body.detail).toContain(`the domain ${site}`);
  });

  it('of the intranet is kept, with a warning while there is no VPC listener', async () => {
    const { body } = await bind(await owner.group(), { domain: fresh(), type: 'intranet' }).expect(201);
    expect(body).toMatchObject({ type: 'intranet', warnings: [{ code: 'VpcListenerAbsent', path: 'type' }] });
  });

  it('is one of a hundred of its group at most', async () => {
    const [group, site] = [await owner.group(), fresh()];
    await app.dataSource.query(
      `INSERT INTO group_domains (id, group_id, domain, type) SELECT md5($2 || i), $1, 'h' || i || '.' || $2, 'internet' FROM generate_series(1, 99) AS i`,
      [group, site],
    );
    await bind(group, { domain: `h100.${site}` }).expect(201);
    expect((await bind(group, { domain: `h101.${site}` }).expect(409)).body.code).toBe('ExceedLimitDomain');
  });

  it('is for editors to bind, and another account’s group is not there', async () => {
    const [group, site] = [await owner.group(), fresh()];
    await bind(group, { domain: site }).expect(201);
    await bind(group, { domain: fresh() }, viewer).expect(403);
    await viewer.send(`DELETE /groups/${group}/domains/${site}`).expect(403);
    for (const [call, body] of [
      [`POST /groups/${group}/domains`, { domain: fresh() }],
      [`GET /groups/${group}/domains`],
      [`GET /groups/${group}/domains/${site}`],
      [`DELETE /groups/${group}/domains/${site}`],
    ] as const)
      expect((await stranger.send(call, body).expect(404)).body.code).toBe('NotFoundApiGroup');
    const rows = await app.dataSource.query(
      `SELECT details FROM audit_events WHERE action = 'domain.bind' AND resource_id = $1`,
      [group],
    );
    expect(rows).toEqual([{ details: { domain: site, type: 'internet', stage: null, certificateId: null, takenFrom: [] } }]);
  });
});

describe('on one instance', () => {
  it('a domain serves groups with different base paths only', async () => {
    const site = fresh();
    const [one, two, same] = [await groupWith('/a'), await groupWith('/b'), await groupWith('/a')];
    await bind(one, { domain: site }).expect(201);
    expect((await bind(one, { domain: site.toUpperCase() }).expect(409)).body).toMatchObject({
      code: 'DuplicateDomain',
      errors: [{ path: 'domain' }],
    });
    await bind(two, { domain: site }).expect(201);
    const { body } = await bind(same, { domain: site }).expect(409);
    expect(body).toMatchObject({ code: 'DuplicateDomain', detail: expect.stringContaining(`(${one})`) });
    expect(body.detail).toContain('one group for each base path');
  });

  it('what is under a wildcard belongs to its group, whichever came first', async () => {
    const site = fresh();
    const [one, two] = [await groupWith('/a'), await groupWith('/b')];
    await bind(one, { domain: `*.${site}` }).expect(201);
    for (const domain of [`a.${site}`, `a.b.${site}`, `*.a.${site}`])
      expect((await bind(two, { domain }).expect(409)).body).toMatchObject({
        code: 'OverlappingDomain',
        detail: expect.stringContaining('wildcard'),
      });
    for (const domain of [`a.${site}`, `*.a.${site}`]) await bind(one, { domain }).expect(201);
    for (const domain of [site, `x${site}`, `*.x${site}`]) await bind(two, { domain }).expect(201);
    const other = fresh();
    await bind(two, { domain: `a.b.${other}` }).expect(201);
    expect((await bind(one, { domain: `*.${other}` }).expect(409)).body.code).toBe('OverlappingDomain');
    for (const group of [one, two]) await bind(group, { domain: `*.c.${other}` }).expect(201);
  });

  it('an underscore in a name stands for itself', async () => {
    const site = fresh();
    await bind(await owner.group(), { domain: `a.x-y.${site}` }).expect(201);
    await bind(await owner.group(), { domain: `*.x_y.${site}` }).expect(201);
  });

  it('a domain is taken by force from groups of the own account, and of no other', async () => {
    const site = fresh();
    const [one, two, else_] = [await groupWith('/a'), await groupWith('/a'), await groupWith('/b')];
    for (const group of [one, else_]) await bind(group, { domain: site }).expect(201);
    const { body } = await bind(two, { domain: site, force: true }).expect(201);
    expect(await domainsOf(one, body.revision)).toEqual([]);
    expect(await domainsOf(two, body.revision)).toHaveLength(1);
    expect(await domainsOf(else_, body.revision)).toHaveLength(1);
    const theirs = await groupWith('/a', stranger);
    const refused = await bind(theirs, { domain: site, force: true }, stranger).expect(409);
    expect(refused.body.detail).toContain('a group of another account');
    expect(refused.body.detail).not.toContain(two);
    await bind(one, { domain: `*.${site}` }).expect(201);
    expect((await bind(two, { domain: `a.${site}`, force: true }).expect(409)).body.code).toBe('OverlappingDomain');
  });

  it('a group does not come to a base path that its domain has taken', async () => {
    const site = fresh();
    const [one, two] = [await groupWith('/a'), await groupWith('/b')];
    for (const group of [one, two]) await bind(group, { domain: site }).expect(201);
    expect((await owner.send(`PATCH /groups/${two}`, { basePath: '/a' }).expect(409)).body.code).toBe('DuplicateDomain');
    await owner.send(`PATCH /groups/${two}`, { basePath: '/c' }).expect(200);
    await owner.send(`PATCH /groups/${one}`, { basePath: '/b' }).expect(200);
  });

  it('a group does not come where its domains are taken', async () => {
    const site = fresh();
    const instanceId = (await owner.send('POST /instances', { name: newName() }).expect(201)).body.id;
    const [here, there] = [await groupWith('/a'), await groupWith('/b', owner, { instanceId })];
    await bind(here, { domain: `a.${site}` }).expect(201);
    await bind(there, { domain: `*.${site}` }).expect(201);
    const move = () => owner.send(`POST /groups/${here}/migration`, { instanceId });
    expect((await move().expect(409)).body.code).toBe('OverlappingDomain');
    await unbind(there, `*.${site}`).expect(200);
    await move().expect(200);
    await bind(there, { domain: `a.${site}` }).expect(201);
  });
});

describeOnPostgres('of many that want a domain at once', () => {
  it('one gets it', async () => {
    const site = fresh();
    const groups = await Promise.all(Array.from({ length: 4 }, () => groupWith('/')));
    const bodies = [`*.${site}`, `a.${site}`, `*.${site}`, `b.a.${site}`];
    const answers = await Promise.all(groups.map((group, at) => bind(group, { domain: bodies[at] })));
    const taken = answers.map(({ status }, at) => [status, bodies[at]] as const).filter(([status]) => status === 201);
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
    expect(taken.some(([, domain]) => domain?.startsWith('*')) ? taken.length : 1).toBe(1);
  });
});

it('one that was bound before domains knew their place is in the way like any other', async () => {
  const database = await createScratchDatabase();
  const source = new DataSource({ type: 'postgres', url: database.url, installExtensions: false, poolSize: 1 });
  await source.initialize();
  const runner = source.createQueryRunner();
  const at = migrations.findIndex(({ name }) => name.startsWith('FoundByIndex'));
  for (const Migration of migrations.slice(0, at)) await new Migration().up(runner);
  const added = new migrations[at]!();
  const bound = (domain: string) =>
    runner.query(`INSERT INTO group_domains (id, group_id, domain, type) VALUES ($1, 'g', $1, 'internet')`, [domain]);
  const places = () =>
    runner.query('SELECT domain, instance_id AS instance, base_path AS path FROM group_domains ORDER BY domain');
  await runner.query(
    `INSERT INTO accounts (id, name) VALUES ('acc', 'acc');
     INSERT INTO instances (id, account_id, name, region, hop_ids) VALUES ('i1', 'acc', 'one', 'r', '{}'), ('i2', 'acc', 'two', 'r', '{}');
     INSERT INTO groups (id, account_id, instance_id, name, network, base_path) VALUES ('g', 'acc', 'i1', 'group', '{}', '/a')`,
  );
  await bound('before.example.com');
  await added.up(runner);
  await bound('later.example.com');
  const both = (instance: string, path: string) =>
    ['before.example.com', 'later.example.com'].map((domain) => ({ domain, instance, path }));
  expect(await places()).toEqual(both('i1', '/a'));
  await runner.query("UPDATE groups SET base_path = '/b'");
  expect(await places()).toEqual(both('i1', '/b'));
  await runner.query("UPDATE groups SET instance_id = 'i2'");
  expect(await places()).toEqual(both('i2', '/b'));
  await added.down(runner);
  await added.up(runner);
  expect(await places()).toEqual(both('i2', '/b'));
  await runner.release();
  await source.destroy();
  await database.drop();
});

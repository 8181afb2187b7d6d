/** VPC accesses belong to their account, and are on the instances where it has groups, on no others. */
import { chunkKeys, type VpcAccessesChunk } from '@causeway/contract';
import { describeOnPostgres } from '@causeway/test-stores';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { keepTouchedLog, type TouchedLog } from '../groups/testing/touched-log.js';
import { definitionOf, newName, type Owner, ownerOf } from '../testing/owner.js';
import { publishedChunk } from '../testing/published.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';

let app: TestApp;
let log: TouchedLog;
let accountId: string;
let other: string;
let defaultId: string;
let operator: Owner;
/** In an account of its own, which has one group, on the default instance. */
let owner: Owner;
let viewer: Owner;
let group: string;

beforeAll(async () => {
  app = await startTestApp({ CAUSEWAY_DOMAIN_SUFFIX: 'gw.example.com' });
  operator = ownerOf(app, app.admin);
  other = (await operator.send('POST /instances', { name: 'other' }).expect(201)).body.id;
  defaultId = (await operator.send('GET /instances?name=default').expect(200)).body.items[0].id;
  accountId = await app.account('tenant');
  owner = ownerOf(app, await app.token('admin', accountId));
  viewer = ownerOf(app, await app.token('viewer', accountId));
  group = await owner.group();
  log = await keepTouchedLog(app.dataSource);
});
afterAll(() => app.close());
afterEach(() => app.dataSource.query('DELETE FROM vpc_accesses'));

const create = (body: object, by = owner) => by.send('POST /vpc-accesses', body);
const remove = (id: string) => owner.send(`DELETE /vpc-accesses/${id}`);

async function published(revision: number): Promise<VpcAccessesChunk['accesses'] | undefined> {
  return (await publishedChunk<VpcAccessesChunk>(app, revision, chunkKeys.vpcAccesses(accountId)))?.accesses;
}

describe('a VPC access', () => {
  it('is on its account’s instances at once, edited at once, and gone at once', async () => {
    const { body } = await create({ name: 'orders', address: 'Orders.Internal:8080' }).expect(201);
    const { revision, ...shown } = body;
    expect(shown).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      name: 'orders',
      address: 'orders.internal:8080',
      hostHeader: null,
      description: '',
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    expect(await published(revision)).toEqual([{ name: 'orders', address: 'orders.internal:8080', hostHeader: null }]);
    const { body: read, headers } = await viewer.send(`GET /vpc-accesses/${body.id}`).expect(200);
    expect(read).toEqual(shown);
    const patch = (change: object, tag: string) => owner.send(`PATCH /vpc-accesses/${body.id}`, change).set('If-Match', tag);
    await patch({ address: '[fd00::7]:81' }, '"stale"').expect(412);
    const edited = await patch({ address: '[FD00::7]:81', hostHeader: 'orders.test' }, String(headers.etag)).expect(200);
    expect(await published(edited.body.revision)).toEqual([
      { name: 'orders', address: '[fd00::7]:81', hostHeader: 'orders.test' },
    ]);
    expect((await owner.send(`PATCH /vpc-accesses/${body.id}`, { hostHeader: null }).expect(200)).body.hostHeader).toBeNull();
    await remove(body.id).set('If-Match', String(headers.etag)).expect(412);
    const gone = await remove(body.id).expect(200);
    expect(gone.body).not.toHaveProperty('warnings');
    expect(await published(gone.body.revision)).toBeUndefined();
    expect((await remove(body.id).expect(404)).body.code).toBe('NotFoundVpcAccess');
  });

  it.each<[object, string[]]>([
    [{}, ['address', 'name']],
    [{ name: 'a b', address: 'h' }, ['address', 'name']],
    [{ name: 'x'.repeat(129), address: 'h:80' }, ['name']],
    [{ name: 'ok', address: 'http://h:80' }, ['address']],
    [{ name: 'ok', address: 'h:0' }, ['address']],
    [{ name: 'ok', address: 'h:65536' }, ['address']],
    [{ name: 'ok', address: 'user@h:80' }, ['address']],
    [{ name: 'ok', address: 'h:80/path' }, ['address']],
    [{ name: 'ok', address: 'fd00::1:80' }, ['address']],
    [{ name: 'ok', address: '1.2.3.256:80' }, ['address']],
    [{ name: 'ok', address: '#Host#:80' }, ['address']],
    [{ name: 'ok', address: 'h:80', hostHeader: 'a\r\nx: y' }, ['hostHeader']],
    [{ name: 'ok', address: 'h:80', hostHeader: '' }, ['hostHeader']],
    [{ name: 'ok', address: 'h:80', hostHeader: 'http://a' }, ['hostHeader']],
    [{ name: 'ok', address: ['h:80'], description: 'x'.repeat(181), port: 80 }, ['address', 'description', 'port']],
  ])('is refused with every complaint: %#', async (body, paths) => {
    const answer = await create(body).expect(400);
    expect([...new Set(answer.body.errors.map(({ path }: { path: string }) => path))].sort()).toEqual(paths);
  });

  it.each(['h', 'h:8443', '10.0.0.1', '10.0.0.1:80', '[::1]', '[::1]:80'])('takes the Host %s', async (hostHeader) => {
    await create({ name: 'ok', address: 'h:80', hostHeader }).expect(201);
  });

  it('is no internal domain, whose calls are looked through for loops where they are made', async () => {
    const { body } = await create({ name: 'round', address: `${group}-local-intranet.gw.example.com:80` }).expect(422);
    expect(body).toMatchObject({ code: 'InvalidVpcAccess', errors: [{ path: 'address' }] });
  });

  it('has a name of its own in the account, and another account does not see it', async () => {
    const { body } = await create({ name: 'mine', address: 'h:80' }).expect(201);
    const second = await create({ name: 'second', address: 'h:80' }).expect(201);
    expect((await create({ name: 'mine', address: 'h:81' }).expect(409)).body.code).toBe('DuplicateVpcAccess');
    expect((await owner.send(`PATCH /vpc-accesses/${second.body.id}`, { name: 'mine' }).expect(409)).body.code).toBe(
      'DuplicateVpcAccess',
    );
    await create({ name: 'mine', address: 'h:80' }, operator).expect(201);
    for (const [call, change] of [
      [`GET /vpc-accesses/${body.id}`],
      [`PATCH /vpc-accesses/${body.id}`, {}],
      [`DELETE /vpc-accesses/${body.id}`],
    ] as const)
      await operator.send(call, change).expect(404);
    await create({ name: 'no', address: 'h:80' }, viewer).expect(403);
    const listed = await owner.send('GET /vpc-accesses?limit=1').expect(200);
    const rest = await owner.send(`GET /vpc-accesses?limit=1&cursor=${listed.body.next}`).expect(200);
    expect([...listed.body.items, ...rest.body.items].map(({ name }: { name: string }) => name).sort()).toEqual([
      'mine',
      'second',
    ]);
    expect((await owner.send('GET /vpc-accesses?name=second').expect(200)).body.items).toHaveLength(1);
  });

  it('warns, when it goes or gets another name, of the deployed APIs that use it', async () => {
    const { body } = await create({ name: 'used', address: 'h:80' }).expect(201);
    for (const name of [newName(), newName()]) {
      const api = await owner.api(group, {
        ...definitionOf(name),
        backend: { type: 'HTTP-VPC', vpcAccessName: 'used', path: '/a' },
      });
      for (const stage of ['RELEASE', 'TEST']) await owner.deploy(api, { stage });
    }
    const renamed = await owner.send(`PATCH /vpc-accesses/${body.id}`, { name: 'renamed' }).expect(200);
    expect(renamed.body.warnings).toEqual([
      { code: 'VpcAccessInUse', message: expect.stringMatching(/^2 deployed APIs use the name used: .*X504VE/) },
    ]);
    await owner.send(`PATCH /vpc-accesses/${body.id}`, { name: 'used' }).expect(200);
    expect((await remove(body.id).expect(200)).body.warnings).toMatchObject([{ code: 'VpcAccessInUse' }]);
  });
});

it('that a definition names and nobody made is warned of when it is deployed', async () => {
  const api = await owner.api(group, { backend: { type: 'HTTP-VPC', vpcAccessName: 'later', path: '/a' } });
  expect((await owner.deploy(api)).warnings).toEqual([
    { code: 'UnknownVpcAccess', message: expect.stringContaining('X504VE'), path: 'backend.vpcAccessName' },
  ]);
  await create({ name: 'later', address: 'h:80' }).expect(201);
  expect((await owner.deploy(api)).warnings).toBeUndefined();
});

describe('the accesses of an account', () => {
  it('come to an instance with its first group, and leave with its last', async () => {
    const key = chunkKeys.vpcAccesses(accountId);
    const add = (instanceId: string) => owner.send('POST /groups', { name: newName(), instanceId }).expect(201);
    expect(await log.during(() => create({ name: 'here', address: 'h:80' }).expect(201))).toEqual({ [defaultId]: [key] });
    let second = '';
    const coming = await log.during(async () => {
      second = (await add(other)).body.id;
    });
    expect(coming[other]).toContain(key);
    expect(await log.during(() => create({ name: 'both', address: 'h:80' }).expect(201))).toEqual({
      [defaultId]: [key],
      [other]: [key],
    });
    const moving = await log.during(() => owner.send(`POST /groups/${second}/migration`, { instanceId: defaultId }).expect(200));
    expect(moving[other]).toContain(key);
    expect(moving[defaultId]).toContain(key);
    expect((await log.during(() => owner.send(`DELETE /groups/${second}`).expect(200)))[defaultId]).toContain(key);
  });
});

describeOnPostgres('while a group comes to an instance', () => {
  it('no access is left behind', async () => {
    for (let round = 0; round < 5; round++) {
      const name = newName();
      const instanceId = (await operator.send('POST /instances', { name }).expect(201)).body.id;
      await Promise.all([
        create({ name, address: 'h:80' }).expect(201),
        owner.send('POST /groups', { name: newName(), instanceId }).expect(201),
      ]);
      const writes = await app.dataSource.query(
        'SELECT 1 FROM touched_log WHERE instance_id = $1 AND jsonb_exists(chunk_keys, $2)',
        [instanceId, chunkKeys.vpcAccesses(accountId)],
      );
      expect(writes).toHaveLength(1);
      await app.dataSource.query('DELETE FROM vpc_accesses');
    }
  });
});

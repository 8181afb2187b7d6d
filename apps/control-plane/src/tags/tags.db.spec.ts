/** Tags find an account's resources again, are seen by nobody else, and go with what they are on. */
import { describeOnPostgres } from '@causeway/test-stores';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newName, type Owner, ownerOf } from '../testing/owner.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';

let app: TestApp;
let operator: Owner;
/** In an account of its own. */
let owner: Owner;
let viewer: Owner;
let instance: string;

beforeAll(async () => {
  app = await startTestApp();
  operator = ownerOf(app, app.admin);
  const accountId = await app.account('tenant');
  owner = ownerOf(app, await app.token('admin', accountId));
  viewer = ownerOf(app, await app.token('viewer', accountId));
  instance = (await operator.send('GET /instances?name=default').expect(200)).body.items[0].id;
});
afterAll(() => app.close());

const set = (resourceType: string, resourceId: string, tags: Record<string, string>, by = owner) =>
  by.send('POST /tags', { resourceType, resourceId, tags: Object.entries(tags).map(([key, value]) => ({ key, value })) });

const tagsOf = async (type: string, id: string, by = owner): Promise<Record<string, string>> => {
  const { body } = await by.send(`GET /tags?resourceType=${type}&resourceId=${id}`).expect(200);
  return Object.fromEntries(body.items.map(({ key, value }: { key: string; value: string }) => [key, value]));
};

const newPlugin = async (by = owner): Promise<string> => {
  const config = { type: 'ALLOW', items: [{ blocks: ['::1'] }] };
  return (await by.send('POST /plugins', { name: newName(), type: 'ipControl', config }).expect(201)).body.id;
};

/** Each kind of resource: how one is made, where it is listed, how it goes. */
const KINDS: readonly [string, (by: Owner) => Promise<string>, (id: string) => string, (id: string) => string][] = [
  ['group', (by) => by.group(), () => '/groups', (id) => `/groups/${id}`],
  ['plugin', newPlugin, () => '/plugins', (id) => `/plugins/${id}`],
  ['app', (by) => by.app(), () => '/apps', (id) => `/apps/${id}`],
];

describe.each(KINDS)('tags on a %s', (type, make, listed, path) => {
  it('are set, overwritten, taken off, and go with it', async () => {
    const id = await make(owner);
    const { body } = await set(type, id, { team: 'orders', stage: '' }).expect(200);
    expect(body.items).toEqual([
      { resourceType: type, resourceId: id, key: 'stage', value: '' },
      { resourceType: type, resourceId: id, key: 'team', value: 'orders' },
    ]);
    await set(type, id, { team: 'bills', more: 'x' }).expect(200);
    expect(await tagsOf(type, id)).toEqual({ more: 'x', stage: '', team: 'bills' });
    await owner.send(`DELETE /tags?resourceType=${type}&resourceId=${id}&key=team&key=none`).expect(200);
    expect(await tagsOf(type, id)).toEqual({ more: 'x', stage: '' });
    const [audit] = await app.dataSource.query(
      'SELECT action, resource_type, resource_id, details FROM audit_events ORDER BY id DESC LIMIT 1',
    );
    expect(audit).toEqual({ action: 'tag.delete', resource_type: type, resource_id: id, details: { keys: ['team'] } });
    await owner.send(`DELETE ${path(id)}`).expect(200);
    expect(await app.dataSource.query('SELECT 1 FROM tags WHERE resource_id = $1', [id])).toEqual([]);
  });

  it('find it in its list, all that are named together', async () => {
    const [one, two, none] = [await make(owner), await make(owner), await make(owner)];
    const word = newName();
    await set(type, one, { [word]: 'a:b', size: 'small' }).expect(200);
    await set(type, two, { [word]: 'a:b', size: 'large' }).expect(200);
    await set(type, none, { [word]: 'a' }).expect(200);
    const ids = async (query: string, by = owner) =>
      (await by.send(`GET ${listed('')}?${query}`).expect(200)).body.items.map((each: { id: string }) => each.id).sort();
    expect(await ids(`tag=${word}:a:b`)).toEqual([one, two].sort());
    expect(await ids(`tag=${word}:a:b&tag=size:small`)).toEqual([one]);
    expect(await ids(`tag=${word}:a&tag=size:small`)).toEqual([]);
    expect(await ids(`tag=${encodeURIComponent(`' OR '1'='1:x`)}`)).toEqual([]);
    const first = (await owner.send(`GET ${listed('')}?limit=1&tag=${word}:a:b`).expect(200)).body;
    const second = (await owner.send(`GET ${listed('')}?limit=1&tag=${word}:a:b&cursor=${first.next}`).expect(200)).body;
    expect([first.items[0].id, second.items[0].id].sort()).toEqual([one, two].sort());
    expect(second.next).toBeNull();
    expect(await ids(`tag=${word}:a:b`, operator)).toEqual([]);
    for (const query of [
      'tag=x',
      'tag=',
      'tag=a:b&tag=a:b',
      `tag=${'x'.repeat(257)}:`,
      Array.from({ length: 21 }, (_, n) => `tag=a:${n}`).join('&'),
    ])
      await owner.send(`GET ${listed('')}?${query}`).expect(400);
  });

  it('are not for other accounts, nor for viewers', async () => {
    const id = await make(owner);
    await set(type, id, { mine: 'x' }).expect(200);
    await set(type, id, { theirs: 'x' }, operator).expect(404);
    await operator.send(`DELETE /tags?resourceType=${type}&resourceId=${id}`).expect(404);
    expect(await tagsOf(type, id, operator)).toEqual({});
    await set(type, id, { seen: 'x' }, viewer).expect(403);
    expect(await tagsOf(type, id, viewer)).toEqual({ mine: 'x' });
    await set(type, 'none', { a: 'x' }).expect(404);
  });
});

describe('tags on an API', () => {
  it('find it in the list of its group, and go with it', async () => {
    const group = await owner.group();
    const [one] = [await owner.api(group), await owner.api(group)];
    await set('api', one, { team: 'orders' }).expect(200);
    const { body } = await owner.send(`GET /groups/${group}/apis?tag=team:orders`).expect(200);
    expect(body.items).toMatchObject([{ id: one }]);
    await set('api', one, { team: 'x' }, operator).expect(404);
    await owner.send(`DELETE /apis/${one}`).expect(200);
    expect(await tagsOf('api', one)).toEqual({});
  });
});

describe('tags on an instance', () => {
  it('are the operator’s: nobody else sets them, or sees them', async () => {
    await set('instance', instance, { room: '1' }, operator).expect(200);
    await set('instance', instance, { room: '2' }).expect(403);
    await owner.send(`DELETE /tags?resourceType=instance&resourceId=${instance}`).expect(403);
    expect(await tagsOf('instance', instance)).toEqual({});
    const listed = async (by: Owner) => (await by.send('GET /instances?tag=room:1').expect(200)).body.items.length;
    expect([await listed(operator), await listed(owner)]).toEqual([1, 0]);
    await set('instance', 'none', { room: '1' }, operator).expect(404);
    const gone = (await operator.send('POST /instances', { name: 'short' }).expect(201)).body.id;
    await set('instance', gone, { room: '3' }, operator).expect(200);
    await operator.send(`DELETE /instances/${gone}`).expect(200);
    expect(await tagsOf('instance', gone, operator)).toEqual({});
  });
});

describe('a tag', () => {
  it.each<[string, string]>([
    ['', 'x'],
    ['k'.repeat(129), 'x'],
    ['k', 'v'.repeat(129)],
    ['aliyun-x', 'x'],
    ['ACS:x', 'x'],
    ['k', 'acs:x'],
    ['a http://x', 'x'],
    ['k', 'see HTTPS://x'],
    ['a\u0001', 'x'],
    ['k', 'a\nb'],
  ])('is refused: %j = %j', async (key, value) => {
    await set('group', await owner.group(), { [key]: value }).expect(400);
  });

  it('counts its characters, not their bytes', async () => {
    const id = await owner.group();
    const long = '😀'.repeat(128);
    await set('group', id, { [long]: long }).expect(200);
    const { body } = await owner.send(`GET /groups?tag=${encodeURIComponent(`${long}:${long}`)}`).expect(200);
    expect(body.items).toMatchObject([{ id }]);
  });

  it('is one of at most 20 on a resource', async () => {
    const id = await owner.group();
    const tags = (from: number, count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${from + n}`, 'x']));
    await set('group', id, tags(0, 20)).expect(200);
    await set('group', id, tags(10, 10)).expect(200);
    expect((await set('group', id, tags(19, 2)).expect(409)).body.code).toBe('ExceedLimitTag');
    expect(Object.keys(await tagsOf('group', id))).toHaveLength(20);
    await set('group', id, tags(0, 21)).expect(400);
    await set('group', id, {}).expect(400);
    await owner
      .send('POST /tags', {
        resourceType: 'group',
        resourceId: id,
        tags: [
          { key: 'a', value: 'x' },
          { key: 'a', value: 'y' },
        ],
      })
      .expect(400);
    await owner.send('POST /tags', { resourceType: 'account', resourceId: id, tags: [{ key: 'a', value: 'x' }] }).expect(400);
    await owner.send(`DELETE /tags?resourceType=group&resourceId=${id}`).expect(200);
    expect(await tagsOf('group', id)).toEqual({});
  });
});

describe('the list of tags', () => {
  it('is filtered and paged', async () => {
    const key = newName();
    const groups = [await owner.group(), await owner.group(), await owner.group()];
    for (const id of groups) await set('group', id, { [key]: id === groups[0] ? 'a' : 'b' }).expect(200);
    const list = async (query: string) => (await viewer.send(`GET /tags?${query}`).expect(200)).body;
    expect((await list(`key=${key}`)).items).toHaveLength(3);
    expect((await list(`key=${key}&value=b&resourceType=group`)).items).toHaveLength(2);
    expect((await list(`resourceId=${groups[0]}`)).items).toEqual([
      { resourceType: 'group', resourceId: groups[0], key, value: 'a' },
    ]);
    expect((await list(`resourceId=${groups[0]}&resourceType=app`)).items).toEqual([]);
    const first = await list(`key=${key}&limit=2`);
    const rest = await list(`key=${key}&limit=2&cursor=${first.next}`);
    expect([...first.items, ...rest.items].map((tag: { resourceId: string }) => tag.resourceId)).toEqual(groups.sort());
    expect(rest.next).toBeNull();
    for (const query of [
      'value=x',
      'resourceType=account',
      'key=',
      `cursor=${Buffer.from('[1]').toString('base64url')}`,
      'cursor=e30',
    ])
      await viewer.send(`GET /tags?${query}`).expect(400);
  });
});

describeOnPostgres('at the same time', () => {
  it('what goes takes its tags along, and 20 are 20', async () => {
    for (let round = 0; round < 5; round++) {
      const id = await owner.group();
      await Promise.all([set('group', id, { late: 'x' }), owner.send(`DELETE /groups/${id}`).expect(200)]);
      expect(await tagsOf('group', id)).toEqual({});
      const full = await owner.group();
      const many = (letter: string) => Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`${letter}${n}`, 'x']));
      const [one, two] = await Promise.all([set('group', full, many('a')), set('group', full, many('b'))]);
      expect([one.status, two.status].sort()).toEqual([200, 409]);
    }
  });
});

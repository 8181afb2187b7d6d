/** Accounts are the operator's, and stay while they own anything. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../testing/test-app.js';

const PATH = '/api/v1/accounts';
let app: TestApp;
let tenant: string;
let tenantAdmin: string;

beforeAll(async () => {
  app = await startTestApp();
  tenant = await app.account('tenant');
  tenantAdmin = await app.token('admin', tenant);
});
afterAll(() => app.close());

const get = (path: string, token = app.admin) => app.http.get(path).set('Authorization', token);
const create = (body: object, token = app.admin) => app.http.post(PATH).set('Authorization', token).send(body);
const remove = (id: string, token = app.admin) => app.http.delete(`${PATH}/${id}`).set('Authorization', token);

describe('an account', () => {
  it('is created, listed, read with an ETag and deleted', async () => {
    const { body: made } = await create({ name: '账户 one' }).expect(201);
    expect(made).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      name: '账户 one',
      isDefault: false,
      createdAt: expect.any(String),
    });
    expect((await get(PATH).expect(200)).body.items).toContainEqual(made);
    const read = await get(`${PATH}/${made.id}`).expect(200);
    expect(read.body).toEqual(made);
    await remove(made.id).set('If-Match', '"stale"').expect(412);
    await remove(made.id).set('If-Match', String(read.headers.etag)).expect(204);
    await get(`${PATH}/${made.id}`).expect(404);
    await remove(made.id).expect(404);
  });

  it('has a name of its own', async () => {
    const { body } = await create({ name: 'tenant' }).expect(409);
    expect(body).toMatchObject({ code: 'DuplicateAccount', errors: [{ path: 'name' }] });
  });

  it.each([
    [{}],
    [{ name: '' }],
    [{ name: ' x' }],
    [{ name: 'x'.repeat(65) }],
    [{ name: 'a\u0000b' }],
    [{ name: null }],
    [{ name: 7 }],
  ])('needs a proper name: %j', async (body) => {
    const answer = await create(body).expect(400);
    expect(answer.body.errors).toContainEqual({ path: 'name', message: expect.any(String) });
  });

  it('takes no field that is not known', async () => {
    const { body } = await create({ name: 'other', isDefault: true }).expect(400);
    expect(body.errors).toEqual([{ path: 'isDefault', message: 'is not a known field' }]);
  });

  it('stays while it owns anything, and takes its tokens along', async () => {
    const id = await app.account('owner');
    const editor = await app.token('editor', id);
    const group = await app.http.post('/api/v1/groups').set('Authorization', editor).send({ name: 'owned' }).expect(201);
    const { body } = await remove(id).expect(409);
    expect(body).toMatchObject({ code: 'DependencyViolationAccount', detail: 'The account still owns groups (1).' });
    await app.http.delete(`/api/v1/groups/${group.body.id}`).set('Authorization', editor).expect(200);
    await remove(id).expect(204);
    await get('/api/v1/groups', editor).expect(401);
  });

  it('that is the default one stays', async () => {
    const { body } = await get(PATH).expect(200);
    const fallback = body.items.find((each: { isDefault: boolean }) => each.isDefault);
    expect((await remove(fallback.id).expect(409)).body.code).toBe('DefaultAccount');
  });
});

describe('accounts', () => {
  it('are for admins of the default account only', async () => {
    const editor = await app.token('editor');
    for (const token of [tenantAdmin, editor]) {
      await create({ name: 'forbidden' }, token).expect(403);
      await get(PATH, token).expect(403);
      await get(`${PATH}/${tenant}`, token).expect(403);
      await remove(tenant, token).expect(403);
    }
    await get(PATH, 'Bearer cwt_unknown').expect(401);
  });

  it('are listed page by page', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { body }: { body: { items: { id: string }[]; next: string | null } } = await get(
        `${PATH}?limit=1${cursor === null ? '' : `&cursor=${cursor}`}`,
      ).expect(200);
      seen.push(...body.items.map(({ id }) => id));
      cursor = body.next;
    } while (cursor !== null);
    expect(seen).toEqual([...new Set(seen)].sort());
    expect(seen).toContain(tenant);
  });
});

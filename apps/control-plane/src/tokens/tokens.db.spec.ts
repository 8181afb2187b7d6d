/** Tokens are shown once, end when they should, and never leave an account without an admin. */
import { describeOnPostgres } from '@causeway/test-stores';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../testing/test-app.js';

const PATH = '/api/v1/tokens';
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
const revoke = (id: string, token = app.admin) => app.http.delete(`${PATH}/${id}`).set('Authorization', token);

/** The token as it is shown once its use is written down, which no request waits for. */
async function used(id: string) {
  for (;;) {
    const answer = await get(`${PATH}/${id}`).expect(200);
    if (answer.body.lastUsedAt !== null) return answer;
  }
}

describe('a new token', () => {
  it('is shown once, and works at once', async () => {
    const { body } = await create({ name: 'ci', role: 'viewer' }).expect(201);
    expect(body).toMatchObject({ name: 'ci', role: 'viewer', expiresAt: null, lastUsedAt: null });
    expect(body.token).toMatch(/^cwt_[A-Za-z0-9_-]{43}$/);
    await get('/api/v1/groups', `Bearer ${body.token}`).expect(200);
    const { token, ...shown } = body;
    const read = (await used(body.id)).body;
    expect(read).toEqual({ ...shown, lastUsedAt: expect.any(String) });
    expect((await get(PATH).expect(200)).body.items).toContainEqual(read);
  });

  it('stands nowhere in the store, the log or the audit trail', async () => {
    const { body } = await create({ name: 'secret', role: 'viewer' }).expect(201);
    const rows = await app.dataSource.query('SELECT t::text AS row FROM tokens t UNION ALL SELECT e::text FROM audit_events e');
    expect(JSON.stringify(rows)).not.toContain(body.token);
    expect(JSON.stringify(rows)).toContain('token.create');
    expect(app.log()).not.toContain(body.token);
  });

  it('stops at its end', async () => {
    const expiresAt = '2099-01-01T00:00:00Z';
    const { body } = await create({ name: 'brief', role: 'viewer', expiresAt }).expect(201);
    expect(body.expiresAt).toBe('2099-01-01T00:00:00.000Z');
    await get('/api/v1/groups', `Bearer ${body.token}`).expect(200);
    await app.dataSource.query(`UPDATE tokens SET expires_at = now() - interval '1 second' WHERE id = $1`, [body.id]);
    await get('/api/v1/groups', `Bearer ${body.token}`).expect(401);
  });

  it('cannot have ended before', async () => {
    const { body } = await create({ name: 'late', role: 'viewer', expiresAt: '2020-01-01T00:00:00Z' }).expect(422);
    expect(body.errors).toEqual([{ path: 'expiresAt', message: 'must lie in the future' }]);
  });

  it('is refused with every complaint', async () => {
    const { body } = await create({
      name: '',
      role: 'root',
      expiresAt: '2099-02-30T00:00:00+02:00',
      accountId: 1,
      scope: 'all',
    }).expect(400);
    const paths = new Set(body.errors.map(({ path }: { path: string }) => path));
    expect([...paths].sort()).toEqual(['accountId', 'expiresAt', 'name', 'role', 'scope']);
  });
});

describe('an account', () => {
  it('has its own tokens, out of sight of other accounts', async () => {
    const { body } = await create({ name: 'own', role: 'editor' }).expect(201);
    await get(`${PATH}/${body.id}`, tenantAdmin).expect(404);
    await revoke(body.id, tenantAdmin).expect(404);
    expect((await get(PATH, tenantAdmin).expect(200)).body.items).toHaveLength(1);
  });

  it('other than one’s own is for admins of the default account', async () => {
    const { body: me } = await create({ name: 'one', role: 'viewer' }).expect(201);
    await create({ name: 'x', role: 'viewer', accountId: me.accountId }, tenantAdmin).expect(403);
    await get(`${PATH}?accountId=${me.accountId}`, tenantAdmin).expect(403);
    await create({ name: 'x', role: 'viewer', accountId: tenant }, tenantAdmin).expect(201);
    const { body } = await create({ name: 'x', role: 'viewer', accountId: tenant }).expect(201);
    expect(body.accountId).toBe(tenant);
    expect((await get(`${PATH}?accountId=${tenant}`).expect(200)).body.items.map(({ id }: { id: string }) => id)).toContain(
      body.id,
    );
    await revoke(body.id).expect(204);
    await create({ name: 'x', role: 'viewer', accountId: 'f'.repeat(32) }).expect(404);
  });

  it('lets its admins alone see and make tokens', async () => {
    for (const role of ['viewer', 'publisher', 'editor'] as const) {
      const token = await app.token(role);
      await get(PATH, token).expect(403);
      await create({ name: 'x', role: 'viewer' }, token).expect(403);
      await revoke('bootstrap', token).expect(403);
    }
  });
});

describe('revoking a token', () => {
  it('takes effect at once', async () => {
    const { body } = await create({ name: 'gone', role: 'viewer' }).expect(201);
    await get('/api/v1/groups', `Bearer ${body.token}`).expect(200);
    const { headers } = await used(body.id);
    await revoke(body.id).set('If-Match', '"stale"').expect(412);
    await revoke(body.id).set('If-Match', String(headers.etag)).expect(204);
    await get('/api/v1/groups', `Bearer ${body.token}`).expect(401);
    await revoke(body.id).expect(404);
  });

  it('leaves an account its last admin, unless the operator takes it', async () => {
    const id = await app.account('small');
    const { body: first } = await create({ name: 'first', role: 'admin', accountId: id }).expect(201);
    const own = `Bearer ${first.token}`;
    await create({ name: 'editor', role: 'editor' }, own).expect(201);
    expect((await revoke(first.id, own).expect(409)).body.code).toBe('LastAdminToken');
    const { body: second } = await create({ name: 'second', role: 'admin' }, own).expect(201);
    await revoke(first.id, own).expect(204);
    expect((await revoke(second.id, `Bearer ${second.token}`).expect(409)).body.code).toBe('LastAdminToken');
    await revoke(second.id).expect(204);
  });

  it('does not count an admin whose token has expired', async () => {
    const id = await app.account('expired');
    const { body: first } = await create({ name: 'first', role: 'admin', accountId: id }).expect(201);
    const { body: second } = await create({
      name: 'second',
      role: 'admin',
      accountId: id,
      expiresAt: '2099-01-01T00:00:00Z',
    }).expect(201);
    await app.dataSource.query(`UPDATE tokens SET expires_at = now() - interval '1 second' WHERE id = $1`, [second.id]);
    await revoke(first.id, `Bearer ${first.token}`).expect(409);
  });
});

describe('the last use of a token', () => {
  const lastUse = async (id: string): Promise<string> =>
    (await app.dataSource.query('SELECT last_used_at::text AS at FROM tokens WHERE id = $1', [id]))[0].at;
  const usedAgo = (id: string, seconds: number) =>
    app.dataSource.query('UPDATE tokens SET last_used_at = now() - make_interval(secs => $2) WHERE id = $1', [id, seconds]);
  const make = async (name: string) => {
    const { body } = await create({ name, role: 'viewer' }).expect(201);
    const use = () => get('/api/v1/groups', `Bearer ${body.token}`).expect(200);
    await use();
    await used(body.id);
    return { id: body.id as string, use };
  };

  it('is written once a minute', async () => {
    const [one, other] = [await make('one'), await make('other')];
    await usedAgo(one.id, 50);
    await usedAgo(other.id, 70);
    const [before, stale] = [await lastUse(one.id), await lastUse(other.id)];
    await one.use();
    await Promise.all(Array.from({ length: 20 }, () => other.use()));
    while ((await lastUse(other.id)) === stale) await new Promise(setImmediate);
    expect(await lastUse(one.id)).toBe(before);
  });

  describeOnPostgres('beside another session', () => {
    it('holds up no request, not even while somebody else holds the row', async () => {
      const { id, use } = await make('held');
      await usedAgo(id, 70);
      const holder = app.dataSource.createQueryRunner();
      await holder.startTransaction();
      await holder.query('SELECT 1 FROM tokens WHERE id = $1 FOR UPDATE', [id]);
      for (let n = 0; n < 10; n++) await use();
      await holder.commitTransaction();
      await holder.release();
    });
  });
});

describeOnPostgres('two admins', () => {
  it('who revoke each other at the same time take turns, and one stays', async () => {
    const id = await app.account('duel');
    const { body: one } = await create({ name: 'one', role: 'admin', accountId: id }).expect(201);
    const { body: two } = await create({ name: 'two', role: 'admin', accountId: id }).expect(201);
    const holder = app.dataSource.createQueryRunner();
    await holder.startTransaction();
    await holder.query('SELECT 1 FROM accounts WHERE id = $1 FOR UPDATE', [id]);
    const duel = Promise.all([revoke(two.id, `Bearer ${one.token}`), revoke(one.id, `Bearer ${two.token}`)]);
    while ((await waiting()) < 2) await new Promise(setImmediate);
    await holder.commitTransaction();
    await holder.release();
    expect((await duel).map(({ status }) => status).sort()).toEqual([204, 409]);
    expect((await get(`${PATH}?accountId=${id}`).expect(200)).body.items).toHaveLength(1);
  });

  /** Sessions that wait for a lock. */
  async function waiting(): Promise<number> {
    const [row] = await app.dataSource.query(
      `SELECT count(*)::integer AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return row.n;
  }
});

it('lists tokens page by page', async () => {
  const all = (await get(`${PATH}?limit=200`).expect(200)).body.items.map(({ id }: { id: string }) => id);
  const first = (await get(`${PATH}?limit=2`).expect(200)).body;
  const second = (await get(`${PATH}?limit=2&cursor=${first.next}`).expect(200)).body;
  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(all.slice(0, 4));
  await get(`${PATH}?limit=0`).expect(400);
  await get(`${PATH}?cursor=***`).expect(400);
});

/** Nodes, revisions and audit events as operators read them. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../testing/test-app.js';

let app: TestApp;
let viewer: string;
let stranger: string;
let instanceId: string;
const nodeToken = 'n'.repeat(32);
const get = (path: string, token = viewer) => app.http.get(`/api/v1/${path}`).set('Authorization', token);

beforeAll(async () => {
  app = await startTestApp({ CAUSEWAY_NODE_TOKEN: nodeToken });
  viewer = await app.token('viewer');
  stranger = await app.token('admin', await app.account('strangers'));
  const { body } = await app.http
    .post('/api/v1/instances')
    .set('Authorization', app.admin)
    .send({ name: 'second', callsFromGateway: true })
    .expect(201);
  instanceId = body.id;
  for (const privateDns of [[{ host: 'a.example', records: [{ address: '10.0.0.1' }] }], []]) {
    await app.http.patch(`/api/v1/instances/${instanceId}`).set('Authorization', app.admin).send({ privateDns }).expect(200);
  }
});
afterAll(() => app.close());

describe('revisions', () => {
  it('come newest first, a page at a time, with who made them and when they were published', async () => {
    const first = await get(`revisions?instanceId=${instanceId}&limit=2`).expect(200);
    expect(first.body.items.map((each: { revision: number }) => each.revision)).toEqual([3, 2]);
    expect(first.body.items[0]).toMatchObject({
      instanceId,
      actor: expect.any(String),
      action: expect.any(String),
      problems: [],
    });
    const second = await get(`revisions?instanceId=${instanceId}&limit=2&cursor=${first.body.next}`).expect(200);
    expect(second.body).toMatchObject({ items: [{ revision: 1 }], next: null });
  });

  it('of another account’s instance are as absent as those of none', async () => {
    for (const id of [instanceId, 'nobody']) await get(`revisions?instanceId=${id}`, stranger).expect(404);
    await get('revisions', stranger).expect(404);
    await get(`revisions?instanceId=${instanceId}&cursor=YWJj`).expect(400);
  });
});

describe('audit events', () => {
  it('say who changed what, newest first, and which states that made', async () => {
    const { body } = await get('audit-events?resourceType=instance&limit=1').expect(200);
    expect(body.items).toMatchObject([
      { resourceType: 'instance', resourceId: instanceId, revisions: [{ instanceId, revision: 3 }] },
    ]);
    const next = await get(`audit-events?resourceType=instance&limit=1&cursor=${body.next}`).expect(200);
    expect(Number(next.body.items[0].id)).toBeLessThan(Number(body.items[0].id));
  });

  it('of another account are for admins of the default account only', async () => {
    const { body } = await get('audit-events', stranger).expect(200);
    expect(body.items).toEqual([]);
    const { accountId } = (await get('audit-events')).body.items[0];
    await get(`audit-events?accountId=${accountId}`, stranger).expect(403);
    await get(`audit-events?accountId=${accountId}`, app.admin).expect(200);
  });
});

describe('nodes', () => {
  it('show what they run and how far behind they are, to the account of their instance', async () => {
    await published(3);
    for (const [node, revision] of [
      ['a', 1],
      ['b', 3],
    ] as const) {
      const report = {
        node,
        instance: instanceId,
        epoch: 1,
        revision,
        state: 'applied',
        rejected: null,
        errors: [],
        source: 'http',
      };
      await app.http
        .put(`/internal/v1/nodes/${node}`)
        .set('Authorization', `Bearer ${nodeToken}`)
        .send({ ...report, appliedAt: new Date().toISOString() })
        .expect(204);
    }
    const first = await get(`nodes?instanceId=${instanceId}&limit=1`).expect(200);
    expect(first.body.items).toMatchObject([{ node: 'a', live: true, revision: 1, lag: { revisions: 2 } }]);
    const second = await get(`nodes?instanceId=${instanceId}&limit=1&cursor=${first.body.next}`).expect(200);
    expect(second.body).toMatchObject({ items: [{ node: 'b', live: true, lag: { revisions: 0, ms: 0 } }], next: null });
    expect((await get('nodes', stranger).expect(200)).body.items).toEqual([]);
  });

  it('and the endpoints of data planes are not part of the public interface', async () => {
    const { body } = await app.http.get('/api/openapi.json').expect(200);
    expect(Object.keys(body.paths).filter((path) => path.startsWith('/internal'))).toEqual([]);
    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining(['/api/v1/nodes', '/api/v1/revisions', '/api/v1/audit-events']),
    );
  });
});

/** A node cannot report what nobody could have given it. */
async function published(revision: number): Promise<void> {
  for (;;) {
    const sql = 'SELECT 1 FROM published_manifests WHERE instance_id = $1 AND revision >= $2';
    const rows: unknown[] = await app.dataSource.query(sql, [instanceId, revision]);
    if (rows.length > 0) return;
    await new Promise(setImmediate);
  }
}

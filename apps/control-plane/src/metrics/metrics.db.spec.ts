/** What `/metrics` says is true, bounded, and there when the database is not. */
import { randomBytes } from 'node:crypto';
import { createRedisRelay, createScratchDatabase, describeOnPostgres, describeWithRedis, redisUrl } from '@causeway/test-stores';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient } from '@redis/client';
import { startTestApp, type TestApp } from '../testing/test-app.js';
import { StoreState } from './store-state.js';

let app: TestApp;
let instance: string;

beforeAll(async () => {
  app = await startTestApp();
  [{ id: instance }] = await app.dataSource.query("SELECT id FROM instances WHERE name = 'default'");
  while ((await app.dataSource.query('SELECT 1 FROM published_manifests')).length === 0) await new Promise(setImmediate);
});
afterAll(() => app.close());

/** Series -> value, of a scrape that asks the store anew. */
async function scrape(of = app): Promise<Map<string, number>> {
  (of.get(StoreState) as unknown as { askedMs: number }).askedMs = Number.NEGATIVE_INFINITY;
  const { text, headers } = await of.http.get('/metrics').expect(200);
  expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
}

const send = (path: string, token = app.admin) => app.http.get(path).set('Authorization', token);

describe('/metrics', () => {
  it('needs no token and shows the process', async () => {
    const metrics = await scrape();
    expect(metrics.get('causeway_process_resident_memory_bytes')).toBeGreaterThan(1_000_000);
    expect(metrics.get('causeway_database_up')).toBe(1);
  });

  it('counts requests by the route that took them, whatever clients write in the path', async () => {
    const before = await scrape();
    for (const id of ['0'.repeat(32), '1'.repeat(32)]) await send(`/api/v1/groups/${id}?x=${id}`).expect(404);
    await app.http.get('/api/v1/groups').expect(401);
    for (const path of ['/nowhere/1', '/nowhere/2', '/api/v1/nothing']) await send(path).expect(404);
    const after = await scrape();
    const of = (route: string, status: number) => {
      const series = `causeway_management_requests_total{method="GET",route="${route}",status="${status}"}`;
      return (after.get(series) ?? 0) - (before.get(series) ?? 0);
    };
    expect([of('/api/v1/groups/:id', 404), of('/api/v1/groups', 401), of('none', 404)]).toEqual([2, 1, 3]);
    expect([...after.keys()].filter((series) => series.includes('nowhere') || series.includes('000'))).toEqual([]);
    const took = 'causeway_management_request_duration_seconds_count{method="GET",route="/api/v1/groups/:id"}';
    expect((after.get(took) ?? 0) - (before.get(took) ?? 0)).toBe(2);
  });

  it('counts writes by what came of them', async () => {
    const before = await scrape();
    const create = (name: string) => app.http.post('/api/v1/groups').set('Authorization', app.admin).send({ name });
    await create('measured').expect(201);
    await create('measured').expect(409);
    const after = await scrape();
    const more = (outcome: string) => {
      const series = `causeway_writes_total{outcome="${outcome}"}`;
      return (after.get(series) ?? 0) - (before.get(series) ?? 0);
    };
    expect([more('committed'), more('undone')]).toEqual([1, 1]);
    expect(after.has('causeway_write_conflicts_total')).toBe(true);
  });

  it('counts publications, and times them', async () => {
    const before = await scrape();
    await app.http.post('/api/v1/groups').set('Authorization', app.admin).send({ name: 'published' }).expect(201);
    const published = 'causeway_publications_total{outcome="published"}';
    let after = await scrape();
    while ((after.get(published) ?? 0) === before.get(published)) after = await scrape();
    const seconds = 'causeway_publication_seconds_total';
    expect(after.get(seconds)).toBeGreaterThan(before.get(seconds) ?? 0);
    expect(after.get('causeway_publications_total{outcome="failed"}')).toBe(0);
    expect(after.has('causeway_redis_follows')).toBe(false);
  });

  it('tells how long what is committed waits to be published', async () => {
    const unpublished = () => app.dataSource.query('SELECT 1 FROM revisions WHERE published_at IS NULL');
    while ((await unpublished()).length > 0) await new Promise(setImmediate);
    await app.dataSource.query(
      `INSERT INTO revisions (instance_id, revision, actor, action, created_at)
       VALUES ($1, 100001, 'a', 'x', now() - interval '1 hour'), ($1, 100002, 'a', 'x', now())`,
      [instance],
    );
    const metrics = await scrape();
    expect(metrics.get('causeway_unpublished_revisions')).toBe(2);
    expect(metrics.get('causeway_unpublished_seconds')).toBeGreaterThanOrEqual(3600);
    expect(metrics.get('causeway_unpublished_seconds')).toBeLessThan(3700);
    await app.dataSource.query('DELETE FROM revisions WHERE revision > 100000');
    expect((await scrape()).get('causeway_unpublished_seconds')).toBe(0);
  });

  it('tells data planes by state, and how far the slowest live one of an instance is behind', async () => {
    const [{ revision, epoch }] = await app.dataSource.query(
      'SELECT revision, epoch FROM published_manifests WHERE instance_id = $1',
      [instance],
    );
    const report = (node: string, behind: number, state: string, ago: number, ofEpoch = Number(epoch)) =>
      app.dataSource.query(
        `INSERT INTO nodes (instance_id, node, epoch, revision, state, source, applied_at, reported_at)
         VALUES ($1, $2, $3, $4, $5, 'http', now(), now() - make_interval(secs => $6))`,
        [instance, node, ofEpoch, Number(revision) - behind, state, ago],
      );
    await report('a', 0, 'applied', 1);
    await report('b', 0, 'applied', 1);
    await report('c', 1, 'rejected', 1);
    await report('d', Number(revision), 'applied', 60);
    const metrics = await scrape();
    const nodes = (state: string) => metrics.get(`causeway_nodes{instance="${instance}",state="${state}"}`);
    expect(['applied', 'rejected', 'silent', 'stale'].map(nodes)).toEqual([2, 1, 1, undefined]);
    expect(metrics.get(`causeway_nodes_lag_revisions{instance="${instance}"}`)).toBe(1);
    expect(metrics.get(`causeway_nodes_lag_seconds{instance="${instance}"}`)).toBeGreaterThan(0);
    await report('e', 0, 'applied', 1, Number(epoch) - 1);
    await app.dataSource.query("DELETE FROM nodes WHERE node = 'c'");
    expect((await scrape()).get(`causeway_nodes_lag_revisions{instance="${instance}"}`)).toBe(1);
  });

  it('names a hundred instances at most', async () => {
    await app.dataSource.query(
      `INSERT INTO instances (id, account_id, name, region, hop_ids) SELECT 'zz' || n, a.id, 'zz' || n, 'r', '{}' FROM accounts a, generate_series(101, 250) AS n`,
    );
    await app.dataSource.query(
      `INSERT INTO published_manifests (instance_id, epoch, revision, manifest) SELECT id, 1, 5, '{}' FROM instances WHERE id LIKE 'zz%'`,
    );
    await app.dataSource.query(
      `INSERT INTO nodes (instance_id, node, epoch, revision, state, source, applied_at)
       SELECT id, 'n', 1, 5 - (id = 'zz250')::integer * 3, 'applied', 'http', now() FROM instances WHERE id LIKE 'zz%'`,
    );
    const metrics = await scrape();
    const series = [...metrics.keys()].filter((each) => each.startsWith('causeway_nodes_lag_revisions'));
    expect(series).toHaveLength(101);
    expect(metrics.get('causeway_nodes_lag_revisions{instance="other"}')).toBe(3);
    expect(metrics.get('causeway_nodes{instance="other",state="applied"}')).toBe(151 - 100);
  });

  it('asks the store once, however many scrape', async () => {
    await scrape();
    (app.get(StoreState) as unknown as { askedMs: number }).askedMs = Number.NEGATIVE_INFINITY;
    let asked = 0;
    const { logger } = app.dataSource;
    app.dataSource.logger = { ...logger, logQuery: (sql) => (asked += Number(sql.includes('unpublished_seconds'))) };
    await Promise.all(Array.from({ length: 20 }, () => app.http.get('/metrics').expect(200)));
    app.dataSource.logger = logger;
    expect(asked).toBe(1);
  });
});

describeWithRedis('the copy in Redis', () => {
  it('is told whether it follows', async () => {
    const relay = await createRedisRelay(redisUrl ?? '');
    const prefix = `causeway-test-${randomBytes(4).toString('hex')}`;
    const follower = await startTestApp({ REDIS_URL: relay.url, CAUSEWAY_REDIS_PREFIX: prefix });
    const becomes = async (value: number) => {
      while ((await scrape(follower)).get('causeway_redis_follows') !== value) await new Promise(setImmediate);
    };
    try {
      await becomes(1);
      await relay.stop();
      await becomes(0);
      await relay.start();
      await becomes(1);
    } finally {
      await follower.close();
      await relay.stop();
      const redis = await createClient({ url: redisUrl ?? '' }).connect();
      for (const key of await redis.keys(`${prefix}:*`)) await redis.del(key);
      redis.destroy();
    }
  });
});

describeOnPostgres('without the database', () => {
  it('the process can still be measured', async () => {
    const database = await createScratchDatabase();
    const alone = await startTestApp({}, database);
    try {
      await database.drop();
      const metrics = await scrape(alone);
      expect(metrics.get('causeway_database_up')).toBe(0);
      expect(metrics.has('causeway_unpublished_seconds')).toBe(false);
      expect(metrics.get('causeway_process_resident_memory_bytes')).toBeGreaterThan(0);
    } finally {
      await alone.close();
    }
  });
});

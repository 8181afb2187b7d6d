/** What was published goes once nobody needs it, and not before: whoever publishes meanwhile. */
import { describeOnPostgres } from '@causeway/test-stores';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { Settings } from '../config.js';
import { createPublishing } from '../publish/testing/control-plane.js';
import { createScratchStore, insertInstance, type ScratchStore } from '../publish/testing/scratch-store.js';
import { CHUNK_BATCH, CHUNK_PAGE, forgetIntervals, sweepChunks } from './forget-chunks.js';
import { HistoryKeeper } from './history-keeper.js';

const KEEP = 2;
let store: ScratchStore;
let plane: ReturnType<typeof createPublishing>;
const query = (sql: string, values: unknown[] = []) => store.dataSource.query(sql, values);
const keeperOf = (dataSource: DataSource) => new HistoryKeeper(dataSource, { revisionsKeep: KEEP } as Settings);

beforeAll(async () => {
  Logger.overrideLogger(false);
  store = await createScratchStore();
});
beforeEach(async () => {
  await store.reset();
  plane = createPublishing(store.dataSource);
  await plane.publisher.publishPending();
});
afterAll(() => store.drop());

/** The next revision of i1, whose endpoint is on this port; the hash of the chunk that says so. */
async function edit(port: number): Promise<string> {
  await plane.write({ i1: ['instance'] }, ({ manager }) =>
    manager.query("UPDATE instances SET private_dns = $1 WHERE id = 'i1'", [privateDns(port)]),
  );
  await plane.publisher.publishPending();
  return hashOf('i1', 'instance');
}

const privateDns = (port: number) => JSON.stringify([{ host: 'h', records: [{ address: '10.0.0.1', port }] }]);

async function hashOf(instanceId: string, key: string): Promise<string> {
  return (await plane.manifests.find(instanceId))?.manifest.chunks[key] ?? '';
}

const setBack = (interval: string) => query('UPDATE manifest_chunks SET ended_at = ended_at - $1::interval', [interval]);

/** As the keeper does it in the background. */
async function forget(dataSource = store.dataSource): Promise<void> {
  const keeper = keeperOf(dataSource);
  await keeper.forget();
  await keeper.forgetChunks();
}

async function isStored(hash: string): Promise<boolean> {
  return (await query('SELECT 1 FROM chunks WHERE hash = $1', [hash])).length === 1;
}

/** Hashes that manifests or intervals name and the store does not hold. */
function missing(): Promise<unknown[]> {
  return query(
    `SELECT named.hash FROM (
       SELECT hash FROM manifest_chunks UNION SELECT e.value FROM published_manifests p, jsonb_each_text(p.manifest -> 'chunks') e) named
     LEFT JOIN chunks c ON c.hash = named.hash WHERE c.hash IS NULL`,
  );
}

describe('a chunk', () => {
  it('goes when it ended before the oldest revision that is kept, an hour ago or more', async () => {
    const [first, second, third, fourth] = [await edit(1), await edit(2), await edit(3), await edit(4)];
    await setBack('2 hours');
    await forget();
    expect(await Promise.all([first, second, third, fourth].map(isStored))).toEqual([false, false, true, true]);
    expect(await query("SELECT from_revision::integer AS n FROM manifest_chunks WHERE key = 'instance' ORDER BY 1")).toEqual([
      { n: 3 },
      { n: 4 },
    ]);
    expect(await missing()).toEqual([]);
  });

  it('stays for an hour after it ended: whoever is just fetching it gets it', async () => {
    const first = await edit(1);
    for (const port of [2, 3, 4]) await edit(port);
    await setBack('59 minutes');
    await forget();
    expect(await isStored(first)).toBe(true);
    await setBack('2 minutes');
    await forget();
    expect(await isStored(first)).toBe(false);
  });

  it('of the revision that a data plane runs stays while it reports, and no other of its age does', async () => {
    const [before, run, after] = [await edit(1), await edit(2), await edit(3)];
    for (const port of [4, 5, 6]) await edit(port);
    await query(
      `INSERT INTO nodes (instance_id, node, epoch, revision, state, source, applied_at, reported_at)
       VALUES ('i1', 'late', 1, 2, 'rejected', 'http', now(), now() - interval '50 minutes')`,
    );
    await setBack('2 hours');
    await forget();
    expect(await Promise.all([before, run, after].map(isStored))).toEqual([false, true, false]);
    await query("UPDATE nodes SET reported_at = reported_at - interval '20 minutes'");
    await forget();
    expect(await isStored(run)).toBe(false);
  });

  it('that stands somewhere else too stays', async () => {
    await insertInstance(store.dataSource, 'i2');
    await plane.publisher.publishPending();
    const shared = await hashOf('i2', 'network');
    expect(await hashOf('i1', 'network')).not.toBe(shared);
    await plane.write({ every: ['network'] });
    await plane.publisher.publishPending();
    expect(await hashOf('i1', 'network')).toBe(shared);
    await plane.write({ every: ['network'] }, ({ manager }) =>
      manager.query("UPDATE instances SET internal_endpoint = '10.0.0.9:1' WHERE id = 'i2'"),
    );
    await query("DELETE FROM outbox WHERE instance_id = 'i2'");
    await plane.publisher.publishPending();
    for (const port of [1, 2, 3]) await edit(port);
    await setBack('2 hours');
    await forget();
    expect(await isStored(shared)).toBe(true);
    expect(await hashOf('i2', 'network')).toBe(shared);
  });

  it('that comes back is stored again, and what goes is counted', async () => {
    const first = await edit(1);
    for (const port of [2, 3, 4]) await edit(port);
    await setBack('2 hours');
    const keeper = keeperOf(store.dataSource);
    await keeper.forget();
    await keeper.forgetChunks();
    // Revisions 3 and 4 are kept: gone is what stood at first, at 1 and at 2.
    expect(keeper.forgotten).toEqual({ intervals: 3, chunks: 3 });
    expect(await isStored(first)).toBe(false);
    expect(await edit(1)).toBe(first);
    expect(await missing()).toEqual([]);
  });

  it('of an instance that is deleted goes, and what others share with it stays', async () => {
    await insertInstance(store.dataSource, 'i2');
    await plane.publisher.publishPending();
    await plane.write({ every: ['network'] });
    await plane.publisher.publishPending();
    const own = await hashOf('i2', 'instance');
    await query("DELETE FROM instances WHERE id = 'i2'");
    await forget();
    expect(await isStored(own)).toBe(false);
    expect(await missing()).toEqual([]);
    expect(await isStored(await hashOf('i1', 'network'))).toBe(true);
  });

  it('that another took the place of at the same revision, as a new epoch began, goes', async () => {
    const first = await edit(1);
    await query("UPDATE instances SET private_dns = $1 WHERE id = 'i1'", [privateDns(2)]);
    await query(`INSERT INTO outbox (instance_id, revision, chunk_keys) VALUES ('i1', 1, '["instance"]')`);
    await query('UPDATE deployment_state SET epoch = 2');
    await plane.publisher.publishPending();
    await forget();
    expect(await isStored(first)).toBe(false);
    expect(await missing()).toEqual([]);
  });

  it('goes however many there are, in batches', async () => {
    const many = 2 * CHUNK_BATCH + 7;
    for (const port of [1, 2, 3]) await edit(port);
    await query("INSERT INTO chunks (hash, bytes) SELECT md5(n::text), '' FROM generate_series(1, $1::integer) AS n", [many]);
    await query(
      `INSERT INTO manifest_chunks (instance_id, key, from_revision, to_revision, hash, ended_at)
       SELECT 'i1', 'plugin:' || n, 0, 1, md5(n::text), now() - interval '2 hours' FROM generate_series(1, $1::integer) AS n`,
      [many],
    );
    await forget();
    expect(await query("SELECT 1 FROM manifest_chunks WHERE key LIKE 'plugin:%'")).toEqual([]);
    expect(await query('SELECT 1 FROM chunks WHERE length(hash) = 32')).toEqual([]);
    expect(await missing()).toEqual([]);
  });

  it('that nothing names is found page by page', async () => {
    const many = 2 * CHUNK_PAGE + 7;
    await query("INSERT INTO chunks (hash, bytes) SELECT md5(n::text), '' FROM generate_series(1, $1::integer) AS n", [many]);
    const keeper = keeperOf(store.dataSource);
    for (let look = 1; look <= 3; look++) await keeper.forgetChunks();
    expect(keeper.forgotten).toEqual({ intervals: 0, chunks: many });
    expect(await missing()).toEqual([]);
  });
});

describeOnPostgres('among a hundred thousand', () => {
  it('finds what goes by indexes', async () => {
    const n = 100_000;
    await edit(1);
    await query("INSERT INTO chunks (hash, bytes) SELECT md5(n::text), '' FROM generate_series(1, $1::integer) AS n", [n]);
    await query(
      `INSERT INTO manifest_chunks (instance_id, key, from_revision, to_revision, hash, ended_at)
       SELECT 'i1', 'plugin:' || n, 1, CASE WHEN n % 2 = 0 THEN 2 + n END, md5(n::text), now() - interval '2 hours' FROM generate_series(1, $1::integer) AS n`,
      [n],
    );
    await query("UPDATE revisions SET revision = $1 WHERE instance_id = 'i1'", [n]);
    await query('ANALYZE');
    const sent: [string, unknown[] | undefined][] = [];
    const { logger } = store.dataSource;
    store.dataSource.logger = { ...logger, logQuery: (sql, values) => sent.push([sql, values as unknown[]]) };
    await forgetIntervals(store.dataSource);
    await sweepChunks(store.dataSource, '5');
    store.dataSource.logger = logger;
    const asked = sent.filter(([sql]) => /chunks/.test(sql));
    expect(asked.length).toBeGreaterThanOrEqual(4);
    for (const [sql, values] of asked) {
      const [row] = await query(`EXPLAIN (FORMAT JSON) ${sql}`, values);
      expect([sql, scannedIn(row['QUERY PLAN'][0].Plan).filter((table) => table.endsWith('chunks'))]).toEqual([sql, []]);
    }
  });
});

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly Plan[];
}

/** Tables that are read from end to end. */
function scannedIn(plan: Plan): string[] {
  const own = plan['Node Type'] === 'Seq Scan' && plan['Relation Name'] !== undefined ? [plan['Relation Name']] : [];
  return [...own, ...(plan.Plans ?? []).flatMap(scannedIn)];
}

describeOnPostgres('while publishers are at it', () => {
  let first: string;

  /** Port 1 stood at revision 1, and nobody needs that any more. */
  beforeEach(async () => {
    first = await edit(1);
    for (const port of [2, 3, 4]) await edit(port);
    await setBack('2 hours');
    await keeperOf(store.dataSource).forget();
    await plane.write({ i1: ['instance'] }, ({ manager }) =>
      manager.query("UPDATE instances SET private_dns = $1 WHERE id = 'i1'", [privateDns(1)]),
    );
  });

  const forgetChunks = () => keeperOf(store.dataSource).forgetChunks();

  it('a chunk that one found and has not named yet goes, and its next attempt stores it anew', async () => {
    const stop = await stopAt('BEFORE INSERT ON manifest_chunks');
    const publishing = plane.publisher.publishPending();
    await stop.reached();
    await forgetChunks();
    expect(await isStored(first)).toBe(false);
    await stop.goOn();
    await publishing;
    expect(await hashOf('i1', 'instance')).toBe(first);
    expect(await missing()).toEqual([]);
  });

  it('a chunk that one has named and not committed stays, and nobody waits for it', async () => {
    const stop = await stopAt('BEFORE INSERT ON published_manifests');
    const publishing = plane.publisher.publishPending();
    await stop.reached();
    await forgetChunks();
    expect(await query("SELECT 1 FROM manifest_chunks WHERE key = 'instance' AND from_revision = 1")).toEqual([]);
    expect(await isStored(first)).toBe(true);
    await stop.goOn();
    await publishing;
    expect(await hashOf('i1', 'instance')).toBe(first);
    expect(await missing()).toEqual([]);
  });

  it('a publisher that wants a chunk which is just going waits for that and stores it anew', async () => {
    const stop = await stopAt('AFTER DELETE ON chunks');
    const forgetting = forgetChunks();
    await stop.reached();
    const publishing = plane.publisher.publishPending();
    await isWaitedFor("locktype = 'transactionid'");
    await stop.goOn();
    await Promise.all([forgetting, publishing]);
    expect(await hashOf('i1', 'instance')).toBe(first);
    expect(await missing()).toEqual([]);
  });

  it('nothing is lost however they meet', async () => {
    const other = await store.connect();
    const planes = [plane, createPublishing(other)];
    let isOver = false;
    const collect = async (dataSource: DataSource) => {
      while (!isOver) {
        await query(
          "UPDATE manifest_chunks SET ended_at = ended_at - interval '2 hours' WHERE ended_at > now() - interval '1 hour'",
        );
        await forget(dataSource);
      }
    };
    const collecting = [collect(store.dataSource), collect(other)];
    for (let n = 0; n < 12; n++) {
      await plane.write({ i1: ['instance'] }, ({ manager }) =>
        manager.query("UPDATE instances SET private_dns = $1 WHERE id = 'i1'", [privateDns(1 + (n % 3))]),
      );
      await Promise.all(planes.map(({ publisher }) => publisher.publishPending()));
    }
    isOver = true;
    await Promise.all(collecting);
    await plane.publisher.publishPending();
    expect(await query('SELECT 1 FROM outbox')).toEqual([]);
    expect(await missing()).toEqual([]);
    expect(Number((await plane.manifests.find('i1'))?.manifest.revision)).toBe(17);
  });
});

/** Stops whoever comes to this event until told to go on. */
async function stopAt(event: string) {
  const holder = store.dataSource.createQueryRunner();
  await query(
    'CREATE FUNCTION stop_here() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(99, 1); RETURN NULL; END $$',
  );
  await query(`CREATE TRIGGER stops ${event} FOR EACH STATEMENT EXECUTE FUNCTION stop_here()`);
  await holder.query('SELECT pg_advisory_lock(99, 1)');
  return {
    reached: () => isWaitedFor("locktype = 'advisory' AND classid = 99"),
    async goOn() {
      await holder.query('SELECT pg_advisory_unlock(99, 1)');
      await holder.release();
      await query('DROP FUNCTION stop_here CASCADE');
    },
  };
}

/** Resolves once a session of this database waits for such a lock. */
async function isWaitedFor(lock: string): Promise<void> {
  const waits = `SELECT 1 FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE a.datname = current_database() AND NOT l.granted AND ${lock}`;
  while ((await query(waits)).length === 0) await new Promise(setImmediate);
}

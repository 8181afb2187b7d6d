import { migrations } from '@causeway/migrations';
import { createScratchDatabase, describeOnPostgres, type ScratchDatabase } from '@causeway/test-stores';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import type { Settings } from '../config.js';
import { createScratchStore, type ScratchStore } from '../publish/testing/scratch-store.js';
import { BATCH } from './forget-history.js';
import { HistoryKeeper } from './history-keeper.js';

const KEEP = 5;
let store: ScratchStore;

beforeAll(async () => {
  store = await createScratchStore();
});
afterAll(() => store.drop());
beforeEach(async () => {
  await store.dataSource.query('DELETE FROM outbox');
  await store.dataSource.query('DELETE FROM revisions');
  await store.dataSource.query('DELETE FROM rollback_history');
});

const keeperOf = (dataSource: DataSource) => new HistoryKeeper(dataSource, { revisionsKeep: KEEP } as Settings);

/** Revisions 1 to `count` of i1; at each one API changed from version n to n + 1. */
async function plant(count: number): Promise<void> {
  const { dataSource } = store;
  await dataSource.query("UPDATE instances SET revision = $1 WHERE id = 'i1'", [count]);
  await dataSource.query(
    "INSERT INTO revisions (instance_id, revision, actor, action) SELECT 'i1', n, 'a', 'x' FROM generate_series(1, $1) AS n",
    [count],
  );
  await dataSource.query(
    `INSERT INTO rollback_history (instance_id, account_id, kind, group_id, target, stage, slot, value, from_revision, to_revision, ended)
     SELECT 'i1', 'acc', 'deployment', 'g', 'a', 'RELEASE', '', n, n, CASE WHEN n < $1 THEN n + 1 END, n < $1
     FROM generate_series(1, $1::integer) AS n`,
    [count],
  );
}

async function left(): Promise<{ revisions: number[]; versions: number[] }> {
  const revisions: { n: string }[] = await store.dataSource.query('SELECT revision AS n FROM revisions ORDER BY revision');
  const versions: { n: string }[] = await store.dataSource.query(
    'SELECT value AS n FROM rollback_history ORDER BY value::integer',
  );
  return { revisions: revisions.map(({ n }) => Number(n)), versions: versions.map(({ n }) => Number(n)) };
}

describe('the keeper of the history', () => {
  it('forgets all but the newest revisions, and what only older ones held', async () => {
    await plant(12);
    await keeperOf(store.dataSource).forget();
    expect(await left()).toEqual({ revisions: [8, 9, 10, 11, 12], versions: [8, 9, 10, 11, 12] });
  });

  it('keeps what has stood since before all revisions that are kept', async () => {
    await plant(12);
    await store.dataSource.query("UPDATE rollback_history SET to_revision = 12 WHERE value = '2'");
    await keeperOf(store.dataSource).forget();
    expect((await left()).versions).toEqual([2, 8, 9, 10, 11, 12]);
  });

  it('goes through more than a batch', async () => {
    await plant(2 * BATCH + 50);
    await keeperOf(store.dataSource).forget();
    expect((await left()).revisions).toHaveLength(KEEP);
    expect((await left()).versions).toHaveLength(KEEP);
  });

  it('folds up an outbox that is not emptied, and loses no chunk of it', async () => {
    await store.dataSource.query(
      `INSERT INTO outbox (instance_id, revision, chunk_keys, allow_shrink)
       SELECT 'i1', n, jsonb_build_array('group:' || n % 7, 'instance'), n = 3 FROM generate_series(1, $1) AS n`,
      [2 * BATCH + 1],
    );
    await keeperOf(store.dataSource).forget();
    const [rows] = await store.dataSource.query(
      `SELECT count(*)::integer AS n, max(revision)::integer AS newest, bool_or(allow_shrink) AS shrink,
              (SELECT jsonb_agg(DISTINCT k ORDER BY k) FROM outbox, jsonb_array_elements(chunk_keys) AS k) AS keys FROM outbox`,
    );
    expect(rows).toMatchObject({ newest: 2 * BATCH + 1, shrink: true });
    expect(rows.n).toBeLessThanOrEqual(BATCH);
    expect(rows.keys).toEqual([...Array.from({ length: 7 }, (_, n) => `group:${n}`), 'instance']);
  });
});

describeOnPostgres('two keepers at once', () => {
  it('do not get in each other’s way, nor in that of a write', async () => {
    await plant(2 * BATCH);
    const other = await store.connect();
    const writer = store.dataSource.createQueryRunner();
    await writer.startTransaction();
    await writer.query("UPDATE instances SET revision = revision + 1 WHERE id = 'i1'");
    await Promise.all([keeperOf(store.dataSource).forget(), keeperOf(other).forget()]);
    await keeperOf(other).forget();
    await writer.rollbackTransaction();
    await writer.release();
    expect((await left()).revisions).toHaveLength(KEEP);
  });
});

describe('the migration', () => {
  let database: ScratchDatabase;
  let source: DataSource;

  beforeEach(async () => {
    database = await createScratchDatabase();
    source = new DataSource({ type: 'postgres', url: database.url, installExtensions: false, migrations, poolSize: 1 });
    await source.initialize();
  });
  afterEach(async () => {
    await source.destroy();
    await database.drop();
  });

  it('takes what stands for the content of the last revision, and can be undone', async () => {
    const runner = source.createQueryRunner();
    const at = migrations.findIndex(({ name }) => name.startsWith('RollbackHistory'));
    for (const Migration of migrations.slice(0, at)) await new Migration().up(runner);
    await runner.query(
      `INSERT INTO accounts (id, name) VALUES ('acc', 'acc');
       INSERT INTO instances (id, account_id, name, region, hop_ids, revision) VALUES ('i1', 'acc', 'one', 'r', '{}', 9);
       INSERT INTO revisions (instance_id, revision, actor, action) SELECT 'i1', n, 'a', 'x' FROM generate_series(1, 9) AS n;
       INSERT INTO groups (id, account_id, instance_id, name, network) VALUES ('g', 'acc', 'i1', 'group', '{}');
       INSERT INTO apis (id, account_id, group_id, name, definition) VALUES ('a', 'acc', 'g', 'api', '{}');
       INSERT INTO api_versions (api_id, version, stage, definition) VALUES ('a', '1', 'RELEASE', '{}');
       INSERT INTO deployments (api_id, stage, group_id, version, chunk_number) VALUES ('a', 'RELEASE', 'g', '1', 0);
       INSERT INTO plugins (id, account_id, name, type, config) VALUES ('p', 'acc', 'plugin', 'routing', 'sealed'),
         ('q', 'acc', 'unbound', 'routing', 'sealed');
       INSERT INTO plugin_bindings (id, plugin_id, type, stage, api_id, group_id)
         VALUES ('b', 'p', 'routing', 'RELEASE', 'a', NULL), ('c', 'p', 'routing', 'RELEASE', NULL, 'g');
       INSERT INTO stage_variables (group_id, stage, name, value) VALUES ('g', 'RELEASE', 'n', 'v')`,
    );
    const migration = new migrations[at]!();
    await migration.up(runner);
    const rows = await runner.query(
      `SELECT kind, group_id, target, stage, slot, value FROM rollback_history
       WHERE instance_id = 'i1' AND account_id = 'acc' AND from_revision = 9 AND NOT ended ORDER BY kind`,
    );
    expect(rows).toEqual([
      { kind: 'apiBinding', group_id: 'g', target: 'a', stage: 'RELEASE', slot: 'routing', value: 'p' },
      { kind: 'deployment', group_id: 'g', target: 'a', stage: 'RELEASE', slot: '', value: '1' },
      { kind: 'groupBinding', group_id: 'g', target: 'g', stage: 'RELEASE', slot: 'routing', value: 'p' },
      { kind: 'plugin', group_id: null, target: 'p', stage: '', slot: '', value: 'sealed' },
      { kind: 'variable', group_id: 'g', target: 'g', stage: 'RELEASE', slot: 'n', value: 'v' },
    ]);
    expect(await runner.query('SELECT revision FROM revisions WHERE restorable')).toEqual([{ revision: '9' }]);
    await migration.down(runner);
    await runner.query("UPDATE instances SET revision = 10 WHERE id = 'i1'");
    await runner.query('DELETE FROM deployments');
    await migration.up(runner);
    await runner.release();
  });
});

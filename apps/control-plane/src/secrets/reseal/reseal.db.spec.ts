/** A master key goes: everything it sealed is sealed anew, beside running services, in as many attempts as it takes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { chunkKeys, type PluginChunk, sealedPaths } from '@causeway/contract';
import { deriveInstanceKeyring, formatKeyring, InstanceKeys, type Keyring, sealText } from '@causeway/snapshot';
import { createScratchDatabase, describeOnPostgres, type ScratchDatabase } from '@causeway/test-stores';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { storedPaths } from '../../publish/chunks/chunk-source.js';
import { testSettings } from '../../publish/testing/scratch-store.js';
import { newName, type Owner, ownerOf } from '../../testing/owner.js';
import { publishedChunk } from '../../testing/published.js';
import { type Planted, plantSecrets } from '../../testing/secrets/plant-secrets.js';
import { startTestApp, type TestApp } from '../../testing/test-app.js';
import { StoredSecrets } from '../stored-secrets.js';
import { reseal } from './reseal.js';
import { resealColumn } from './reseal-column.js';
import { sealedColumns } from './sealed-columns.js';

const keyring = (...ids: string[]) => ids.map((id) => ({ id, key: Buffer.alloc(32, id) })) as unknown as Keyring;
const OLD = keyring('old');
const BOTH = keyring('new', 'old');
const NEW = keyring('new');

const HISTORY = 'SELECT id, instance_id, kind, target, slot, from_revision, to_revision, ended FROM rollback_history ORDER BY id';

let database: ScratchDatabase;
let app: TestApp;
let owner: Owner;
let planted: Planted;
let lines: string[];
const children: ChildProcess[] = [];

const run = (masterKeys: Keyring, isStopped?: () => boolean) =>
  reseal(app.dataSource, { ...testSettings, masterKeys }, { tell: (line) => lines.push(line), ...(isStopped && { isStopped }) });

async function underOld(): Promise<number> {
  let count = 0;
  for (const { table, column } of sealedColumns) {
    const [row] = await app.dataSource.query(`SELECT count(*) FROM ${table} WHERE starts_with(${column}, 'v1.old.')`);
    count += Number(row.count);
  }
  return count;
}

async function secretOf(key: string): Promise<string> {
  const [row]: { secret: string }[] = await app.dataSource.query('SELECT secret FROM app_keys WHERE key = $1', [key]);
  return row?.secret ?? '';
}

async function plantKeys(count: number, prefix = 'K'): Promise<void> {
  const keys = Array.from({ length: count }, (_, n) => `${prefix}${String(n).padStart(5, '0')}`);
  const sealed = keys.map((key) => sealText(OLD[0], randomBytes(12), storedPaths.appSecret(key), `secret of ${key}`));
  await app.dataSource.query(
    'INSERT INTO app_keys (key, app_id, secret) SELECT k.key, $1, k.secret FROM unnest($2::text[], $3::text[]) AS k(key, secret)',
    [planted.appId, keys, sealed],
  );
}

beforeAll(async () => {
  database = await createScratchDatabase();
  app = await startTestApp({ CAUSEWAY_MASTER_KEY: formatKeyring(OLD) }, database);
  planted = await plantSecrets(ownerOf(app, app.admin), 'reseal');
  await publishedChunk(app, await lastRevision(), chunkKeys.instance);
  await app.close();
  app = await startTestApp({ CAUSEWAY_MASTER_KEY: formatKeyring(BOTH) }, database);
  owner = ownerOf(app, app.admin);
}, 90_000);
afterAll(async () => {
  await app.close();
  await database.drop();
});
beforeEach(() => {
  lines = [];
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

async function lastRevision(): Promise<number> {
  const [row]: { revision: string }[] = await app.dataSource.query('SELECT max(revision) AS revision FROM instances');
  return Number(row?.revision);
}

describe('a reseal, in this order,', () => {
  it('names what is left, and where, when its key is not at hand', async () => {
    expect(await run(NEW)).toBe(false);
    expect(lines).toContainEqual(
      expect.stringMatching(/^Under key old, which is not at hand: \d+ \(.*plugins\.config 2.*published/),
    );
    expect(lines.join('\n')).not.toContain('planted-');
  });

  it('goes on later where it was stopped', async () => {
    await plantKeys(250);
    expect(await run(BOTH, () => lines.includes('app_keys.secret: 100'))).toBe(false);
    const [row] = await app.dataSource.query("SELECT count(*) FROM app_keys WHERE starts_with(secret, 'v1.old.')");
    expect(Number(row.count)).toBeGreaterThanOrEqual(150);
  });

  it('leaves nothing under another key in the store, changes nothing that anybody sees there, and says what may go', async () => {
    const shown = async () => {
      const { headers, body } = await owner.send(`GET /plugins/${planted.plugins.basicAuth}`).expect(200);
      return { tag: headers.etag, body, noted: await app.dataSource.query(HISTORY) };
    };
    const before = await shown();
    expect(await run(BOTH)).toBe(true);
    expect(await underOld()).toBe(0);
    expect(lines).toContain('Under key old: 0');
    expect(lines.at(-1)).toBe('Nothing is left under another key: old can go once every data plane runs what is published now.');
    expect(await shown()).toEqual(before);
  });

  it('leaves nothing under another key in what is published: data planes open it with the new one alone', async () => {
    const [{ id, manifest }] = await app.dataSource.query(
      "SELECT i.id, p.manifest FROM instances i JOIN published_manifests p ON p.instance_id = i.id WHERE i.name = 'default'",
    );
    const keys = new InstanceKeys(deriveInstanceKeyring(NEW, id));
    expect(keys.verify(manifest)).toBe(true);
    const pluginId = planted.plugins.backendSignature ?? '';
    const chunk = await publishedChunk<PluginChunk>(app, 0, chunkKeys.plugin(pluginId));
    expect(keys.open(sealedPaths.pluginField(pluginId, 'secret'), String(chunk?.config.secret))).toBe(
      planted.secrets['signing-secret'],
    );
    const [row] = await app.dataSource.query(
      `SELECT count(*) FROM manifest_chunks m JOIN chunks c ON c.hash = m.hash
       WHERE m.to_revision IS NULL AND position('"v1.old.' IN convert_from(c.bytes, 'UTF8')) > 0`,
    );
    expect(row.count).toBe('0');
  });

  it('writes nothing when it is repeated', async () => {
    const state = () =>
      app.dataSource.query('SELECT (SELECT count(*) FROM audit_events), (SELECT array_agg(secret ORDER BY key) FROM app_keys)');
    const before = await state();
    expect(await run(BOTH)).toBe(true);
    expect(await state()).toEqual(before);
  });

  it('takes a text of an owner that looks sealed for what it is', async () => {
    const { body } = await owner.send('POST /apps', { name: newName(), extend: `v1.gone.${'A'.repeat(64)}` }).expect(201);
    await publishedChunk(app, body.revision ?? (await lastRevision()), chunkKeys.instance);
    expect(await run(BOTH)).toBe(true);
    expect(lines.join('\n')).not.toContain('gone');
  });
});

describeOnPostgres('a reseal beside writes', () => {
  it('never puts an older secret in the place of a newer one', async () => {
    const column = sealedColumns.find((each) => each.table === 'app_keys' && each.column === 'secret')!;
    await plantKeys(1, 'R');
    const newer = sealText(OLD[0], randomBytes(12), storedPaths.appSecret('R00000'), 'newer');
    const runner = app.dataSource.createQueryRunner();
    await runner.startTransaction();
    await runner.query("UPDATE app_keys SET secret = $1 WHERE key = 'R00000'", [newer]);
    const walk = resealColumn(app.dataSource, { keyId: 'new', seal: () => 'v1.new.x', open: () => 'x' }, column, () => true);
    await untilWaiting();
    await runner.commitTransaction();
    await runner.release();
    await walk;
    expect(await secretOf('R00000')).toBe(newer);
  });

  it('survives kill -9 and is repeated, while a control plane with the new key first takes writes', async () => {
    await plantKeys(1500, 'P');
    let isOver = false;
    const load = (async () => {
      while (!isOver) {
        await owner.app();
        const config = `type: APIGW_FRONTEND\nkey: SIGNER\nsecret: ${newName()}\n`;
        await owner.send(`PUT /plugins/${planted.plugins.backendSignature}`, { config }).expect(200);
        await owner.send(`POST /apps/${planted.appId}/keys/P01499/rotation`, { secret: 'rotated-now' }).expect(200);
      }
    })();
    const first = start('reseal.js', BOTH);
    await first.line('app_keys.secret: 500');
    first.child.kill('SIGKILL');
    expect(await first.ended).toBeNull();
    expect(await underOld()).toBeGreaterThan(0);

    const second = start('reseal.js', BOTH);
    expect([await second.ended, second.output()]).toEqual([0, expect.stringContaining('Nothing is left')]);
    isOver = true;
    await load;
    expect(await underOld()).toBe(0);
    const afterwards = new StoredSecrets({ ...testSettings, masterKeys: NEW });
    expect(afterwards.open(storedPaths.appSecret('P01499'), await secretOf('P01499'))).toBe('rotated-now');
    expect(afterwards.open(storedPaths.appSecret('P01498'), await secretOf('P01498'))).toBe('secret of P01498');

    const alone = start('main.js', NEW);
    await alone.line('"listening"');
    expect(alone.output()).not.toMatch(/"level":[56]0/);
  }, 90_000);
});

/** Until the walk waits for the row that another transaction holds. */
async function untilWaiting(): Promise<void> {
  for (;;) {
    const [row]: unknown[] = await app.dataSource.query(
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    if (row !== undefined) return;
  }
}

/** A script of the build output on this store. */
function start(script: string, masterKeys: Keyring) {
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', '..', '..', 'dist', script)], {
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: database.url,
      CAUSEWAY_MASTER_KEY: formatKeyring(masterKeys),
      CAUSEWAY_MANAGEMENT_PORT: '0',
      CAUSEWAY_DATABASE_POOL: '3',
      CAUSEWAY_ADMIN_TOKEN: app.admin.slice('Bearer '.length),
      CAUSEWAY_NODE_TOKEN: 'n'.repeat(32),
      CAUSEWAY_MANAGEMENT_HOST: '127.0.0.1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let output = '';
  const watchers = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => {
      output += part.toString('utf8');
      for (const look of watchers) look();
    });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const line = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = output.split('\n').find((each) => each.includes(text));
        if (found !== undefined) resolve(found);
      };
      watchers.add(look);
      void ended.then(() => reject(new Error(`ended without saying ${text}: ${output}`)));
      look();
    });
  return { child, ended, line, output: () => output };
}

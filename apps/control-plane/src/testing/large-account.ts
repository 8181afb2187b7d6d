/** Rows by the hundred thousand, made by SQL, for specs of what happens at size. */
import { createHash } from 'node:crypto';
import { DataSource } from 'typeorm';
import { storedPaths } from '../publish/chunks/chunk-source.js';
import type { StoredSecrets } from '../secrets/stored-secrets.js';
import { withoutIndexes } from './without-indexes.js';

/** Ids of what is in it: many APIs are in the group, and much is bound to the first of them. */
export type LargeAccount = Readonly<
  Record<'instance' | 'group' | 'api' | 'app' | 'plugin' | 'dataset' | 'certificate' | 'access' | 'token', string>
>;

export const ROWS = 100_000;
/** An account may have 1000 of some things; of those the other rows are other accounts'. */
const CAPPED = 500;
const FIRST_APP = 1_000_000;
/** The one of which the text is read. */
const FIRST_PLUGIN = md5('plugin0');
const CONFIG = JSON.stringify({ type: 'ALLOW', items: [{ blocks: ['192.0.2.1'] }] });
/** APIs of the one big group; the others are spread. */
const IN_BIG_GROUP = 50_000;
/** Kept of an instance (`CAUSEWAY_REVISIONS_KEEP`). */
const REVISIONS = 10_000;
/** Of a token (`idempotency.ts`). */
const IDEMPOTENCY_KEYS = 10_000;

/** Fills the default account, on the default instance, and others a little. No control plane runs meanwhile: it would wait for locks. */
export async function fillAccount(url: string, secrets: StoredSecrets): Promise<LargeAccount> {
  const dataSource = await new DataSource({ type: 'postgres', url, installExtensions: false }).initialize();
  const [place]: { account: string; instance: string }[] = await dataSource.query(
    `SELECT a.id AS account, i.id AS instance FROM accounts a, instances i WHERE a.is_default AND i.name = 'default'`,
  );
  const { account = '', instance = '' } = place ?? {};
  await dataSource.transaction(async (manager) => {
    // No triggers and no look-ups of foreign keys, row by row: what they would write is written here.
    await manager.query('SET LOCAL session_replication_role = replica');
    await withoutIndexes(manager, async () => {
      for (const [table, select] of Object.entries(rowsOf(account, instance)))
        await manager.query(`INSERT INTO ${table} ${select}`);
      for (const [table, columns] of Object.entries(sealedOf(secrets)))
        await manager.query(`INSERT INTO ${table} SELECT * FROM unnest(${arraysOf(columns)})`, columns);
    });
    await manager.query('UPDATE plugins SET config = $2 WHERE id = $1', [
      FIRST_PLUGIN,
      secrets.seal(storedPaths.pluginConfig(FIRST_PLUGIN), CONFIG),
    ]);
    await manager.query(`UPDATE instances SET revision = ${REVISIONS + 1000} WHERE id = $1`, [instance]);
  });
  // As autovacuum leaves tables some minutes after they have grown; then it is told to leave them, so that plans stay while the spec runs.
  await dataSource.query('VACUUM ANALYZE');
  await dataSource.query(
    `DO $$ DECLARE name text; BEGIN
       FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
         EXECUTE format('ALTER TABLE %I SET (autovacuum_enabled = false)', name);
       END LOOP; END $$`,
  );
  await dataSource.destroy();
  const last = ROWS - 1;
  return {
    instance,
    group: md5('group0'),
    api: md5('api0'),
    app: String(FIRST_APP),
    plugin: FIRST_PLUGIN,
    token: md5('token0'),
    dataset: md5(`dataset${last}`),
    certificate: md5(`certificate${last}`),
    access: md5(`access${last}`),
  };
}

/** Table and columns -> what is put there. */
function rowsOf(account: string, instance: string): Record<string, string> {
  const from = `FROM generate_series(0, ${ROWS - 1}) AS n`;
  const [mine, here] = [`'${account}'`, `'${instance}'`];
  /** The last of them are the account's: whoever reads the table from its beginning finds them last. */
  const owner = `CASE WHEN n < ${ROWS - CAPPED} THEN md5('account' || n / ${CAPPED}) ELSE ${mine} END`;
  const group = `md5('group' || CASE WHEN n < ${IN_BIG_GROUP} THEN 0 ELSE n END)`;
  /** The big group has as many as a group may have. */
  const groupOf = (most: number) => `md5('group' || CASE WHEN n < ${most} THEN 0 ELSE n END)`;
  const definition = `jsonb_build_object('name', 'api_' || n, 'auth', 'ANONYMOUS', 'request', jsonb_build_object('method', 'GET', 'path', '/p/' || n),
    'parameters', '[]'::jsonb, 'constants', '[]'::jsonb, 'system', '[]'::jsonb,
    'backend', jsonb_build_object('type', 'MOCK', 'statusCode', 200))`;
  const ofApis = "FROM apis WHERE name LIKE 'api%'";
  const version = `'20260101000000000'`;
  const leaf = `'{"subject": "", "issuer": "", "serialNumber": "1", "hostNames": [], "fingerprint": "AB", "keyAlgorithm": "Ed25519",
    "validFrom": "2026-01-01T00:00:00.000Z", "validTo": "2027-01-01T00:00:00.000Z"}'`;
  const kind = `(ARRAY['api', 'app', 'group', 'plugin'])[n % 4 + 1]`;
  const tagged = `CASE n % 4 WHEN 1 THEN (${FIRST_APP} + n)::text ELSE md5(${kind} || n) END`;
  return {
    'accounts (id, name)': `SELECT md5('account' || n), 'account' || n FROM generate_series(0, ${(ROWS - CAPPED) / CAPPED - 1}) AS n`,
    'groups (id, account_id, instance_id, name, network)': `SELECT md5('group' || n), ${mine}, ${here}, 'group_' || n, '{"internet": true, "publicDomain": true, "vpc": false}' ${from}`,
    'group_moves (group_id, from_instance_id, moved_at)': `SELECT md5('group' || n), 'other' || n / 100, now() - interval '1 day' ${from}`,
    'group_stages (group_id, name, alias)': `SELECT ${groupOf(50)}, 'S' || n, 'stage' ${from}`,
    'stage_variables (group_id, stage, name, value)': `SELECT ${groupOf(50)}, 'TEST', 'v' || n, 'x' ${from}`,
    'group_domains (id, group_id, domain, type, instance_id, base_path)': `SELECT md5('domain' || n), ${groupOf(90)}, 'd' || n || '.example.com', 'internet', ${here}, '/' ${from}`,
    'models (id, group_id, name, schema)': `SELECT md5('model' || n), ${groupOf(500)}, 'model_' || n, '{"type": "object"}' ${from}`,
    'apis (id, account_id, group_id, name, definition)': `SELECT md5('api' || n), ${mine}, ${group}, 'api_' || n, ${definition} ${from}`,
    'api_versions (api_id, version, stage, definition)': `SELECT id, ${version}, 'RELEASE', definition ${ofApis}`,
    'deployments (api_id, stage, group_id, version, chunk_number, route)': `SELECT id, 'RELEASE', group_id, ${version},
      (row_number() OVER (PARTITION BY group_id ORDER BY id) - 1) / 64, route_bucket(definition) ${ofApis}`,
    'apis_chunks (group_id, chunk_number, size)': `SELECT group_id, chunk_number, count(*) FROM deployments WHERE version = ${version} GROUP BY group_id, chunk_number`,
    'rollback_history (instance_id, account_id, kind, group_id, target, stage, slot, value, from_revision)': `SELECT ${here}, ${mine}, 'deployment', group_id, id, 'RELEASE', '', ${version}, 1 ${ofApis}`,
    'apps (id, account_id, name)': `SELECT ${FIRST_APP} + n, ${mine}, 'app_' || n ${from}`,
    'grants (id, account_id, app_account_id, app_id, api_id, stage)': `SELECT md5('grant' || n), ${mine}, ${mine}, ${FIRST_APP} + n, md5('api' || n), 'RELEASE' ${from}`,
    'plugins (id, account_id, name, type, config)': `SELECT md5('plugin' || n), ${mine}, 'plugin_' || n, 'ipControl', 'sealed' ${from}`,
    'plugin_bindings (id, plugin_id, type, stage, api_id)': `SELECT md5('binding' || n), md5('plugin' || (n / 10)), 'ipControl', 'TEST', md5('api' || n) ${from}`,
    'vpc_accesses (id, account_id, name, address)': `SELECT md5('access' || n), ${owner}, 'access_' || n, 'host:80' ${from}`,
    'certificates (id, account_id, name, certificate, private_key, leaf)': `SELECT md5('certificate' || n), ${owner}, 'certificate_' || n, 'PEM', 'sealed', ${leaf} ${from}`,
    'datasets (id, account_id, name, type)': `SELECT md5('dataset' || n), ${owner}, 'dataset_' || n, 'JWT_BLOCKING' ${from}`,
    'dataset_items (id, dataset_id, value, digest)': `SELECT md5('item' || n), md5('dataset' || ${ROWS - 1} - n / 200), 'v' || n, md5(n::text) ${from}`,
    'plugin_datasets (plugin_id, dataset_id)': `SELECT md5('plugin' || n), md5('dataset' || n) ${from}`,
    'tags (account_id, resource_type, resource_id, key, value)': `SELECT ${mine}, ${kind}, ${tagged}, 'team', CASE WHEN n % 8 < 4 THEN 'orders' ELSE 'team' || n / 20 END ${from}`,
    'tokens (id, account_id, name, role, token_hash)': `SELECT md5('token' || n), ${mine}, 'token_' || n, 'viewer', md5(n::text) ${from}`,
    'idempotency_keys (token_id, key, request_hash, attempt, committed)': `SELECT md5('token' || n / ${IDEMPOTENCY_KEYS}), 'key' || n, 'hash', gen_random_uuid(), true ${from}`,
    'retired_ids (kind, id, account_id)': `SELECT 'api', md5('retired' || n), ${mine} ${from}`,
    // As many as are kept of each instance, of others too, which need not be there for that.
    'revisions (instance_id, revision, actor, action, account_id, published_at)': `SELECT CASE WHEN n < ${REVISIONS} THEN ${here} ELSE 'other' || n / ${REVISIONS} END, n % ${REVISIONS} + 1000, 'seed', 'seed', ${mine}, now() ${from}`,
    'chunks (hash, bytes)': `SELECT md5('chunk' || n), '' ${from}`,
    'manifest_chunks (instance_id, key, from_revision, hash)': `SELECT ${here}, 'plugin:' || md5('plugin' || n), 1, md5('chunk' || n) ${from}`,
    'audit_events (account_id, token_id, token_name, request_id, action, resource_type, resource_id)': `SELECT ${mine}, 't', 't', 'r', 'seed', CASE n % 3 WHEN 0 THEN 'api' ELSE 'group' END, md5('api' || n) ${from}`,
    'audit_chain (account_id, sequence, event_id, hash)': `SELECT ${mine}, row_number() OVER (ORDER BY id) + 1000, id, 'hash' FROM audit_events WHERE action = 'seed'`,
  };
}

/** Table and columns -> a value for each column and row. What a chunk is built of has to open. */
function sealedOf(secrets: StoredSecrets): Record<string, (string | number)[][]> {
  const at = Array.from({ length: ROWS }, (_, n) => n);
  const apps = at.map((n) => FIRST_APP + n);
  const keys = at.map((n) => `key${n}`);
  const codes = at.map((n) => md5(`code${n}`));
  return {
    'app_keys (app_id, key, secret)': [apps, keys, keys.map((key) => secrets.seal(storedPaths.appSecret(key), 'secret'))],
    'app_codes (app_id, id, code, code_hash)': [
      apps,
      codes,
      codes.map((id) => secrets.seal(storedPaths.appCode(id), 'code')),
      codes,
    ],
  };
}

function arraysOf(columns: readonly (readonly unknown[])[]): string {
  return columns.map(([first], at) => `$${at + 1}::${typeof first === 'number' ? 'bigint' : 'text'}[]`).join(', ');
}

/** Tables and indexes with so many rows that reading all of them for one request is a mistake. */
export async function bigTables(dataSource: DataSource): Promise<Set<string>> {
  const rows: { name: string }[] = await dataSource.query(
    `SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'i') AND relnamespace = 'public'::regnamespace AND reltuples >= ${ROWS / 10}`,
  );
  return new Set(rows.map(({ name }) => name));
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

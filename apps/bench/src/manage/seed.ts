/** Fills accounts by SQL, where REST would take too long: what stands afterwards is what REST would have made. */
import type pg from 'pg';

export interface Account {
  id: string;
  /** Where its groups are. */
  instanceId: string;
}

const DEFINITION = `jsonb_build_object('name', 'api_' || n, 'description', '', 'visibility', 'PRIVATE', 'auth', 'ANONYMOUS',
  'request', jsonb_build_object('method', 'GET', 'path', '/things/' || n || '/of/[id]'),
  'parameters', jsonb_build_array(jsonb_build_object('name', 'id', 'in', 'path', 'required', true,
    'backend', jsonb_build_object('name', 'id', 'in', 'path'))),
  'constants', '[]'::jsonb, 'system', '[]'::jsonb,
  'backend', jsonb_build_object('type', 'HTTP', 'address', 'http://backend.example.com:8080', 'path', '/things/[id]', 'method', 'GET'))`;

/** Ids of the i-th group and of its n-th API. */
export function groupIdOf(account: Account, i: number): string {
  return `${account.id.slice(0, 24)}${i.toString(16).padStart(8, '0')}`;
}

/** Groups, each with the same number of live APIs of paths of their own. */
export async function seedApis(client: pg.Client, account: Account, groups: number, apisInEach: number): Promise<void> {
  const group = `left($1, 24) || lpad(to_hex(i), 8, '0')`;
  await client.query(
    `INSERT INTO groups (id, account_id, instance_id, name, network)
     SELECT ${group}, $1, $2, 'group_' || i, '{"internet": true, "publicDomain": true, "vpc": false}' FROM generate_series(0, $3::integer - 1) AS i`,
    [account.id, account.instanceId, groups],
  );
  const each = `generate_series(0, $2::integer - 1) AS i, generate_series(0, $3::integer - 1) AS n`;
  const values = [account.id, groups, apisInEach];
  await client.query(
    `INSERT INTO apis (id, account_id, group_id, name, definition)
     SELECT md5($1 || i || '/' || n), $1, ${group}, 'api_' || n, ${DEFINITION} FROM ${each}`,
    values,
  );
  await client.query(
    `INSERT INTO api_versions (api_id, version, stage, definition)
     SELECT id, '20260101000000000', 'RELEASE', definition FROM apis WHERE account_id = $1`,
    [account.id],
  );
  await client.query(
    `INSERT INTO deployments (api_id, stage, group_id, version, chunk_number)
     SELECT id, 'RELEASE', group_id, '20260101000000000', (row_number() OVER (PARTITION BY group_id ORDER BY id) - 1) / 64
     FROM apis WHERE account_id = $1`,
    [account.id],
  );
  // Stamps what was noted for rollbacks, as every write does last.
  await client.query('UPDATE instances SET revision = revision + 1 WHERE id = $1', [account.instanceId]);
}

/** Apps with a pair and an AppCode each, and a grant on an API. Nothing opens their secrets. */
export async function seedApps(client: pg.Client, account: Account, apps: number): Promise<void> {
  const each = 'generate_series(1, $2::integer) AS n';
  await client.query(`INSERT INTO apps (id, account_id, name) SELECT 1000000 + n, $1, 'app_' || n FROM ${each}`, [
    account.id,
    apps,
  ]);
  await client.query(
    `INSERT INTO app_keys (key, app_id, secret) SELECT 'bench' || id, id, 'sealed' FROM apps WHERE account_id = $1`,
    [account.id],
  );
  await client.query(
    `INSERT INTO app_codes (id, app_id, code, code_hash) SELECT md5('code' || id), id, 'sealed', 'bench' || id FROM apps WHERE account_id = $1`,
    [account.id],
  );
  await client.query(
    `INSERT INTO grants (id, account_id, app_account_id, app_id, api_id, stage)
     SELECT md5(p.id::text), $1, $1, p.id, a.id, 'RELEASE'
     FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM apps WHERE account_id = $1) p
     JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM apis WHERE account_id = $1) a USING (n)`,
    [account.id],
  );
}

/** So that the planner knows what there is, as it does some minutes after such tables have grown. */
export async function analyze(client: pg.Client): Promise<void> {
  await client.query('VACUUM ANALYZE');
}

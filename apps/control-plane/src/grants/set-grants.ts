/** Writes the grants of one request, new ones and those that were there. */
import type { EntityManager } from 'typeorm';
import { newId } from '../http/new-id.js';
import { conflict } from '../http/problem.js';
import type { Grant } from './grant.entity.js';
import type { GrantedPairs } from './granted-pairs.js';
import { GRANT_COLUMNS } from './list-grants.js';

/** Of one account's APIs to one app: what other accounts can put into the bucket of an app stays bounded. */
const GRANTS_AT_MOST = 10_000;

type Terms = Pick<Grant, 'stage' | 'expiresAt' | 'description'>;

/** In the order of the request. Apps and APIs are locked. */
export async function setGrants(
  manager: EntityManager,
  accountId: string,
  { apps, apis }: GrantedPairs,
  { stage, expiresAt, description }: Terms,
): Promise<Grant[]> {
  const pairs = apps.flatMap((app) => apis.map((api) => ({ id: newId(), appId: app.id, apiId: api.id })));
  // In the order of the ids whatever the order of the request, so that two such writes do not cross.
  const rows: Grant[] = await manager.query(
    `INSERT INTO grants (id, account_id, app_account_id, app_id, api_id, stage, expires_at, description)
     SELECT p.id, $2, a.account_id, p."appId", p."apiId", $3, $4, $5
     FROM jsonb_to_recordset($1) AS p (id text, "appId" bigint, "apiId" text) JOIN apps a ON a.id = p."appId"
     ORDER BY p."appId", p."apiId"
     ON CONFLICT (app_id, api_id, stage) DO UPDATE SET expires_at = excluded.expires_at, description = excluded.description
     RETURNING ${GRANT_COLUMNS}`,
    [JSON.stringify(pairs), accountId, stage, expiresAt, description],
  );
  await refuseTooMany(
    manager,
    accountId,
    apps.map(({ id }) => id),
  );
  const byPair = new Map(rows.map((row) => [`${row.appId} ${row.apiId}`, row]));
  return pairs.flatMap(({ appId, apiId }) => byPair.get(`${appId} ${apiId}`) ?? []);
}

async function refuseTooMany(manager: EntityManager, accountId: string, appIds: readonly string[]): Promise<void> {
  const full: { id: string }[] = await manager.query(
    `SELECT app_id::text AS id FROM grants WHERE app_id = ANY($1) AND account_id = $2
     GROUP BY app_id HAVING count(*) > $3 ORDER BY app_id LIMIT 1`,
    [appIds, accountId, GRANTS_AT_MOST],
  );
  for (const { id } of full)
    throw conflict('ExceedLimitGrant', `The app ${id} has ${GRANTS_AT_MOST} grants of this account: revoke some first.`);
}

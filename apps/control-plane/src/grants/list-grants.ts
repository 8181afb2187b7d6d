/** One page of the grants that concern an account: those on its APIs, and those that its apps were given. */
import type { EntityManager } from 'typeorm';
import { cursorOf } from '../http/page.js';
import type { Grant } from './grant.entity.js';
import type { GrantsQuery } from './grant-body.js';

/** What both halves show; named as in the entity. */
export const GRANT_COLUMNS = `id, account_id AS "accountId", app_account_id AS "appAccountId", app_id AS "appId", api_id AS "apiId", stage,
  expires_at AS "expiresAt", description, created_at AS "createdAt"`;

/** Two halves, each in the order of an index, rather than one condition that none serves. One row more than the page holds. */
export function listGrants(manager: EntityManager, accountId: string, query: GrantsQuery): Promise<Grant[]> {
  const parameters: unknown[] = [accountId, query.limit + 1];
  const { appId, apiId, stage } = query;
  const conditions = Object.entries({
    'id >': cursorOf(query),
    'app_id =': appId,
    'api_id =': apiId,
    'stage =': stage,
  }).flatMap(([condition, value]) =>
    value === undefined || value === null ? [] : `AND ${condition} $${parameters.push(value)}`,
  );
  const half = (whose: string) =>
    `(SELECT ${GRANT_COLUMNS} FROM grants WHERE ${whose} ${conditions.join(' ')} ORDER BY id LIMIT $2)`;
  return manager.query(
    `${half('account_id = $1')} UNION ALL ${half('app_account_id = $1 AND app_account_id <> account_id')} ORDER BY id LIMIT $2`,
    parameters,
  );
}

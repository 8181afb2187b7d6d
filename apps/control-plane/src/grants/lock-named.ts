/** Holds the apps and APIs that a request names, so that none of them goes away under it. */
import type { EntityManager } from 'typeorm';
import { type FieldError, refused } from '../http/problem.js';
import type { GrantedPairs, NamedId } from './granted-pairs.js';

/**
 * 422 that names each app that is not there, and each API that the account does not have. Apps may be another account's, which learns of it:
 * who knows an app's id can say no more of it than that it exists.
 */
export async function lockNamed(manager: EntityManager, accountId: string, { apps, apis }: GrantedPairs): Promise<void> {
  const missingApps = await lock(
    manager,
    'SELECT id::text AS id FROM apps WHERE id = ANY($1) ORDER BY apps.id FOR KEY SHARE',
    [],
    apps,
  );
  const missingApis = await lock(
    manager,
    'SELECT id FROM apis WHERE id = ANY($1) AND account_id = $2 ORDER BY id FOR KEY SHARE',
    [accountId],
    apis,
  );
  const errors: FieldError[] = [
    ...missingApps.map(({ id, path }) => ({ path, message: `there is no app ${id}` })),
    ...missingApis.map(({ id, path }) => ({ path, message: `there is no API ${id}` })),
  ];
  if (errors.length === 0) return;
  throw refused(
    errors,
    missingApps.length > 0 ? 'NotFoundApp' : 'NotFoundApi',
    'Nothing was granted: not all of them are there.',
  );
}

/** In one order for all writes; a shared lock, which only deletion waits for. */
async function lock(
  manager: EntityManager,
  sql: string,
  parameters: readonly string[],
  named: readonly NamedId[],
): Promise<NamedId[]> {
  const rows: { id: string }[] = await manager.query(sql, [named.map(({ id }) => id), ...parameters]);
  const found = new Set(rows.map(({ id }) => id));
  return named.filter(({ id }) => !found.has(id));
}

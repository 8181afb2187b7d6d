/** Finds the app that the configuration of a plugin names in place of a key pair. */
import type { EntityManager } from 'typeorm';
import { isAppId } from '../apps/app-id.js';
import type { FieldError } from '../http/problem.js';

export interface Signer {
  /** Null where none is named, and where the named one is not there. */
  readonly appId: string | null;
  readonly problems: readonly FieldError[];
}

/** @param named id or name of an app of the account; names begin with a letter, so that the two are not confused */
export async function findSigner(manager: EntityManager, accountId: string, named: string | null): Promise<Signer> {
  if (named === null) return { appId: null, problems: [] };
  const where = isAppId(named) ? 'id = $2::bigint' : 'name = $2';
  const [app]: { id: string }[] = await manager.query(
    // Whoever changes the app or its keys, or deletes it, waits until it is known which plugins name it.
    `SELECT id::text AS id FROM apps WHERE account_id = $1 AND ${where} FOR KEY SHARE`,
    [accountId, named],
  );
  if (app !== undefined) return { appId: app.id, problems: [] };
  return { appId: null, problems: [{ path: 'config.app', message: `there is no app ${named} in the account` }] };
}

/** Ids that belonged to a deleted resource of another account: they are taken for good (management model 2.3 rule 5). */
import type { EntityManager } from 'typeorm';

/** Kinds whose ids a create may bring; the database itself retires them with their rows. */
export type RetiredKind = 'group' | 'api' | 'app' | 'plugin';

/** Those of `ids` that the account cannot have. Its own it may take again: names and clients come back with them. */
export async function retiredElsewhere(
  manager: EntityManager,
  kind: RetiredKind,
  ids: readonly string[],
  accountId: string,
): Promise<string[]> {
  const rows: { id: string }[] = await manager.query(
    'SELECT id FROM retired_ids WHERE kind = $1 AND id = ANY($2) AND account_id <> $3',
    [kind, ids, accountId],
  );
  return rows.map(({ id }) => id);
}

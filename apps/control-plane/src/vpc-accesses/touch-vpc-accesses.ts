/** Keeps an account's VPC accesses on the instances where it has groups, and on no others. */
import { chunkKeys } from '@causeway/contract';
import type { EntityManager } from 'typeorm';
import type { Change } from '../change/change.js';

/** For a write on the accesses. No group of the account comes to another instance until the write ends, or it came before. */
export async function touchWhereGroupsAre(change: Change, accountId: string): Promise<void> {
  const rows: { id: string }[] = await change.manager.query('SELECT instances_of($1) AS id', [accountId]);
  for (const { id } of rows) change.touch(id, chunkKeys.vpcAccesses(accountId));
}

/** Before `touchWhereGroupsAre`, and before anything of the account is read. */
export async function lockAccesses(manager: EntityManager, accountId: string): Promise<void> {
  await manager.query('SELECT 1 FROM accounts WHERE id = $1 FOR UPDATE', [accountId]);
}

/** For a write that brings a group to instances, or takes it from them: once its row is written. */
export async function touchAccesses(change: Change, accountId: string, instanceIds: readonly string[]): Promise<void> {
  const { manager } = change;
  await manager.query('SELECT 1 FROM accounts WHERE id = $1 FOR KEY SHARE', [accountId]);
  // In the order of an index: without one the accesses of all accounts may be read for the first of this one.
  const some: unknown[] = await manager.query('SELECT 1 FROM vpc_accesses WHERE account_id = $1 ORDER BY id LIMIT 1', [
    accountId,
  ]);
  if (some.length > 0) for (const id of instanceIds) change.touch(id, chunkKeys.vpcAccesses(accountId));
}

/** The one way to say that something is not there. */
import type { EntityManager, EntityTarget, FindOptionsWhere, ObjectLiteral } from 'typeorm';
import { absent } from './problem.js';

/** @param where names the account too, so that another account's resource is as absent as one that never was */
export async function findOrRefuse<T extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  where: FindOptionsWhere<T> & { id?: unknown },
  kind: string,
  options: { readonly lock?: boolean } = {},
): Promise<T> {
  const found = await manager.findOne(entity, {
    where,
    ...(options.lock === true && { lock: { mode: 'pessimistic_write' as const } }),
  });
  if (found === null) throw absent(kind, String(where.id ?? ''));
  return found;
}

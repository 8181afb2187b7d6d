/** Says at once which of the names and ids that a write brings are taken. */
import type { EntityManager, EntityTarget, FindOptionsWhere, ObjectLiteral } from 'typeorm';
import { Problem } from './problem.js';
import { type RetiredKind, retiredElsewhere } from './retired-ids.js';

/**
 * @param claims field of the body -> the row that would stand in its way
 * @param own the id of something new, which may have been another account's
 */
export async function refuseTaken<T extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  code: string,
  claims: Record<string, FindOptionsWhere<T>>,
  own?: { readonly kind: RetiredKind; readonly id: string; readonly accountId: string },
): Promise<void> {
  const errors: { path: string; message: string }[] = [];
  if (own !== undefined && (await retiredElsewhere(manager, own.kind, [own.id], own.accountId)).length > 0)
    errors.push({ path: 'id', message: 'is taken' });
  for (const [path, where] of Object.entries(claims))
    if (await manager.existsBy(entity, where)) errors.push({ path, message: 'is taken' });
  if (errors.length > 0) throw new Problem(409, code, 'Something of that name or id is there already.', errors);
}

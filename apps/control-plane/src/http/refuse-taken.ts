/** Says at once which of the names and ids that a write brings are taken. */
import type { EntityManager, EntityTarget, FindOptionsWhere, ObjectLiteral } from 'typeorm';
import { Problem } from './problem.js';

/** @param claims field of the body -> the row that would stand in its way */
export async function refuseTaken<T extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<T>,
  code: string,
  claims: Record<string, FindOptionsWhere<T>>,
): Promise<void> {
  const errors: { path: string; message: string }[] = [];
  for (const [path, where] of Object.entries(claims))
    if (await manager.existsBy(entity, where)) errors.push({ path, message: 'is taken' });
  if (errors.length > 0) throw new Problem(409, code, 'Something of that name or id is there already.', errors);
}

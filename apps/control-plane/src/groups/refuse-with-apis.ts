/** A group goes only when it is empty. */
import type { EntityManager } from 'typeorm';
import { conflict } from '../http/problem.js';

const NAMED_AT_MOST = 10;

export async function refuseWithApis(manager: EntityManager, groupId: string): Promise<void> {
  const apis: { id: string; name: string }[] = await manager.query(
    'SELECT id, name FROM apis WHERE group_id = $1 ORDER BY id LIMIT $2',
    [groupId, NAMED_AT_MOST + 1],
  );
  if (apis.length === 0) return;
  const named = apis.slice(0, NAMED_AT_MOST).map(({ id, name }) => `${name} (${id})`);
  const more = apis.length > NAMED_AT_MOST ? ' and more' : '';
  throw conflict('DependencyViolationGroup', `The group still holds the APIs ${named.join(', ')}${more}: delete them first.`);
}

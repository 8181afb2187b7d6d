/** Locks an API for a write. */
import type { Change } from '../change/change.js';
import { Group } from '../groups/group.entity.js';
import { findOrRefuse } from '../http/find-or-refuse.js';
import { Api } from './api.entity.js';

/** The group's row first, as every write below a group does, then the API's as it is by then. 404 for another account's. */
export async function lockApi({ manager, actor }: Change, id: string): Promise<{ readonly api: Api; readonly group: Group }> {
  const where = { id, accountId: actor.accountId };
  const { groupId } = await findOrRefuse(manager, Api, where, 'API');
  const group = await findOrRefuse(manager, Group, { id: groupId }, 'group', { lock: true });
  return { group, api: await findOrRefuse(manager, Api, where, 'API', { lock: true }) };
}

/** The stages that a group has: built-in ones, and its own (management model 2.5). */
import { BUILT_IN_STAGES, STAGE_NAME } from '@causeway/contract';
import type { EntityManager } from 'typeorm';
import { Problem, refused } from '../http/problem.js';

export function isBuiltIn(stage: string): boolean {
  return (BUILT_IN_STAGES as readonly string[]).includes(stage);
}

/**
 * 422 at `stage` unless every one of the groups has the stage. An own stage is held until the write ends, so that it does not go away
 * under what is put into it.
 */
export async function refuseUnknownStage(manager: EntityManager, groupIds: readonly string[], stage: string): Promise<void> {
  if (isBuiltIn(stage)) return;
  const groups = [...new Set(groupIds)];
  const without = STAGE_NAME.test(stage) ? await groupsWithout(manager, groups, stage) : groups;
  if (groups.length > 0 && without.length === 0) return;
  const where = groups.length > 1 ? `; not all of the groups have it: ${without.slice(0, 10).join(', ')}` : '';
  const message = `must be one of ${BUILT_IN_STAGES.join(', ')}, or a stage of the group${where}`;
  throw refused([{ path: 'stage', message }], 'NotFoundStage', 'The group has no such stage.');
}

/** The same for the groups of APIs. */
export async function refuseStageUnknownToApis(manager: EntityManager, apiIds: readonly string[], stage: string): Promise<void> {
  if (isBuiltIn(stage)) return;
  const rows: { id: string }[] = await manager.query('SELECT DISTINCT group_id AS id FROM apis WHERE id = ANY($1)', [apiIds]);
  await refuseUnknownStage(
    manager,
    rows.map(({ id }) => id),
    stage,
  );
}

/** 404 where the stage stands in the path. */
export async function findStageOrRefuse(manager: EntityManager, groupId: string, stage: string): Promise<void> {
  if (isBuiltIn(stage)) return;
  if (STAGE_NAME.test(stage) && (await groupsWithout(manager, [groupId], stage)).length === 0) return;
  throw noStage(stage);
}

export function noStage(stage: string): Problem {
  return new Problem(404, 'NotFoundStage', `The group has no stage ${stage.slice(0, 32)}.`);
}

async function groupsWithout(manager: EntityManager, groupIds: readonly string[], stage: string): Promise<string[]> {
  const rows: { id: string }[] = await manager.query(
    'SELECT group_id AS id FROM group_stages WHERE group_id = ANY($1) AND name = $2 ORDER BY group_id FOR KEY SHARE',
    [groupIds, stage],
  );
  const having = new Set(rows.map(({ id }) => id));
  return groupIds.filter((id) => !having.has(id));
}

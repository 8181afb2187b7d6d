/** Stages of a group: listed, created, deleted. */
import { BUILT_IN_STAGES, chunkKeys } from '@causeway/contract';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import type { Actor } from '../change/change.js';
import { Group } from '../groups/group.entity.js';
import { matchOrRefuse } from '../http/etag.js';
import { findOrRefuse } from '../http/find-or-refuse.js';
import { cursorOf, type Page, type PageQuery, pageOf } from '../http/page.js';
import { conflict, Problem } from '../http/problem.js';
import { refuseTaken } from '../http/refuse-taken.js';
import type { WriteQuery } from '../http/write-query.js';
import { type WriteOutcome, Writes } from '../http/writes.js';
import { GroupStage } from './group-stage.entity.js';
import { isBuiltIn, noStage } from './known-stage.js';
import { refuseStageInUse } from './refuse-stage-in-use.js';
import type { StageBody, StageView } from './stage.dto.js';

/** Own stages of a group; the chunk of the group holds them all. */
const STAGES_AT_MOST = 50;

@Injectable()
export class StagesService {
  constructor(
    private readonly manager: EntityManager,
    private readonly writes: Writes,
  ) {}

  create(actor: Actor, groupId: string, body: StageBody, query: WriteQuery): Promise<StageView & WriteOutcome> {
    const { name, alias, description = '' } = body;
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      const { instanceId } = await lockGroup(manager, actor, groupId);
      if (isBuiltIn(name))
        throw new Problem(409, 'DuplicateStage', `${name} is built in: every group has it.`, [
          { path: 'name', message: 'is taken' },
        ]);
      await refuseTaken(manager, GroupStage, 'DuplicateStage', { name: { groupId, name } });
      if ((await manager.countBy(GroupStage, { groupId })) >= STAGES_AT_MOST)
        throw conflict('ExceedLimitStage', `The group has ${STAGES_AT_MOST} stages of its own: delete one first.`);
      await manager.insert(GroupStage, { groupId, name, alias, description });
      change.touch(instanceId, chunkKeys.group(groupId));
      change.audit('stage.create', 'group', groupId, { stage: name, alias });
      return show({ name, alias, description });
    });
  }

  async list({ accountId }: Actor, groupId: string, query: PageQuery): Promise<Page<StageView>> {
    await findOrRefuse(this.manager, Group, { id: groupId, accountId }, 'group');
    const after = cursorOf(query) ?? '';
    const own = await this.manager.findBy(GroupStage, { groupId });
    const all = [...BUILT_IN_STAGES.map(builtIn), ...own.map(show)].sort((a, b) => (a.name < b.name ? -1 : 1));
    return pageOf(
      all.filter(({ name }) => name > after).slice(0, query.limit + 1),
      query,
      ({ name }) => name,
      (stage) => stage,
    );
  }

  async read({ accountId }: Actor, groupId: string, name: string): Promise<StageView> {
    await findOrRefuse(this.manager, Group, { id: groupId, accountId }, 'group');
    if (isBuiltIn(name)) return builtIn(name);
    return show(await findOwn(this.manager, groupId, name));
  }

  /** Takes the stage's variables along; refused while something is in it. */
  remove(actor: Actor, groupId: string, name: string, tag: string | null, query: WriteQuery): Promise<WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      const { instanceId } = await lockGroup(manager, actor, groupId);
      if (isBuiltIn(name)) throw conflict('BuiltInStage', `${name} is built in: every group has it, and it stays.`);
      // Waits for grants that are just being made in it.
      await manager.query('SELECT 1 FROM group_stages WHERE group_id = $1 AND name = $2 FOR UPDATE', [groupId, name]);
      matchOrRefuse(tag, show(await findOwn(manager, groupId, name)));
      await refuseStageInUse(manager, groupId, name);
      await manager.query('DELETE FROM stage_variables WHERE group_id = $1 AND stage = $2', [groupId, name]);
      await manager.delete(GroupStage, { groupId, name });
      change.touch(instanceId, chunkKeys.group(groupId));
      change.audit('stage.delete', 'group', groupId, { stage: name });
      return {};
    });
  }
}

/** Every write below a group holds it. */
function lockGroup(manager: EntityManager, { accountId }: Actor, id: string): Promise<Group> {
  return findOrRefuse(manager, Group, { id, accountId }, 'group', { lock: true });
}

async function findOwn(manager: EntityManager, groupId: string, name: string): Promise<GroupStage> {
  const stage = await manager.findOneBy(GroupStage, { groupId, name });
  if (stage === null) throw noStage(name);
  return stage;
}

function builtIn(name: string): StageView {
  return { name, alias: name, description: '', type: 'SYSTEM' };
}

function show({ name, alias, description }: Pick<GroupStage, 'name' | 'alias' | 'description'>): StageView {
  return { name, alias, description, type: 'CUSTOM' };
}

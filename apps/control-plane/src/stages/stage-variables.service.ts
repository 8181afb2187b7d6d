/** Variables of a stage: read, and replaced as a whole. */
import { chunkKeys } from '@causeway/contract';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import type { Actor } from '../change/change.js';
import { readVariables, type StageVariables } from '../deployments/stage-definition.js';
import { Group } from '../groups/group.entity.js';
import { matchOrRefuse } from '../http/etag.js';
import { findOrRefuse } from '../http/find-or-refuse.js';
import type { WriteQuery } from '../http/write-query.js';
import { type WriteOutcome, Writes } from '../http/writes.js';
import { LoopCheck } from '../loops/loop-check.js';
import { findStageOrRefuse } from './known-stage.js';
import { refuseUnfitValues, usersOf } from './variable-users.js';
import { readVariablesBody } from './variables-body.js';

@Injectable()
export class StageVariablesService {
  constructor(
    private readonly manager: EntityManager,
    private readonly writes: Writes,
    private readonly loops: LoopCheck,
  ) {}

  async read({ accountId }: Actor, groupId: string, stage: string): Promise<StageVariables> {
    await findOrRefuse(this.manager, Group, { id: groupId, accountId }, 'group');
    await findStageOrRefuse(this.manager, groupId, stage);
    return readVariables(this.manager, groupId, stage);
  }

  /** In force at once on what is deployed; refused where that could not run any more. */
  replace(actor: Actor, groupId: string, stage: string, body: unknown, tag: string | null, query: WriteQuery) {
    const given = readVariablesBody(body);
    return this.writes.run(actor, query, async (change): Promise<{ variables: StageVariables } & WriteOutcome> => {
      const { manager } = change;
      const group = await findOrRefuse(manager, Group, { id: groupId, accountId: actor.accountId }, 'group', { lock: true });
      await findStageOrRefuse(manager, groupId, stage);
      const before = await readVariables(manager, groupId, stage);
      matchOrRefuse(tag, before);
      const variables = Object.fromEntries(given);
      const changed = changedNames(before, variables);
      const users = await usersOf(manager, groupId, stage, changed);
      refuseUnfitValues(users, variables);
      await store(manager, groupId, stage, variables);
      if (users.length > 0) await this.loops.check(change, { apiIds: users.map(({ id }) => id) });
      change.touch(group.instanceId, chunkKeys.group(groupId));
      // The values stay out of it: they may tell where backends are.
      change.audit('stage.variables', 'group', groupId, { stage, changed: [...changed].sort() });
      return { variables };
    });
  }
}

function changedNames(before: StageVariables, after: StageVariables): Set<string> {
  const names = [...Object.keys(before), ...Object.keys(after)];
  return new Set(names.filter((name) => before[name] !== after[name]));
}

async function store(manager: EntityManager, groupId: string, stage: string, variables: StageVariables): Promise<void> {
  await manager.query('DELETE FROM stage_variables WHERE group_id = $1 AND stage = $2', [groupId, stage]);
  await manager.query(
    'INSERT INTO stage_variables (group_id, stage, name, value) SELECT $1, $2, key, value FROM jsonb_each_text($3)',
    [groupId, stage, JSON.stringify(variables)],
  );
}

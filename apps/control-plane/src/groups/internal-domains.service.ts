/** Internal domains of groups: generated, which switches them on, and switched off. */
import { chunkKeys, generatedDomain } from '@causeway/contract';
import { Injectable } from '@nestjs/common';
import type { Actor, Change } from '../change/change.js';
import { Settings } from '../config.js';
import { findOrRefuse } from '../http/find-or-refuse.js';
import { conflict } from '../http/problem.js';
import type { WriteQuery } from '../http/write-query.js';
import { type WriteOutcome, Writes } from '../http/writes.js';
import { Instance } from '../instances/instance.entity.js';
import { Group } from './group.entity.js';

@Injectable()
export class InternalDomainsService {
  constructor(
    private readonly writes: Writes,
    private readonly settings: Settings,
  ) {}

  /** Any number of times: the name is always the same. */
  generate(actor: Actor, id: string, query: WriteQuery): Promise<{ domain: string } & WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const group = await lockGroup(change, id);
      const instance = await change.manager.findOneByOrFail(Instance, { id: group.instanceId });
      if (!instance.callsFromGateway)
        throw conflict(
          'CallsFromGatewayOff',
          `Instance ${instance.name} takes no calls from API Gateway: switch callsFromGateway on first.`,
        );
      const domain = generatedDomain('internal', id, instance.region, this.settings.domainSuffix);
      await change.manager.update(Group, { id }, { internalGenerated: true, internalEnabled: true });
      touch(change, group);
      change.audit('group.internal-domain.generate', 'group', id, { domain });
      return { domain };
    });
  }

  /** The name stays the group's: generating again gives the same. */
  switchOff(actor: Actor, id: string, query: WriteQuery): Promise<WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const group = await lockGroup(change, id);
      await change.manager.update(Group, { id }, { internalEnabled: false });
      touch(change, group);
      change.audit('group.internal-domain.switch-off', 'group', id);
      return {};
    });
  }
}

function lockGroup({ manager, actor }: Change, id: string): Promise<Group> {
  return findOrRefuse(manager, Group, { id, accountId: actor.accountId }, 'group', { lock: true });
}

function touch(change: Change, { id, instanceId }: Group): void {
  change.touch(instanceId, chunkKeys.group(id));
  change.touch('every', chunkKeys.network);
}

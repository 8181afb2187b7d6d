/** Moves a group with its domains to another instance of its region. */
import { chunkKeys } from '@causeway/contract';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { certificatesOfGroup, touchCertificates } from '../certificates/domain-certificate.js';
import type { Actor } from '../change/change.js';
import { refuseDomainsInTheWay } from '../domains/domain-conflicts.js';
import { findOrRefuse } from '../http/find-or-refuse.js';
import { conflict } from '../http/problem.js';
import type { WriteQuery } from '../http/write-query.js';
import { type WriteOutcome, Writes } from '../http/writes.js';
import { Instance } from '../instances/instance.entity.js';
import { touchAccesses } from '../vpc-accesses/touch-vpc-accesses.js';
import { Group } from './group.entity.js';
import type { GroupView } from './group-view.dto.js';
import { GroupsService } from './groups.service.js';
import { chunksOfGroup, pluginsOfGroup } from './place.js';

@Injectable()
export class MigrationService {
  constructor(
    private readonly writes: Writes,
    private readonly groups: GroupsService,
  ) {}

  /** One write. The publisher has the target serve first and takes the group from the source then. */
  move(actor: Actor, id: string, targetId: string, query: WriteQuery): Promise<GroupView & WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      const group = await findOrRefuse(manager, Group, { id, accountId: actor.accountId }, 'group', { lock: true });
      const target = await findOrRefuse(manager, Instance, { id: targetId }, 'instance');
      const source = await manager.findOneByOrFail(Instance, { id: group.instanceId });
      refuseUnfit(group, source, target);
      await refuseDomainsInTheWay(manager, { ...group, groupId: id, instanceId: target.id });
      await lockPlugins(manager, id);
      const certificates = await certificatesOfGroup(manager, id);
      await manager.update(Group, { id }, { instanceId: target.id });
      await touchAccesses(change, actor.accountId, [source.id, target.id]);
      await remember(manager, id, source.id, target.id);
      for (const place of [source.id, target.id]) {
        for (const key of await chunksOfGroup(manager, id)) change.touch(place, key);
        touchCertificates(change, place, certificates);
        // Holds the groups that went: they are answered I410GG there.
        change.touch(place, chunkKeys.instance);
      }
      change.touch('every', chunkKeys.network);
      change.allowShrink();
      change.audit('group.migrate', 'group', id, { from: source.id, to: target.id });
      return this.groups.view(manager, await manager.findOneByOrFail(Group, { id }));
    });
  }
}

function refuseUnfit(group: Group, source: Instance, target: Instance): void {
  if (target.id === source.id) throw conflict('SameInstance', 'The group is on this instance already.');
  if (target.region !== source.region)
    throw conflict(
      'OtherRegion',
      `The group's domains are names in ${source.region}; instance ${target.name} is in ${target.region}.`,
    );
  if (group.internalGenerated && group.internalEnabled && !target.callsFromGateway)
    throw conflict(
      'CallsFromGatewayOff',
      `The group has an internal domain, and instance ${target.name} takes no calls from API Gateway: switch callsFromGateway on there first.`,
    );
  if (group.network.internetIpv6 === true && source.ipv6 && !target.ipv6)
    throw conflict(
      'Ipv6Off',
      `The group is reachable over IPv6, and instance ${target.name} is not: switch ipv6 on there first.`,
    );
}

/** An edit of a plugin asks, under a lock on it, on which instances it is bound: before this move or after it, not in between. */
async function lockPlugins(manager: EntityManager, groupId: string): Promise<void> {
  const ids = await pluginsOfGroup(manager, groupId);
  await manager.query('SELECT id FROM plugins WHERE id = ANY($1) ORDER BY id FOR SHARE', [ids]);
}

/** Where the group was, until it comes back. */
async function remember(manager: EntityManager, groupId: string, from: string, to: string): Promise<void> {
  await manager.query('DELETE FROM group_moves WHERE group_id = $1 AND from_instance_id = $2', [groupId, to]);
  await manager.query(
    `INSERT INTO group_moves (group_id, from_instance_id) VALUES ($1, $2)
     ON CONFLICT (from_instance_id, group_id) DO UPDATE SET moved_at = now()`,
    [groupId, from],
  );
}

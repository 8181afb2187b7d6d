/** Instances: seen by all accounts, written by the operator. */
import { randomBytes } from 'node:crypto';
import { chunkKeys } from '@causeway/contract';
import { Injectable } from '@nestjs/common';
import { EntityManager, Not } from 'typeorm';
import { operatorOrRefuse } from '../accounts/operator.js';
import type { Actor, Change } from '../change/change.js';
import { Settings } from '../config.js';
import { Group } from '../groups/group.entity.js';
import { validateAs } from '../http/document.js';
import { matchOrRefuse } from '../http/etag.js';
import { findOrRefuse } from '../http/find-or-refuse.js';
import { mergePatch } from '../http/merge-patch.js';
import { newId } from '../http/new-id.js';
import { cursorOf, type Page, pageOf } from '../http/page.js';
import { conflict } from '../http/problem.js';
import { refuseTaken } from '../http/refuse-taken.js';
import type { WriteQuery } from '../http/write-query.js';
import { type WriteOutcome, Writes } from '../http/writes.js';
import { idsOfPage } from '../tags/tag-filter.js';
import { InstanceBody, type InstancesQuery, type InstanceView } from './instance.dto.js';
import { DEFAULT_INSTANCE, Instance } from './instance.entity.js';
import { changedFields, editable, fieldsOf } from './instance-fields.js';
import { showInstance } from './show-instance.js';

const NAMED_AT_MOST = 10;

@Injectable()
export class InstancesService {
  constructor(
    private readonly manager: EntityManager,
    private readonly writes: Writes,
    private readonly settings: Settings,
  ) {}

  create(actor: Actor, body: InstanceBody, query: WriteQuery): Promise<InstanceView & WriteOutcome> {
    operatorOrRefuse(actor);
    const { name, region = this.settings.region } = body;
    return this.writes.run(actor, query, async (change) => {
      await refuseTaken(change.manager, Instance, 'DuplicateInstance', { name: { name } });
      const id = `apigateway-${region}-${randomBytes(6).toString('hex')}`;
      const hopIds = { public: newId(), internal: newId(), vpc: newId() };
      await change.manager.insert(Instance, { id, accountId: actor.accountId, region, hopIds, ...fieldsOf(body) });
      change.touch(id, chunkKeys.instance);
      change.touch('every', chunkKeys.network);
      change.audit('instance.create', 'instance', id, { name, region });
      return showInstance(await change.manager.findOneByOrFail(Instance, { id }), actor);
    });
  }

  async list(actor: Actor, query: InstancesQuery): Promise<Page<InstanceView>> {
    const after = cursorOf(query);
    const rows = await this.manager.find(Instance, {
      where: { ...(query.name !== undefined && { name: query.name }), ...idsOfPage(after, query, actor.accountId, 'instance') },
      order: { id: 'ASC' },
      take: query.limit + 1,
    });
    return pageOf(
      rows,
      query,
      ({ id }) => id,
      (row) => showInstance(row, actor),
    );
  }

  async read(actor: Actor, id: string): Promise<InstanceView> {
    return showInstance(await findOrRefuse(this.manager, Instance, { id }, 'instance'), actor);
  }

  patch(actor: Actor, id: string, patch: unknown, tag: string | null, query: WriteQuery): Promise<InstanceView & WriteOutcome> {
    operatorOrRefuse(actor);
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      const instance = await lockForWrite(manager, id);
      matchOrRefuse(tag, showInstance(instance, actor));
      const body = validateAs(InstanceBody, mergePatch(editable(instance), patch));
      if (body.region !== undefined && body.region !== instance.region)
        throw conflict('FixedInstanceRegion', 'The region stays: it is part of the names of domains.');
      if (instance.name === DEFAULT_INSTANCE && body.name !== DEFAULT_INSTANCE)
        throw conflict(
          'DefaultInstance',
          'The default instance keeps its name: groups and data planes that name none look for it.',
        );
      await refuseTaken(manager, Instance, 'DuplicateInstance', { name: { name: body.name, id: Not(id) } });
      const fields = fieldsOf(body);
      await manager.update(Instance, { id }, fields);
      const changed = changedFields(instance, fields);
      change.touch(id, chunkKeys.instance);
      if (changed.includes('internalEndpoint') || changed.includes('callsFromGateway')) change.touch('every', chunkKeys.network);
      if (instance.callsFromGateway && !fields.callsFromGateway) await warnOfSilence(change, id);
      change.audit('instance.update', 'instance', id, { changed, callsFromGateway: fields.callsFromGateway });
      return showInstance(await manager.findOneByOrFail(Instance, { id }), actor);
    });
  }

  remove(actor: Actor, id: string, tag: string | null, query: WriteQuery): Promise<WriteOutcome> {
    operatorOrRefuse(actor);
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      const instance = await lockForWrite(manager, id);
      matchOrRefuse(tag, showInstance(instance, actor));
      if (instance.name === DEFAULT_INSTANCE) throw conflict('DefaultInstance', 'The default instance stays.');
      await refuseWithGroups(manager, id);
      await manager.delete(Instance, { id });
      change.touch('every', chunkKeys.network);
      change.audit('instance.delete', 'instance', id, { name: instance.name });
      return {};
    });
  }
}

/**
 * Writes here end in new revisions of all instances, which the door takes in ascending order. Whoever locked one of them first would
 * meet such a write coming from the other side, so all are locked here, in that order.
 */
async function lockForWrite(manager: EntityManager, id: string): Promise<Instance> {
  await manager.query('SELECT id FROM instances ORDER BY id FOR NO KEY UPDATE');
  return findOrRefuse(manager, Instance, { id }, 'instance');
}

async function warnOfSilence(change: Change, instanceId: string): Promise<void> {
  const silenced = await change.manager.countBy(Group, { instanceId, internalGenerated: true, internalEnabled: true });
  if (silenced === 0) return;
  const message = `The internal domains of ${silenced} group${silenced === 1 ? '' : 's'} answer I404DO until the switch is on again.`;
  change.warn({ code: 'InternalDomainsOff', message, path: 'callsFromGateway' });
}

async function refuseWithGroups(manager: EntityManager, instanceId: string): Promise<void> {
  const [groups, count] = await manager.findAndCount(Group, {
    select: { id: true },
    where: { instanceId },
    order: { id: 'ASC' },
    take: NAMED_AT_MOST,
  });
  if (count === 0) return;
  const named = groups.map(({ id }) => id).join(', ');
  const more = count > NAMED_AT_MOST ? ' and more' : '';
  throw conflict('DependencyViolationInstance', `The instance still holds the groups ${named}${more} (${count}).`);
}

/** Groups: created, read, edited, deleted. */
import { chunkKeys } from '@causeway/contract';
import { Injectable } from '@nestjs/common';
import { EntityManager, In, Not } from 'typeorm';
import { certificatesOfGroup, touchCertificates } from '../certificates/domain-certificate.js';
import type { Actor } from '../change/change.js';
import { Settings } from '../config.js';
import { refuseDomainsInTheWay } from '../domains/domain-conflicts.js';
import { validateAs } from '../http/document.js';
import { matchOrRefuse } from '../http/etag.js';
import { findOrRefuse } from '../http/find-or-refuse.js';
import { mergePatch } from '../http/merge-patch.js';
import { newId } from '../http/new-id.js';
import { cursorOf, type Page, pageOf } from '../http/page.js';
import { refuseTaken } from '../http/refuse-taken.js';
import type { WriteQuery } from '../http/write-query.js';
import { type WriteOutcome, Writes } from '../http/writes.js';
import { DEFAULT_INSTANCE, Instance } from '../instances/instance.entity.js';
import { LoopCheck } from '../loops/loop-check.js';
import { idsOfPage } from '../tags/tag-filter.js';
import { touchAccesses } from '../vpc-accesses/touch-vpc-accesses.js';
import { GroupBody, type GroupsQuery } from './group.dto.js';
import { Group } from './group.entity.js';
import { editable, fieldsOf, refuseFixed, warnOfFields } from './group-fields.js';
import type { GroupView } from './group-view.dto.js';
import { chunksOfGroup, formerInstances } from './place.js';
import { refuseWithApis } from './refuse-with-apis.js';
import { showGroup } from './show-group.js';

@Injectable()
export class GroupsService {
  constructor(
    private readonly manager: EntityManager,
    private readonly writes: Writes,
    private readonly settings: Settings,
    private readonly loops: LoopCheck,
  ) {}

  create(actor: Actor, body: GroupBody, query: WriteQuery): Promise<GroupView & WriteOutcome> {
    const { id = newId(), name, instanceId } = body;
    const { accountId } = actor;
    const fields = fieldsOf(body);
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      const place = instanceId === undefined ? { name: DEFAULT_INSTANCE } : { id: instanceId };
      const instance = await findOrRefuse(manager, Instance, place, 'instance');
      const own = { kind: 'group', id, accountId } as const;
      await refuseTaken(manager, Group, 'DuplicateGroup', { id: { id }, name: { accountId, name } }, own);
      await manager.insert(Group, { id, accountId, instanceId: instance.id, ...fields });
      await warnOfFields(change, id, fields, null);
      await touchAccesses(change, accountId, [instance.id]);
      change.touch(instance.id, chunkKeys.group(id));
      change.audit('group.create', 'group', id, { name, instanceId: instance.id });
      return this.show(await manager.findOneByOrFail(Group, { id }), instance.region);
    });
  }

  async list({ accountId }: Actor, query: GroupsQuery): Promise<Page<GroupView>> {
    const { name, instanceId } = query;
    const after = cursorOf(query);
    const rows = await this.manager.find(Group, {
      where: {
        accountId,
        ...(name !== undefined && { name }),
        ...(instanceId !== undefined && { instanceId }),
        ...idsOfPage(after, query, accountId, 'group'),
      },
      order: { id: 'ASC' },
      take: query.limit + 1,
    });
    const instances = await this.manager.findBy(Instance, { id: In([...new Set(rows.map((row) => row.instanceId))]) });
    const regions = new Map(instances.map(({ id, region }) => [id, region]));
    return pageOf(
      rows,
      query,
      ({ id }) => id,
      (row) => this.show(row, regions.get(row.instanceId) ?? ''),
    );
  }

  async read({ accountId }: Actor, id: string): Promise<GroupView> {
    return this.view(this.manager, await findOrRefuse(this.manager, Group, { id, accountId }, 'group'));
  }

  patch(actor: Actor, id: string, patch: unknown, tag: string | null, query: WriteQuery): Promise<GroupView & WriteOutcome> {
    const { accountId } = actor;
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      const group = await findOrRefuse(manager, Group, { id, accountId }, 'group', { lock: true });
      matchOrRefuse(tag, await this.view(manager, group));
      const body = validateAs(GroupBody, mergePatch(editable(group), patch));
      refuseFixed(body, group);
      const fields = fieldsOf(body);
      await refuseTaken(manager, Group, 'DuplicateGroup', { name: { accountId, name: body.name, id: Not(id) } });
      if (fields.basePath !== group.basePath)
        await refuseDomainsInTheWay(manager, { ...group, groupId: id, basePath: fields.basePath });
      await manager.update(Group, { id }, fields);
      await warnOfFields(change, id, fields, group);
      change.touch(group.instanceId, chunkKeys.group(id));
      if (fields.basePath !== group.basePath) await this.loops.check(change, { groupId: id });
      change.audit('group.update', 'group', id, { ...fields });
      return this.view(manager, await manager.findOneByOrFail(Group, { id }));
    });
  }

  /** Takes the group's bindings along; refused while it holds APIs. */
  remove(actor: Actor, id: string, tag: string | null, query: WriteQuery): Promise<WriteOutcome> {
    const { accountId } = actor;
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      const group = await findOrRefuse(manager, Group, { id, accountId }, 'group', { lock: true });
      matchOrRefuse(tag, await this.view(manager, group));
      await refuseWithApis(manager, id);
      for (const key of await chunksOfGroup(manager, id)) change.touch(group.instanceId, key);
      touchCertificates(change, group.instanceId, await certificatesOfGroup(manager, id));
      for (const former of await formerInstances(manager, id)) change.touch(former, chunkKeys.instance);
      if (group.internalGenerated && group.internalEnabled) change.touch('every', chunkKeys.network);
      await manager.delete(Group, { id });
      await touchAccesses(change, accountId, [group.instanceId]);
      change.audit('group.delete', 'group', id, { name: group.name, instanceId: group.instanceId });
      return {};
    });
  }

  /** As it is shown; asks for the region of its instance. */
  async view(manager: EntityManager, group: Group): Promise<GroupView> {
    const { region } = await manager.findOneByOrFail(Instance, { id: group.instanceId });
    return this.show(group, region);
  }

  private show(group: Group, region: string): GroupView {
    return showGroup(group, region, this.settings.domainSuffix);
  }
}

/** Custom domains of groups: bound, read, edited, unbound. */
import { chunkKeys } from '@causeway/contract';
import { Injectable } from '@nestjs/common';
import { EntityManager, In, MoreThan } from 'typeorm';
import { touchCertificates, useCertificate } from '../certificates/domain-certificate.js';
import type { Actor, Change } from '../change/change.js';
import { Settings } from '../config.js';
import { Group } from '../groups/group.entity.js';
import { validateAs } from '../http/document.js';
import { matchOrRefuse } from '../http/etag.js';
import { findOrRefuse } from '../http/find-or-refuse.js';
import { mergePatch } from '../http/merge-patch.js';
import { newId } from '../http/new-id.js';
import { cursorOf, type Page, type PageQuery, pageOf } from '../http/page.js';
import { absent, conflict, refused } from '../http/problem.js';
import { refuseTaken } from '../http/refuse-taken.js';
import type { WriteQuery } from '../http/write-query.js';
import { type WriteOutcome, Writes } from '../http/writes.js';
import { refuseUnknownStage } from '../stages/known-stage.js';
import { type DomainBody, DomainFields, type DomainView } from './domain.dto.js';
import { type DomainConflict, findDomainConflicts, refuseConflicts } from './domain-conflicts.js';
import { canonicalDomain, isUnderSuffix } from './domain-name.js';
import { readPatterns } from './domain-patterns.js';
import { GroupDomain } from './group-domain.entity.js';

/** The chunk of the group holds them all. */
const DOMAINS_AT_MOST = 100;

@Injectable()
export class DomainsService {
  constructor(
    private readonly manager: EntityManager,
    private readonly writes: Writes,
    private readonly settings: Settings,
  ) {}

  bind(actor: Actor, groupId: string, body: DomainBody, query: WriteQuery): Promise<DomainView & WriteOutcome> {
    const { force = false } = body;
    const domain = canonicalDomain(body.domain) ?? '';
    this.refuseReserved(domain);
    const fields = fieldsOf(domain, body);
    const { type, stage, certificateId } = fields;
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      const group = await lockGroup(change, groupId);
      if (stage !== null) await refuseUnknownStage(manager, [groupId], stage);
      if (certificateId !== null) await useCertificate(change, certificateId, domain);
      await refuseTaken(manager, GroupDomain, 'DuplicateDomain', { domain: { groupId, domain } });
      if ((await manager.countBy(GroupDomain, { groupId })) >= DOMAINS_AT_MOST)
        throw conflict('ExceedLimitDomain', `The group has ${DOMAINS_AT_MOST} domains: unbind one first.`);
      const conflicts = await findDomainConflicts(manager, { ...group, groupId }, [domain]);
      const taken = force ? conflicts.filter((each) => each.isOwnAccount && each.domain === domain) : [];
      refuseConflicts(
        conflicts.filter((each) => !taken.includes(each)),
        group.basePath,
      );
      await takeFrom(change, group.instanceId, taken);
      const id = newId();
      await manager.insert(GroupDomain, { id, groupId, domain, ...fields });
      change.touch(group.instanceId, chunkKeys.group(groupId));
      touchCertificates(change, group.instanceId, [certificateId]);
      if (type === 'intranet') change.warn(VPC_LISTENER_ABSENT);
      const takenFrom = taken.map((each) => each.groupId);
      change.audit('domain.bind', 'group', groupId, { domain, type, stage, certificateId, takenFrom });
      return show(await manager.findOneByOrFail(GroupDomain, { id }));
    });
  }

  async list({ accountId }: Actor, groupId: string, query: PageQuery): Promise<Page<DomainView>> {
    await findOrRefuse(this.manager, Group, { id: groupId, accountId }, 'group');
    const after = cursorOf(query);
    const rows = await this.manager.find(GroupDomain, {
      where: { groupId, ...(after !== null && { domain: MoreThan(after) }) },
      order: { domain: 'ASC' },
      take: query.limit + 1,
    });
    return pageOf(rows, query, ({ domain }) => domain, show);
  }

  async read({ accountId }: Actor, groupId: string, domain: string): Promise<DomainView> {
    await findOrRefuse(this.manager, Group, { id: groupId, accountId }, 'group');
    return show(await find(this.manager, groupId, domain));
  }

  /** The name stays; another one is bound. */
  patch(
    actor: Actor,
    groupId: string,
    name: string,
    patch: unknown,
    tag: string | null,
    query: WriteQuery,
  ): Promise<DomainView & WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      const { instanceId } = await lockGroup(change, groupId);
      const bound = await find(manager, groupId, name);
      matchOrRefuse(tag, show(bound));
      const { domain } = bound;
      const fields = fieldsOf(domain, validateAs(DomainFields, mergePatch(editable(bound), patch)));
      const { type, stage, certificateId } = fields;
      if (stage !== null) await refuseUnknownStage(manager, [groupId], stage);
      if (certificateId !== null) await useCertificate(change, certificateId, domain);
      await manager.update(GroupDomain, { id: bound.id }, fields);
      change.touch(instanceId, chunkKeys.group(groupId));
      if (certificateId !== bound.certificateId) touchCertificates(change, instanceId, [certificateId, bound.certificateId]);
      if (type === 'intranet' && bound.type !== 'intranet') change.warn(VPC_LISTENER_ABSENT);
      change.audit('domain.update', 'group', groupId, { domain, type, stage, certificateId });
      return show(await manager.findOneByOrFail(GroupDomain, { id: bound.id }));
    });
  }

  unbind(actor: Actor, groupId: string, name: string, tag: string | null, query: WriteQuery): Promise<WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const { instanceId } = await lockGroup(change, groupId);
      const bound = await find(change.manager, groupId, name);
      matchOrRefuse(tag, show(bound));
      await change.manager.delete(GroupDomain, { id: bound.id });
      change.touch(instanceId, chunkKeys.group(groupId));
      touchCertificates(change, instanceId, [bound.certificateId]);
      change.audit('domain.unbind', 'group', groupId, { domain: bound.domain });
      return {};
    });
  }

  private refuseReserved(domain: string): void {
    const { domainSuffix } = this.settings;
    if (isUnderSuffix(domain, domainSuffix))
      throw refused(
        [{ path: 'domain', message: `may not be under ${domainSuffix}, where the gateway's generated domains are` }],
        'ReservedDomain',
        'Generated domains are given out by the gateway alone.',
      );
  }
}

const VPC_LISTENER_ABSENT = {
  code: 'VpcListenerAbsent',
  message: 'The domain is served on the VPC listener only, which is not offered yet.',
  path: 'type',
};

function lockGroup({ manager, actor }: Change, id: string): Promise<Group> {
  return findOrRefuse(manager, Group, { id, accountId: actor.accountId }, 'group', { lock: true });
}

async function takeFrom(change: Change, instanceId: string, taken: readonly DomainConflict[]): Promise<void> {
  if (taken.length === 0) return;
  const which = { id: In(taken.map(({ id }) => id)) };
  const rows = await change.manager.findBy(GroupDomain, which);
  await change.manager.delete(GroupDomain, which);
  for (const { groupId, certificateId } of rows) {
    change.touch(instanceId, chunkKeys.group(groupId));
    touchCertificates(change, instanceId, [certificateId]);
  }
}

async function find(manager: EntityManager, groupId: string, text: string): Promise<GroupDomain> {
  const domain = canonicalDomain(text);
  const bound = domain === null ? null : await manager.findOneBy(GroupDomain, { groupId, domain });
  if (bound === null) throw absent('domain', text);
  return bound;
}

/** What a merge patch is applied to. */
function editable({ type, stage, patterns, certificateId }: GroupDomain): object {
  return { type, patterns, ...(stage !== null && { stage }), ...(certificateId !== null && { certificateId }) };
}

function fieldsOf(domain: string, body: DomainFields): Pick<GroupDomain, 'type' | 'stage' | 'patterns' | 'certificateId'> {
  const { type = 'internet', stage = null, certificateId = null } = body;
  return { type, stage, patterns: readPatterns(domain, body.patterns ?? []), certificateId };
}

function show({ id, domain, type, stage, patterns, certificateId, createdAt }: GroupDomain): DomainView {
  return { id, domain, type, stage, patterns, certificateId, createdAt: createdAt.toISOString() };
}

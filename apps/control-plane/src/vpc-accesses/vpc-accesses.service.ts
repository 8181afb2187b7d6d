/** VPC accesses: the named upstreams of an account. */
import { internalDomainGroup, normalizeHost } from '@causeway/contract';
import { Injectable } from '@nestjs/common';
import { EntityManager, MoreThan, Not } from 'typeorm';
import type { Actor } from '../change/change.js';
import { Settings } from '../config.js';
import { validateAs } from '../http/document.js';
import { matchOrRefuse } from '../http/etag.js';
import { findOrRefuse } from '../http/find-or-refuse.js';
import { mergePatch } from '../http/merge-patch.js';
import { newId } from '../http/new-id.js';
import { cursorOf, type Page, pageOf } from '../http/page.js';
import { conflict, refused } from '../http/problem.js';
import { refuseTaken } from '../http/refuse-taken.js';
import type { WriteQuery } from '../http/write-query.js';
import { type WriteOutcome, Writes } from '../http/writes.js';
import { lockAccesses, touchWhereGroupsAre } from './touch-vpc-accesses.js';
import { VpcAccessBody, type VpcAccessesQuery, type VpcAccessView } from './vpc-access.dto.js';
import { VpcAccess } from './vpc-access.entity.js';
import { warnOfUsers } from './warn-of-users.js';

/** One chunk holds them all. */
const ACCESSES_AT_MOST = 1000;

type Fields = Pick<VpcAccess, 'name' | 'address' | 'hostHeader' | 'description'>;

@Injectable()
export class VpcAccessesService {
  constructor(
    private readonly manager: EntityManager,
    private readonly writes: Writes,
    private readonly settings: Settings,
  ) {}

  create(actor: Actor, body: VpcAccessBody, query: WriteQuery): Promise<VpcAccessView & WriteOutcome> {
    const { accountId } = actor;
    const fields = this.fieldsOf(body);
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      await lockAccesses(manager, accountId);
      await refuseTaken(manager, VpcAccess, 'DuplicateVpcAccess', { name: { accountId, name: fields.name } });
      if ((await manager.countBy(VpcAccess, { accountId })) >= ACCESSES_AT_MOST)
        throw conflict('ExceedLimitVpcAccess', `The account has ${ACCESSES_AT_MOST} VPC accesses: delete one first.`);
      const id = newId();
      await manager.insert(VpcAccess, { id, accountId, ...fields });
      await touchWhereGroupsAre(change, accountId);
      change.audit('vpc-access.create', 'vpc-access', id, { name: fields.name });
      return show(await manager.findOneByOrFail(VpcAccess, { id }));
    });
  }

  async list({ accountId }: Actor, query: VpcAccessesQuery): Promise<Page<VpcAccessView>> {
    const after = cursorOf(query);
    const { name } = query;
    const rows = await this.manager.find(VpcAccess, {
      where: { accountId, ...(name !== undefined && { name }), ...(after !== null && { id: MoreThan(after) }) },
      order: { id: 'ASC' },
      take: query.limit + 1,
    });
    return pageOf(rows, query, ({ id }) => id, show);
  }

  async read({ accountId }: Actor, id: string): Promise<VpcAccessView> {
    return show(await findOrRefuse(this.manager, VpcAccess, { id, accountId }, 'VPC access'));
  }

  /** A new name leaves those behind that use the old one. */
  patch(actor: Actor, id: string, patch: unknown, tag: string | null, query: WriteQuery): Promise<VpcAccessView & WriteOutcome> {
    const { accountId } = actor;
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      await lockAccesses(manager, accountId);
      const access = await findOrRefuse(manager, VpcAccess, { id, accountId }, 'VPC access');
      matchOrRefuse(tag, show(access));
      const fields = this.fieldsOf(validateAs(VpcAccessBody, mergePatch(editable(access), patch)));
      await refuseTaken(manager, VpcAccess, 'DuplicateVpcAccess', { name: { accountId, name: fields.name, id: Not(id) } });
      await manager.update(VpcAccess, { id }, fields);
      await touchWhereGroupsAre(change, accountId);
      if (fields.name !== access.name) await warnOfUsers(change, access.name);
      change.audit('vpc-access.update', 'vpc-access', id, { name: fields.name });
      return show(await manager.findOneByOrFail(VpcAccess, { id }));
    });
  }

  /** What uses it stays deployed. */
  remove(actor: Actor, id: string, tag: string | null, query: WriteQuery): Promise<WriteOutcome> {
    const { accountId } = actor;
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      await lockAccesses(manager, accountId);
      const access = await findOrRefuse(manager, VpcAccess, { id, accountId }, 'VPC access');
      matchOrRefuse(tag, show(access));
      await manager.delete(VpcAccess, { id });
      await touchWhereGroupsAre(change, accountId);
      await warnOfUsers(change, access.name);
      change.audit('vpc-access.delete', 'vpc-access', id, { name: access.name });
      return {};
    });
  }

  private fieldsOf({ name, address, hostHeader, description = '' }: VpcAccessBody): Fields {
    // Calls of internal domains are looked through for loops where definitions and routes name them, which is not here.
    if (internalDomainGroup(normalizeHost(address), this.settings.domainSuffix) !== null)
      throw refused(
        [{ path: 'address', message: 'is an internal domain: name it in the address of a backend of type HTTP' }],
        'InvalidVpcAccess',
      );
    return { name, address: address.toLowerCase(), hostHeader: hostHeader ?? null, description };
  }
}

/** What a merge patch is applied to. */
function editable({ name, address, hostHeader, description }: VpcAccess): object {
  return { name, address, ...(hostHeader !== null && { hostHeader }), description };
}

function show({ id, name, address, hostHeader, description, createdAt, updatedAt }: VpcAccess): VpcAccessView {
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { id, name, address, hostHeader, description, ...times };
}

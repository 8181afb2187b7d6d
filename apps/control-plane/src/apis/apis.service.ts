/** Drafts of APIs: edits never touch traffic. */
import { Injectable } from '@nestjs/common';
import { DataSource, Not } from 'typeorm';
import type { Actor } from '../change/change.js';
import { Group } from '../groups/group.entity.js';
import { parseDocument } from '../http/document.js';
import { matchOrRefuse } from '../http/etag.js';
import { findOrRefuse } from '../http/find-or-refuse.js';
import { mergePatch } from '../http/merge-patch.js';
import { newId } from '../http/new-id.js';
import { cursorOf, type Page, pageOf } from '../http/page.js';
import { conflict, Problem } from '../http/problem.js';
import { refuseTaken } from '../http/refuse-taken.js';
import type { WriteQuery } from '../http/write-query.js';
import { type WriteOutcome, Writes } from '../http/writes.js';
import { LoopCheck } from '../loops/loop-check.js';
import { idsOfPage } from '../tags/tag-filter.js';
import { Api } from './api.entity.js';
import { ApiUpdate, type ApiView, NewApi, showApi } from './api-document.js';
import type { ApisQuery } from './apis-query.js';
import { refuseSameRoute, refuseUnsound } from './draft-rules.js';
import { lockApi } from './lock-api.js';
import { NewDrafts } from './new-drafts.js';
import { removeApi } from './remove-api.js';
import { hasSameRoute, routeOf } from './route-shape.js';

@Injectable()
export class ApisService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writes: Writes,
    private readonly loops: LoopCheck,
    private readonly drafts: NewDrafts,
  ) {}

  create(actor: Actor, query: WriteQuery, groupId: string, body: unknown): Promise<ApiView & WriteOutcome> {
    const { id = newId(), ...definition } = parseDocument(NewApi, body);
    refuseUnsound(definition);
    return this.writes.run(actor, query, async (change) => {
      const { accountId } = actor;
      await findOrRefuse(change.manager, Group, { id: groupId, accountId }, 'group', { lock: true });
      const [api] = await this.drafts.add(change, groupId, [{ id, definition }]);
      if (api === undefined) throw new Error('Every draft has an outcome');
      if (api instanceof Problem) throw api;
      change.audit('api.create', 'api', id, { groupId, name: api.name });
      return showApi(api);
    });
  }

  async list({ accountId }: Actor, groupId: string, query: ApisQuery): Promise<Page<ApiView>> {
    const { manager } = this.dataSource;
    await findOrRefuse(manager, Group, { id: groupId, accountId }, 'group');
    const after = cursorOf(query);
    const apis = await manager.find(Api, {
      where: { groupId, ...(query.name !== undefined && { name: query.name }), ...idsOfPage(after, query, accountId, 'api') },
      order: { id: 'ASC' },
      take: query.limit + 1,
    });
    return pageOf(apis, query, ({ id }) => id, showApi);
  }

  async get({ accountId }: Actor, id: string): Promise<ApiView> {
    return showApi(await findOrRefuse(this.dataSource.manager, Api, { id, accountId }, 'API'));
  }

  replace(actor: Actor, query: WriteQuery, id: string, tag: string | null, body: unknown): Promise<ApiView & WriteOutcome> {
    return this.edit(actor, query, id, tag, () => body);
  }

  patch(actor: Actor, query: WriteQuery, id: string, tag: string | null, patch: unknown): Promise<ApiView & WriteOutcome> {
    return this.edit(actor, query, id, tag, (shown) => mergePatch(shown, patch));
  }

  remove(actor: Actor, query: WriteQuery, id: string, tag: string | null): Promise<WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const { api, group } = await lockApi(change, id);
      matchOrRefuse(tag, showApi(api));
      await removeApi(change, api, group);
      change.audit('api.delete', 'api', id, { groupId: api.groupId, name: api.name });
      return {};
    });
  }

  private edit(actor: Actor, query: WriteQuery, id: string, tag: string | null, next: (shown: ApiView) => unknown) {
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      const { api } = await lockApi(change, id);
      const shown = showApi(api);
      matchOrRefuse(tag, shown);
      const { id: sameId, groupId, createdAt: _, updatedAt: __, ...definition } = parseDocument(ApiUpdate, next(shown));
      if ((sameId ?? id) !== id) throw conflict('FixedApiId', 'The id of an API cannot be changed.');
      if ((groupId ?? api.groupId) !== api.groupId) throw conflict('FixedApiGroup', 'An API cannot move to another group.');
      refuseUnsound(definition);
      const { name } = definition;
      await refuseTaken(manager, Api, 'DuplicateApi', { name: { groupId: api.groupId, name, id: Not(id) } });
      if (!hasSameRoute(routeOf(api.definition), routeOf(definition))) await refuseSameRoute(manager, { ...api, definition });
      await this.loops.checkDraft(change, id, api.groupId, definition);
      await manager.save(Api, Object.assign(api, { name, definition }));
      change.audit('api.update', 'api', id, { groupId: api.groupId, name });
      return showApi(api);
    });
  }
}

/** Deploys or takes offline many APIs of a group: each is judged on its own, all that pass go in one revision. */
import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { Api } from '../apis/api.entity.js';
import type { Actor, Change, Written } from '../change/change.js';
import { Door } from '../change/door.js';
import { RefusedChange } from '../change/refused-change.js';
import { Group } from '../groups/group.entity.js';
import { findOrRefuse } from '../http/find-or-refuse.js';
import { cursorOf, pageOf } from '../http/page.js';
import { absent, malformed, Problem, refused } from '../http/problem.js';
import { type WriteOutcome, Writes } from '../http/writes.js';
import { refuseUnknownStage } from '../stages/known-stage.js';
import { type BatchAnswer, type BatchBody, type BatchItem, type BatchQuery, MAX_APIS } from './batch-body.js';
import { LiveVersions, notDeployed, type WentLive, type WentOffline } from './live-versions.js';

type Done = Written<readonly BatchItem[]>;
type Outcome = WentOffline & Partial<WentLive>;

/** Everything was refused: the transaction is undone, so that no trace is left of a write that changed nothing. */
class NothingDone extends Error {
  constructor(readonly items: readonly BatchItem[]) {
    super('Every API of the batch is refused.');
  }
}

@Injectable()
export class BatchService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly door: Door,
    private readonly writes: Writes,
    private readonly live: LiveVersions,
  ) {}

  async run(
    actor: Actor,
    query: BatchQuery,
    groupId: string,
    body: BatchBody,
  ): Promise<Pick<BatchAnswer, 'items' | 'next'> & WriteOutcome> {
    const { manager } = this.dataSource;
    await findOrRefuse(manager, Group, { id: groupId, accountId: actor.accountId }, 'group');
    await refuseUnknownStage(manager, [groupId], body.stage);
    const { items: apiIds, next } = await this.page(query, groupId, body);
    const { result, ...written } = await this.each(actor, groupId, body, apiIds);
    return { items: [...result], next, ...(await this.writes.outcome(query, written)) };
  }

  private async page(query: BatchQuery, groupId: string, { apiIds, action, stage }: BatchBody) {
    if (apiIds !== undefined) {
      if (query.cursor !== undefined) throw malformed([{ path: 'cursor', message: 'goes with all' }]);
      return { items: apiIds, next: null };
    }
    const page = { cursor: query.cursor, limit: MAX_APIS };
    const bounds = [groupId, cursorOf(page) ?? '', MAX_APIS + 1];
    const rows: { id: string }[] =
      action === 'deploy'
        ? await this.dataSource.query('SELECT id FROM apis WHERE group_id = $1 AND id > $2 ORDER BY id LIMIT $3', bounds)
        : await this.dataSource.query(
            `SELECT api_id AS id FROM deployments WHERE group_id = $1 AND stage = $4 AND api_id > $2 ORDER BY api_id LIMIT $3`,
            [...bounds, stage],
          );
    return pageOf(
      rows,
      page,
      ({ id }) => id,
      ({ id }) => id,
    );
  }

  /**
   * In one write where possible. Loops and what does not compile show only when all is written: a batch that is refused for that is
   * halved until those that give cause stand alone.
   */
  private async each(actor: Actor, groupId: string, body: BatchBody, apiIds: readonly string[]): Promise<Done> {
    if (apiIds.length === 0) return { result: [], warnings: [], revisions: [] };
    try {
      return await this.door.write(actor, (change) => this.write(change, groupId, body, apiIds));
    } catch (error) {
      if (error instanceof NothingDone) return { result: error.items, warnings: [], revisions: [] };
      const problem = error instanceof RefusedChange ? refused(error.errors, 'Refused', error.message) : error;
      if (!(problem instanceof Problem) || problem.status >= 500) throw error;
      if (apiIds.length === 1) return { result: apiIds.map((id) => refusal(id, problem)), warnings: [], revisions: [] };
    }
    const half = Math.ceil(apiIds.length / 2);
    const first = await this.each(actor, groupId, body, apiIds.slice(0, half));
    const second = await this.each(actor, groupId, body, apiIds.slice(half));
    return {
      result: [...first.result, ...second.result],
      warnings: [...first.warnings, ...second.warnings],
      revisions: [...first.revisions, ...second.revisions],
    };
  }

  private async write(
    change: Change,
    groupId: string,
    { stage, action, description = '' }: BatchBody,
    apiIds: readonly string[],
  ): Promise<BatchItem[]> {
    const { manager, actor } = change;
    const group = await findOrRefuse(manager, Group, { id: groupId, accountId: actor.accountId }, 'group', { lock: true });
    await refuseUnknownStage(manager, [groupId], stage);
    const rows = await manager.find(Api, {
      where: { id: In([...apiIds]), groupId, accountId: actor.accountId },
      lock: { mode: 'pessimistic_write' },
    });
    const apis = new Map(rows.map((api) => [api.id, api]));
    const found = apiIds.flatMap((id) => apis.get(id) ?? []);
    let outcomes: ReadonlyMap<string, Outcome | Problem>;
    if (action === 'deploy') {
      const comers = found.map(({ id, definition }) => ({ apiId: id, definition, version: null }));
      outcomes = await this.live.put(change, group, stage, description, comers);
    } else {
      const ids = found.map(({ id }) => id);
      outcomes = await this.live.takeOffline(change, group, stage, ids);
    }
    const items = apiIds.map((id) => {
      const outcome = outcomes.get(id) ?? (apis.has(id) ? notDeployed(stage) : absent('API', id));
      return outcome instanceof Problem ? refusal(id, outcome) : { apiId: id, status: 'done' as const, ...shown(outcome) };
    });
    const done = items.flatMap(({ apiId, version }) => (version === undefined ? [] : [{ apiId, version }]));
    if (done.length === 0) throw new NothingDone(items);
    change.audit(`group.${action}`, 'group', groupId, { stage, ...(action === 'deploy' && { description }), apis: done });
    return items;
  }
}

function shown({ version, deployedAt, warnings = [] }: Outcome): Omit<BatchItem, 'apiId' | 'status'> {
  return { version, ...(deployedAt !== undefined && { deployedAt }), ...(warnings.length > 0 && { warnings }) };
}

function refusal(apiId: string, { status, code, detail, errors }: Problem): BatchItem {
  return { apiId, status: 'refused', problem: { status, code, detail, ...(errors !== undefined && { errors }) } };
}

/** Grants: which app may call which API in which stage, and until when. */
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { touchGrantsOf } from '../apps/touch-app.js';
import type { Actor } from '../change/change.js';
import { type Page, pageOf } from '../http/page.js';
import { forbidden, Problem, refused } from '../http/problem.js';
import type { WriteQuery } from '../http/write-query.js';
import { type WriteOutcome, Writes } from '../http/writes.js';
import { refuseStageUnknownToApis } from '../stages/known-stage.js';
import type { Grant } from './grant.entity.js';
import type { GrantsQuery, GrantView, NewGrants } from './grant-body.js';
import { readPairs } from './granted-pairs.js';
import { listGrants } from './list-grants.js';
import { lockNamed } from './lock-named.js';
import { setGrants } from './set-grants.js';
import { readUtcTime } from './utc-time.js';

@Injectable()
export class GrantsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writes: Writes,
  ) {}

  /** All or nothing; what was granted before gets the new expiry and description. */
  create(actor: Actor, query: WriteQuery, body: NewGrants): Promise<{ items: GrantView[] } & WriteOutcome> {
    const pairs = readPairs(body);
    const { stage, description = '' } = body;
    const expiresAt = readExpiry(body.expiresAt);
    return this.writes.run(actor, query, async (change) => {
      await lockNamed(change.manager, actor.accountId, pairs);
      await refuseStageUnknownToApis(
        change.manager,
        pairs.apis.map(({ id }) => id),
        stage,
      );
      const grants = await setGrants(change.manager, actor.accountId, pairs, { stage, expiresAt, description });
      for (const { id } of pairs.apps) touchGrantsOf(change, id);
      const { appId, apiIds, apiId, appIds } = body;
      const details = { stage, expiresAt: expiresAt?.toISOString() ?? null, ...(apiIds ? { apiIds } : { appIds }) };
      if (appId !== undefined) change.audit('grant.set', 'app', appId, details);
      else change.audit('grant.set', 'api', apiId ?? '', details);
      return { items: grants.map(showGrant) };
    });
  }

  async list({ accountId }: Actor, query: GrantsQuery): Promise<Page<GrantView>> {
    const rows = await listGrants(this.dataSource.manager, accountId, query);
    return pageOf(rows, query, ({ id }) => id, showGrant);
  }

  remove(actor: Actor, query: WriteQuery, id: string): Promise<WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      const [rows]: [{ app_id: string; api_id: string; stage: string }[], number] = await manager.query(
        'DELETE FROM grants WHERE id = $1 AND account_id = $2 RETURNING app_id, api_id, stage',
        [id, actor.accountId],
      );
      const [grant] = rows;
      if (grant === undefined) throw await whyNotRevoked(manager, actor, id);
      touchGrantsOf(change, grant.app_id);
      change.audit('grant.delete', 'grant', id, { appId: grant.app_id, apiId: grant.api_id, stage: grant.stage });
      return {};
    });
  }
}

/** The side that was given a grant sees it, so that it is told the truth; to everybody else it is absent. */
async function whyNotRevoked(manager: EntityManager, { accountId }: Actor, id: string): Promise<Problem> {
  const given: unknown[] = await manager.query('SELECT 1 FROM grants WHERE id = $1 AND app_account_id = $2', [id, accountId]);
  if (given.length > 0) return forbidden('Only the account of the API revokes this grant.');
  return new Problem(404, 'NotFoundAuthorization', `There is no grant ${id.slice(0, 64)}.`);
}

/** 422 for a time that has passed: it would look like a grant and let nobody in. */
function readExpiry(text: string | null | undefined): Date | null {
  if (text === undefined || text === null) return null;
  const time = readUtcTime(text);
  if (time !== null && time.getTime() > Date.now()) return time;
  throw refused([{ path: 'expiresAt', message: 'must lie in the future' }], 'InvalidExpiresAt');
}

function showGrant({ id, appId, apiId, stage, expiresAt, description, createdAt }: Grant): GrantView {
  const times = { expiresAt: expiresAt?.toISOString() ?? null, createdAt: createdAt.toISOString() };
  return { id, appId, apiId, stage, description, operator: 'PROVIDER', ...times };
}

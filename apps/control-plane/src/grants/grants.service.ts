/** Grants: which app may call which API in which stage, and until when. */
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, MoreThan } from 'typeorm';
import { touchApp } from '../apps/touch-app.js';
import type { Actor } from '../change/change.js';
import { newId } from '../http/new-id.js';
import { cursorOf, type Page, pageOf } from '../http/page.js';
import { Problem, refused } from '../http/problem.js';
import type { WriteQuery } from '../http/write-query.js';
import { type WriteOutcome, Writes } from '../http/writes.js';
import { refuseStageUnknownToApis } from '../stages/known-stage.js';
import { Grant } from './grant.entity.js';
import type { GrantsQuery, GrantView, NewGrants } from './grant-body.js';
import { type GrantedPairs, readPairs } from './granted-pairs.js';
import { lockNamed } from './lock-named.js';

@Injectable()
export class GrantsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writes: Writes,
  ) {}

  /** All or nothing; what was granted before gets the new expiry. */
  create(actor: Actor, query: WriteQuery, body: NewGrants): Promise<{ items: GrantView[] } & WriteOutcome> {
    const pairs = readPairs(body);
    const { stage } = body;
    const expiresAt = readExpiry(body.expiresAt);
    return this.writes.run(actor, query, async (change) => {
      await lockNamed(change.manager, actor.accountId, pairs);
      await refuseStageUnknownToApis(
        change.manager,
        pairs.apis.map(({ id }) => id),
        stage,
      );
      const items = await setGrants(change.manager, actor.accountId, pairs, stage, expiresAt);
      for (const { id } of pairs.apps) touchApp(change, id);
      const { appId, apiIds, apiId, appIds } = body;
      const details = { stage, expiresAt: expiresAt?.toISOString() ?? null, ...(apiIds ? { apiIds } : { appIds }) };
      if (appId !== undefined) change.audit('grant.set', 'app', appId, details);
      else change.audit('grant.set', 'api', apiId ?? '', details);
      return { items };
    });
  }

  async list({ accountId }: Actor, query: GrantsQuery): Promise<Page<GrantView>> {
    const { appId, apiId, stage } = query;
    const after = cursorOf(query);
    const filters = {
      ...(appId !== undefined && { appId }),
      ...(apiId !== undefined && { apiId }),
      ...(stage !== undefined && { stage }),
    };
    const grants = await this.dataSource.manager.find(Grant, {
      where: { accountId, ...filters, ...(after !== null && { id: MoreThan(after) }) },
      order: { id: 'ASC' },
      take: query.limit + 1,
    });
    return pageOf(grants, query, ({ id }) => id, showGrant);
  }

  remove(actor: Actor, query: WriteQuery, id: string): Promise<WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const [rows]: [{ app_id: string; api_id: string; stage: string }[], number] = await change.manager.query(
        'DELETE FROM grants WHERE id = $1 AND account_id = $2 RETURNING app_id, api_id, stage',
        [id, actor.accountId],
      );
      const [grant] = rows;
      if (grant === undefined) throw new Problem(404, 'NotFoundAuthorization', `There is no grant ${id.slice(0, 64)}.`);
      touchApp(change, grant.app_id);
      change.audit('grant.delete', 'grant', id, { appId: grant.app_id, apiId: grant.api_id, stage: grant.stage });
      return {};
    });
  }
}

/** One statement, in the order of the ids whatever the order of the request, so that two such writes do not cross. */
async function setGrants(
  manager: EntityManager,
  accountId: string,
  { apps, apis }: GrantedPairs,
  stage: string,
  expiresAt: Date | null,
) {
  const pairs = apps.flatMap((app) => apis.map((api) => ({ id: newId(), appId: app.id, apiId: api.id })));
  const rows: Grant[] = await manager.query(
    `INSERT INTO grants (id, account_id, app_id, api_id, stage, expires_at)
     SELECT p.id, $2, p."appId", p."apiId", $3, $4 FROM jsonb_to_recordset($1) AS p (id text, "appId" bigint, "apiId" text)
     ORDER BY p."appId", p."apiId"
     ON CONFLICT (app_id, api_id, stage) DO UPDATE SET expires_at = excluded.expires_at
     RETURNING id, account_id AS "accountId", app_id AS "appId", api_id AS "apiId", stage, expires_at AS "expiresAt", created_at AS "createdAt"`,
    [JSON.stringify(pairs), accountId, stage, expiresAt],
  );
  const byPair = new Map(rows.map((row) => [`${row.appId} ${row.apiId}`, row]));
  return pairs.flatMap(({ appId, apiId }) => {
    const row = byPair.get(`${appId} ${apiId}`);
    return row === undefined ? [] : [showGrant(row)];
  });
}

/** 422 for a time that has passed: it would look like a grant and let nobody in. */
function readExpiry(text: string | null | undefined): Date | null {
  if (text === undefined || text === null) return null;
  const time = new Date(text);
  if (time.getTime() > Date.now()) return time;
  throw refused([{ path: 'expiresAt', message: 'must lie in the future' }], 'InvalidExpiresAt');
}

function showGrant({ id, appId, apiId, stage, expiresAt, createdAt }: Grant): GrantView {
  return { id, appId, apiId, stage, expiresAt: expiresAt?.toISOString() ?? null, createdAt: createdAt.toISOString() };
}

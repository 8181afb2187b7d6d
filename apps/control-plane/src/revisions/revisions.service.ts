/** Lists the states of an instance, newest first. */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Actor } from '../change/change.js';
import { numberAfter } from '../http/number-cursor.js';
import { type Page, pageOf } from '../http/page.js';
import { findVisibleInstance } from './known-revision.js';
import type { RevisionsQuery, RevisionView } from './revision.dto.js';

interface Row {
  instance_id: string;
  revision: string;
  actor: string;
  action: string;
  resource_type: string | null;
  resource_id: string | null;
  restorable: boolean;
  created_at: Date;
  published_at: Date | null;
  problems: RevisionView['problems'];
}

@Injectable()
export class RevisionsService {
  constructor(private readonly dataSource: DataSource) {}

  /** Of an own instance all, and for the operator's account; of another on which the account has groups what it did itself. */
  async list(actor: Actor, query: RevisionsQuery): Promise<Page<RevisionView>> {
    const before = numberAfter(query);
    const { id, isWhole } = await findVisibleInstance(this.dataSource.manager, actor, query.instanceId);
    const rows: Row[] = await this.dataSource.query(
      `SELECT instance_id, revision, actor, action, resource_type, resource_id, restorable, created_at, published_at,
              CASE WHEN $4::text IS NULL THEN problems ELSE '[]' END AS problems
       FROM revisions WHERE instance_id = $1 AND ($2::bigint IS NULL OR revision < $2) AND ($4 IS NULL OR account_id = $4)
       ORDER BY revision DESC LIMIT $3`,
      [id, before, query.limit + 1, isWhole ? null : actor.accountId],
    );
    return pageOf(rows, query, ({ revision }) => revision, show);
  }
}

function show(row: Row): RevisionView {
  return {
    instanceId: row.instance_id,
    revision: Number(row.revision),
    actor: row.actor,
    action: row.action,
    resourceType: row.resource_type,
    resourceId: row.resource_id,
    restorable: row.restorable,
    createdAt: row.created_at.toISOString(),
    publishedAt: row.published_at?.toISOString() ?? null,
    problems: row.problems,
  };
}

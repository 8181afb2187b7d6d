/** Lists the states of an instance, newest first. */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Actor } from '../change/change.js';
import { numberAfter } from '../http/number-cursor.js';
import { type Page, pageOf } from '../http/page.js';
import { absent } from '../http/problem.js';
import type { RevisionsQuery, RevisionView } from './revision.dto.js';

interface Row {
  instance_id: string;
  revision: string;
  actor: string;
  action: string;
  created_at: Date;
  published_at: Date | null;
  problems: RevisionView['problems'];
}

@Injectable()
export class RevisionsService {
  constructor(private readonly dataSource: DataSource) {}

  /** Of one of the account's own instances; the operator's account sees all. */
  async list({ accountId, isDefaultAccount }: Actor, query: RevisionsQuery): Promise<Page<RevisionView>> {
    const before = numberAfter(query);
    const own: unknown[] = await this.dataSource.query('SELECT 1 FROM instances WHERE id = $1 AND ($2 OR account_id = $3)', [
      query.instanceId,
      isDefaultAccount,
      accountId,
    ]);
    if (own.length === 0) throw absent('instance', query.instanceId);
    const rows: Row[] = await this.dataSource.query(
      `SELECT instance_id, revision, actor, action, created_at, published_at, problems FROM revisions
       WHERE instance_id = $1 AND ($2::bigint IS NULL OR revision < $2) ORDER BY revision DESC LIMIT $3`,
      [query.instanceId, before, query.limit + 1],
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
    createdAt: row.created_at.toISOString(),
    publishedAt: row.published_at?.toISOString() ?? null,
    problems: row.problems,
  };
}

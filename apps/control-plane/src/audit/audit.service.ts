/** Lists who changed what, newest first. */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { operatorOrRefuse } from '../accounts/operator.js';
import type { Actor } from '../change/change.js';
import { numberAfter } from '../http/number-cursor.js';
import { type Page, pageOf } from '../http/page.js';
import type { AuditEventsQuery, AuditEventView } from './audit-event.dto.js';

interface Row {
  id: string;
  at: Date;
  account_id: string;
  token_id: string;
  token_name: string;
  request_id: string;
  action: string;
  resource_type: string;
  resource_id: string;
  details: Record<string, unknown>;
  revisions: AuditEventView['revisions'];
}

@Injectable()
export class AuditService {
  constructor(private readonly dataSource: DataSource) {}

  async list(actor: Actor, query: AuditEventsQuery): Promise<Page<AuditEventView>> {
    const accountId = query.accountId ?? actor.accountId;
    if (accountId !== actor.accountId) operatorOrRefuse(actor);
    const rows: Row[] = await this.dataSource.query(
      `SELECT * FROM audit_events
       WHERE account_id = $1 AND ($2::bigint IS NULL OR id < $2)
         AND ($3::text IS NULL OR resource_type = $3) AND ($4::text IS NULL OR resource_id = $4)
       ORDER BY id DESC LIMIT $5`,
      [accountId, numberAfter(query), query.resourceType ?? null, query.resourceId ?? null, query.limit + 1],
    );
    return pageOf(rows, query, ({ id }) => id, show);
  }
}

function show(row: Row): AuditEventView {
  return {
    id: row.id,
    at: row.at.toISOString(),
    accountId: row.account_id,
    tokenId: row.token_id,
    tokenName: row.token_name,
    requestId: row.request_id,
    action: row.action,
    resourceType: row.resource_type,
    resourceId: row.resource_id,
    details: row.details,
    revisions: row.revisions,
  };
}

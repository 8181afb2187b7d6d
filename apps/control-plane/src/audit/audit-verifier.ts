/** Walks the chain over an account's audit events and says whether it holds. */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditChain } from './audit-chain.js';
import { CHAINED_COLUMNS, type ChainedEvent, linkHash } from './audit-link.js';
import type { AuditVerdict } from './audit-verdict.dto.js';

const BATCH = 1000;

type Row = { sequence: string; event_id: string; hash: string } & { [K in keyof ChainedEvent]: ChainedEvent[K] | null };

@Injectable()
export class AuditVerifier {
  constructor(
    private readonly dataSource: DataSource,
    private readonly chain: AuditChain,
  ) {}

  async verify(accountId: string): Promise<AuditVerdict> {
    await this.chain.link();
    let end = { sequence: 0, hash: '' };
    for (;;) {
      const rows: Row[] = await this.dataSource.query(
        `SELECT c.sequence, c.event_id, c.hash, ${CHAINED_COLUMNS} FROM audit_chain c LEFT JOIN audit_events e ON e.id = c.event_id
         WHERE c.account_id = $1 AND c.sequence > $2 ORDER BY c.sequence LIMIT $3`,
        [accountId, end.sequence, BATCH],
      );
      for (const row of rows) {
        const reason = fault(row, end);
        if (reason !== null)
          return { holds: false, end: shown(end), broken: { at: end.sequence + 1, eventId: row.event_id, reason } };
        end = { sequence: Number(row.sequence), hash: row.hash };
      }
      if (rows.length < BATCH) break;
    }
    const [stray]: { id: string }[] = await this.dataSource.query(
      `SELECT e.id FROM audit_events e WHERE e.account_id = $1 AND NOT EXISTS (SELECT 1 FROM audit_chain c WHERE c.event_id = e.id)
         AND NOT EXISTS (SELECT 1 FROM audit_unchained u WHERE u.event_id = e.id) ORDER BY e.id LIMIT 1`,
      [accountId],
    );
    if (stray !== undefined)
      return {
        holds: false,
        end: shown(end),
        broken: { at: end.sequence + 1, eventId: stray.id, reason: 'The event has no link.' },
      };
    return { holds: true, end: shown(end) };
  }
}

function fault(row: Row, before: { sequence: number; hash: string }): string | null {
  if (row.id === null) return 'The event is gone.';
  const sequence = before.sequence + 1;
  if (Number(row.sequence) !== sequence) return 'A link is missing.';
  return linkHash(before.hash, sequence, row as unknown as ChainedEvent) === row.hash ? null : 'The event or a link was altered.';
}

/** Null before the first event. */
function shown(end: { sequence: number; hash: string }): AuditVerdict['end'] {
  return end.sequence === 0 ? null : end;
}

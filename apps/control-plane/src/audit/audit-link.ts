/** One link of the chain over an account's audit events. */
import { createHash } from 'node:crypto';

/** An event as the store holds it: times to the microsecond and documents as Postgres writes them, so that nothing is lost. */
export interface ChainedEvent {
  readonly id: string;
  readonly account_id: string;
  readonly at: string;
  readonly token_id: string;
  readonly token_name: string;
  readonly request_id: string;
  readonly action: string;
  readonly resource_type: string;
  readonly resource_id: string;
  readonly details: string;
  readonly revisions: string;
}

/** What `e`, a row of audit_events, is read as to be hashed. */
export const CHAINED_COLUMNS = `e.id, e.account_id, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') AS at, e.token_id, e.token_name,
  e.request_id, e.action, e.resource_type, e.resource_id, e.details::text AS details, e.revisions::text AS revisions`;

/** SHA-256 in hex over the link before (empty for the first), the event's place, and all it says. */
export function linkHash(previous: string, sequence: number, event: ChainedEvent): string {
  const { id, account_id, at, token_id, token_name, request_id, action, resource_type, resource_id, details, revisions } = event;
  const said = [account_id, at, token_id, token_name, request_id, action, resource_type, resource_id, details, revisions];
  return createHash('sha256')
    .update(JSON.stringify([previous, sequence, id, ...said]))
    .digest('hex');
}

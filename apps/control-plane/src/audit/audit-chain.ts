/** Links audit events into a chain per account, outside the transactions that write them. */
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AUDIT_CHAIN_LOCK } from '../change/advisory-locks.js';
import { CHAINED_COLUMNS, type ChainedEvent, linkHash } from './audit-link.js';

const TICK_MS = 1000;
/** Events in one transaction. */
const BATCH = 500;

@Injectable()
export class AuditChain implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(AuditChain.name);
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> = Promise.resolve();
  private troubled = false;

  constructor(private readonly dataSource: DataSource) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.running = this.running.then(() => this.look());
    }, TICK_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    await this.running;
  }

  /** Links all that waits. An event committed late comes later in the chain, whatever its id. */
  async link(): Promise<void> {
    while ((await this.dataSource.transaction((manager) => linkBatch(manager))) === BATCH);
  }

  /** Told once while it lasts: the database may be away for long, and what waits is not lost. */
  private async look(): Promise<void> {
    try {
      await this.link();
      this.troubled = false;
    } catch (error) {
      if (!this.troubled) this.logger.error(`Audit events cannot be chained: ${(error as Error).message}`);
      this.troubled = true;
    }
  }
}

/** @returns how many events it took */
async function linkBatch(manager: EntityManager): Promise<number> {
  const [lock]: { taken: boolean }[] = await manager.query(AUDIT_CHAIN_LOCK);
  if (lock?.taken !== true) return 0;
  const events: ChainedEvent[] = await manager.query(
    // One by one: what little waits is looked up, where a join may go through the log from its beginning.
    `SELECT e.* FROM (SELECT event_id FROM audit_unchained ORDER BY event_id LIMIT $1) u
     CROSS JOIN LATERAL (SELECT ${CHAINED_COLUMNS} FROM audit_events e WHERE e.id = u.event_id OFFSET 0) e ORDER BY u.event_id`,
    [BATCH],
  );
  if (events.length === 0) return 0;
  const ends = await endsOf(manager, [...new Set(events.map(({ account_id }) => account_id))]);
  const links = events.map((event) => {
    const before = ends.get(event.account_id) ?? { sequence: 0, hash: '' };
    const sequence = before.sequence + 1;
    const link = { sequence, hash: linkHash(before.hash, sequence, event) };
    ends.set(event.account_id, link);
    return { account_id: event.account_id, event_id: event.id, ...link };
  });
  await manager.query(
    `INSERT INTO audit_chain (account_id, sequence, event_id, hash)
     SELECT account_id, sequence, event_id, hash
     FROM jsonb_to_recordset($1) AS l(account_id text, sequence bigint, event_id bigint, hash text)`,
    [JSON.stringify(links)],
  );
  await manager.query('DELETE FROM audit_unchained WHERE event_id = ANY($1)', [events.map(({ id }) => id)]);
  return events.length;
}

async function endsOf(manager: EntityManager, accountIds: string[]) {
  const rows: { account_id: string; sequence: string; hash: string }[] = await manager.query(
    `SELECT a.id AS account_id, c.sequence, c.hash FROM unnest($1::text[]) AS a(id)
     CROSS JOIN LATERAL (SELECT sequence, hash FROM audit_chain WHERE account_id = a.id ORDER BY sequence DESC LIMIT 1) c`,
    [accountIds],
  );
  return new Map(rows.map(({ account_id, sequence, hash }) => [account_id, { sequence: Number(sequence), hash }]));
}

/** Postgres is shut down, loses a backend and comes back while two editors write: edits are refused in words meanwhile, and no acknowledged one is lost. */
import { postgresUrl } from '@causeway/test-stores';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { randomNumbers } from '../soak/random.js';
import { type FaultBed, startFaultBed } from './kit/bed.js';
import { disagreements, notShown } from './kit/books.js';
import { type Edit, startHands } from './kit/hands.js';
import { createSlots, type Slot } from './kit/ledger.js';
import { hasPostgresServer, type OwnPostgres, startOwnPostgres } from './kit/own-postgres.js';
import { hasRedisServer } from './kit/own-redis.js';
import { startTraffic } from './kit/traffic.js';

const SLOTS = 8;
/** An edit that Postgres left half-way is answered long before a client gives up. */
const ANSWERED_WITHIN_MS = 20_000;

const FAULTS: ReadonlyArray<{ name: string; staysAway: boolean; strike(postgres: OwnPostgres): Promise<void> }> = [
  { name: 'an immediate shutdown (SIGQUIT)', staysAway: true, strike: (postgres) => postgres.stop('SIGQUIT') },
  { name: 'a fast shutdown (SIGINT)', staysAway: true, strike: (postgres) => postgres.stop('SIGINT') },
  {
    name: 'the kill of a backend in the middle of a write (SIGKILL)',
    staysAway: false,
    strike: (postgres) => postgres.killBackend(),
  },
];

// Where a run has no Postgres server it wants none either.
const story = hasPostgresServer && hasRedisServer && postgresUrl ? describe : describe.skip;

story('Postgres, while two control planes write and publish, survives', () => {
  let postgres: OwnPostgres;
  let bed: FaultBed;
  let slots: Slot[];
  let database: pg.Pool;
  const edits: Edit[] = [];

  beforeAll(async () => {
    postgres = await startOwnPostgres();
    bed = await startFaultBed({ controlPlanes: 2, nodes: 2, database: { url: postgres.url, drop: () => postgres.close() } });
    database = new pg.Pool({ connectionString: postgres.url });
    // Told by the query that it broke.
    database.on('error', () => {});
    bed.closeAtEnd({ close: () => database.end() });
    slots = await createSlots(bed.management, SLOTS);
  }, 120_000);
  afterAll(() => bed?.stop(), 60_000);

  it.each(FAULTS)(
    '$name',
    async ({ name, staysAway, strike }) => {
      const traffic = startTraffic(bed.nodes, slots);
      const hands = startHands(bed.controlPlanes, slots, { random: randomNumbers(1), database, edits });
      let refusals = 0;
      try {
        await Promise.all(bed.controlPlanes.map((plane) => hands.untilAcknowledged(5, plane)));
        await traffic.turn();
        await strike(postgres);
        await traffic.turn();
        if (staysAway) {
          // Editors of ours rest until they can look up what became of their edits: these are others.
          for (const { management } of bed.controlPlanes) {
            const { status, text } = await management.ask('PATCH /groups/x', { description: 'now' });
            expect({ status, text }).toMatchObject({ status: 503, text: expect.stringContaining('"code":"ServiceUnavailable"') });
            refusals++;
          }
          await postgres.start();
        }
        await Promise.all(bed.controlPlanes.map((plane) => hands.untilAcknowledged(5, plane)));
        await traffic.turn();
      } finally {
        await hands.stop();
      }
      const took = await Promise.all(bed.nodes.map((node) => traffic.untilInForce(node))).finally(() => traffic.stop());
      const { requests, failures, wrong } = traffic.counted;
      process.stderr.write(
        `injected: ${name}\nobserved: ${requests} requests, failed: ${JSON.stringify(Object.fromEntries(failures))}; ` +
          `${hands.acknowledged} edits acknowledged, refused: ${JSON.stringify(Object.fromEntries(hands.refused))} ` +
          `and ${refusals} others, slowest answer ${Math.round(hands.slowestMs)} ms; converged ${Math.round(Math.max(...took))} ms after the last edit\n`,
      );
      expect({ failures: Object.fromEntries(failures), wrong }).toEqual({ failures: {}, wrong: [] });
      expect([...hands.refused.keys()].filter((said) => said !== '503 ServiceUnavailable')).toEqual([]);
      expect(hands.slowestMs).toBeLessThan(ANSWERED_WITHIN_MS);
      expect(await disagreements(database, bed.management, edits)).toEqual([]);
      expect(await notShown(bed.nodes, slots)).toEqual([]);
    },
    120_000,
  );
});

/**
 * A storm of 10,000 edits, as fast as two control planes take them: nobody fails, publications coalesce, and all nodes end at the last revision.
 *
 * 1,000 are calls of their own, by 16 editors who wait for each answer; 9,000 are deployments, a hundred in a call, one call after the other.
 * It is told how long a machine took for them.
 */
import { postgresUrl } from '@causeway/test-stores';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type Sample, takeSample } from '../soak/census.js';
import { randomNumbers } from '../soak/random.js';
import { createBatch } from './kit/batches.js';
import { at, type FaultBed, startFaultBed } from './kit/bed.js';
import { disagreements, notShown } from './kit/books.js';
import { startHands } from './kit/hands.js';
import { createSlots, type Slot } from './kit/ledger.js';
import { hasRedisServer } from './kit/own-redis.js';
import { startTraffic } from './kit/traffic.js';

const SINGLE_EDITS = 1000;
const EDITORS = 16;
/** For all of them, batches and publications at one control plane: who waits for a connection is refused after ten seconds, which a busy machine may need. */
const CONNECTIONS = 20;
const BATCHES = 90;
/** Of each client between two turns. */
const PAUSE_MS = 20;
/** A process that kept what each edit brought would grow by more, MiB. */
const GROWTH_AT_MOST = 400;

const story = hasRedisServer && postgresUrl ? describe : describe.skip;

story('a storm of edits', () => {
  let bed: FaultBed;
  let slots: Slot[];
  let database: pg.Pool;

  beforeAll(async () => {
    bed = await startFaultBed({ controlPlanes: 2, nodes: 2, settings: { CAUSEWAY_DATABASE_POOL: `${CONNECTIONS}` } });
    database = new pg.Pool({ connectionString: bed.databaseUrl });
    // Its last connections may be ended with the database.
    database.on('error', () => {});
    bed.closeAtEnd({ close: () => database.end() });
    slots = await createSlots(bed.management, EDITORS);
  }, 120_000);
  afterAll(() => bed?.stop(), 60_000);

  it('is in force at its end, and fails nobody', async () => {
    const batch = await createBatch(bed.management);
    const traffic = startTraffic(bed.nodes, slots, [], PAUSE_MS);
    await traffic.turn();
    const samples = [await takeSample(bed, 0)];
    const begun = performance.now();
    const seconds = (): number => (performance.now() - begun) / 1000;
    const hands = startHands(bed.controlPlanes, slots, { random: randomNumbers(1), database, most: SINGLE_EDITS });
    for (let n = 0; n < BATCHES; n++) await batch.deploy(at(bed.controlPlanes, n).management);
    samples.push(await takeSample(bed, seconds()));
    await hands.done();
    const tookSeconds = seconds();
    const edits = hands.edits.length + BATCHES * batch.size;
    const took = await Promise.all(bed.nodes.map((node) => traffic.untilInForce(node)));
    samples.push(await takeSample(bed, seconds()));
    await traffic.turn();
    await traffic.stop();
    const { requests, failures, wrong } = traffic.counted;
    const publications = await longestToPublish(database);
    process.stderr.write(
      `injected: ${edits} edits in ${tookSeconds.toFixed(1)} s (${Math.round(edits / tookSeconds)} a second), slowest answer ${Math.round(hands.slowestMs)} ms\n` +
        `observed: ${publications.count} publications, the longest from commit to publication ${publications.longestMs} ms; in force ${Math.round(Math.max(...took))} ms after the last answer; ` +
        `${requests} requests, failed: ${JSON.stringify(Object.fromEntries(failures))}\n${samples.map(describeSample).join('\n')}\n`,
    );
    expect([...hands.refused]).toEqual([]);
    expect({ failures: Object.fromEntries(failures), wrong }).toEqual({ failures: {}, wrong: [] });
    expect(await disagreements(database, bed.management, hands.edits)).toEqual([]);
    expect(await notShown(bed.nodes, slots)).toEqual([]);
    for (const { name, rss, swaps } of samples.at(-1)?.parts ?? []) {
      const before = samples[0]?.parts.find((part) => part.name === name);
      expect(rss - (before?.rss ?? 0)).toBeLessThan(GROWTH_AT_MOST);
      if (swaps !== undefined) expect(swaps - (before?.swaps ?? 0)).toBeLessThan((SINGLE_EDITS + BATCHES) / 2);
    }
  }, 400_000);
});

async function longestToPublish(database: pg.Pool): Promise<{ count: number; longestMs: number }> {
  const { rows } = await database.query(
    `SELECT count(DISTINCT published_at)::int AS count, round(1000 * extract(epoch FROM max(published_at - created_at)))::int AS "longestMs" FROM revisions`,
  );
  return rows[0];
}

function describeSample({ seconds, parts }: Sample): string {
  const each = parts.map(({ name, rss, swaps }) => `${name}: ${rss} MiB${swaps === undefined ? '' : ` ${swaps} swaps`}`);
  return [`${Math.round(seconds)} s`.padStart(7), ...each].join('  ');
}

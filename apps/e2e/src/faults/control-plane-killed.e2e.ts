/**
 * Control planes are killed (SIGKILL) at random moments between a write and its publication: no acknowledged edit is lost, none is half
 * there, and every node comes to run what was written.
 *
 * Starting a process takes a second or two, so each kill hits many edits: 40 editors write through two control planes, of which one, and
 * every second time both at once, is killed while it works. A kill point is an edit which the killed process had taken and was not done
 * with: at that moment it had no answer, or was committed and in no manifest. Edits that came after the kill, and those that were
 * answered and published before it, do not count. What each point hit is told from the database afterwards.
 *
 * `FAULTS_KILL_POINTS` is how many there are at least, 1000 unless said; `FAULTS_SEED` gives the same moments and victims again.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { postgresUrl } from '@causeway/test-stores';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { randomNumbers } from '../soak/random.js';
import { at, type FaultBed, startFaultBed } from './kit/bed.js';
import { disagreements, notShown } from './kit/books.js';
import { startHands } from './kit/hands.js';
import { createSlots, type Slot } from './kit/ledger.js';
import { hasRedisServer } from './kit/own-redis.js';
import { startTraffic } from './kit/traffic.js';
import { type Kill, whereabouts } from './kit/whereabouts.js';

const KILL_POINTS = Number(process.env.FAULTS_KILL_POINTS ?? 1000);
const SEED = Number(process.env.FAULTS_SEED ?? 1);
const EDITORS = 40;
/** Of each client between two turns: processes that start over and over need the machine more than clients do. */
const PAUSE_MS = 100;
/** A control plane lives this long at most once it works, ms. */
const LIFE_MS = 400;

const story = hasRedisServer && postgresUrl ? describe : describe.skip;

story('control planes that are killed again and again', () => {
  let bed: FaultBed;
  let slots: Slot[];
  let database: pg.Pool;

  beforeAll(async () => {
    bed = await startFaultBed({ controlPlanes: 2, nodes: 2, settings: { CAUSEWAY_DATABASE_POOL: `${EDITORS / 2}` } });
    database = new pg.Pool({ connectionString: bed.databaseUrl });
    // Its last connections may be ended with the database.
    database.on('error', () => {});
    bed.closeAtEnd({ close: () => database.end() });
    slots = await createSlots(bed.management, EDITORS);
  }, 120_000);
  afterAll(() => bed?.stop(), 60_000);

  it('lose no acknowledged edit and leave none half done', async () => {
    const random = randomNumbers(SEED);
    const traffic = startTraffic(bed.nodes, slots, [], PAUSE_MS);
    const hands = startHands(bed.controlPlanes, slots, { random, database });
    const kills: Kill[] = [];
    try {
      for (let hit = 0; hit < KILL_POINTS; ) {
        const victims = kills.length % 2 === 1 ? bed.controlPlanes : [at(bed.controlPlanes, kills.length / 2)];
        // Each begins to work before it is killed.
        await Promise.all(victims.map((plane) => hands.untilAcknowledged(1, plane)));
        await delay(random(LIFE_MS));
        hit += victims.reduce((sum, plane) => sum + hands.underWay(plane), 0);
        kills.push({ atMs: Date.now(), victims });
        await Promise.all(victims.map((plane) => plane.kill()));
        await Promise.all(victims.map((plane) => plane.start()));
      }
      await hands.untilAcknowledged(1);
    } finally {
      await hands.stop();
    }
    const took = await Promise.all(bed.nodes.map((node) => traffic.untilInForce(node))).finally(() => traffic.stop());
    const hit = await whereabouts(database, hands.edits, kills);
    const points = Object.values(hit).reduce((sum, each) => sum + each, 0);
    process.stderr.write(
      `injected: ${kills.length} kills at ${points} kill points, seed ${SEED}: ${hit.beforeCommit} before the commit, ` +
        `${hit.committedOnly} between commit and publication without an answer, ${hit.acknowledgedOnly} acknowledged and not published, ` +
        `${hit.publishedOnly} published without an answer\n` +
        `observed: ${hands.acknowledged} edits acknowledged of ${hands.edits.length}; ${traffic.counted.requests} requests, ` +
        `failed: ${JSON.stringify(Object.fromEntries(traffic.counted.failures))}; converged ${Math.round(Math.max(...took))} ms after the last edit\n`,
    );
    expect(points).toBeGreaterThanOrEqual(KILL_POINTS);
    expect(hit.committedOnly + hit.acknowledgedOnly).toBeGreaterThan(0);
    expect(await disagreements(database, bed.management, hands.edits)).toEqual([]);
    expect(await notShown(bed.nodes, slots)).toEqual([]);
    expect({ failures: Object.fromEntries(traffic.counted.failures), wrong: traffic.counted.wrong }).toEqual({
      failures: {},
      wrong: [],
    });
  }, 600_000);
});

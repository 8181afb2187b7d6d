/**
 * Two control planes write at once while one of them at a time is killed or stands still (SIGSTOP), perhaps in the middle of a
 * transaction: the other one goes on taking edits and bringing them into force.
 *
 * `FAULTS_SEED` gives the same moments, victims and signals again.
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

const SEED = Number(process.env.FAULTS_SEED ?? 1);
const ROUNDS = 4;
const SLOTS = 24;
const PAUSE_MS = 20;
const UP_TO_MS = 300;

const story = hasRedisServer && postgresUrl ? describe : describe.skip;

story('two control planes, of which one is killed or stands still', () => {
  let bed: FaultBed;
  let slots: Slot[];
  let database: pg.Pool;

  beforeAll(async () => {
    bed = await startFaultBed({ controlPlanes: 2, nodes: 2 });
    database = new pg.Pool({ connectionString: bed.databaseUrl });
    // Its last connections may be ended with the database.
    database.on('error', () => {});
    bed.closeAtEnd({ close: () => database.end() });
    slots = await createSlots(bed.management, SLOTS);
  }, 120_000);
  afterAll(() => bed?.stop(), 60_000);

  it('go on, and lose nothing', async () => {
    const random = randomNumbers(SEED);
    const traffic = startTraffic(bed.nodes, slots, [], PAUSE_MS);
    const hands = startHands(bed.controlPlanes, slots, { random, database });
    const stood: number[] = [];
    let kills = 0;
    try {
      for (let round = 0; round < ROUNDS; round++) {
        const hurt = random(2);
        const [victim, other] = [at(bed.controlPlanes, hurt), at(bed.controlPlanes, hurt + 1)];
        await Promise.all(bed.controlPlanes.map((plane) => hands.untilAcknowledged(2, plane)));
        await delay(random(UP_TO_MS));
        if (random(2) === 0) {
          kills++;
          await victim.kill();
          await hands.untilAcknowledged(10, other);
          await victim.start();
        } else {
          victim.pause();
          const begun = performance.now();
          await hands.untilAcknowledged(10, other);
          stood.push(Math.round(performance.now() - begun));
          victim.resume();
        }
      }
    } finally {
      for (const plane of bed.controlPlanes) plane.resume();
      await hands.stop();
    }
    const took = await Promise.all(bed.nodes.map((node) => traffic.untilInForce(node))).finally(() => traffic.stop());
    const { requests, failures, wrong } = traffic.counted;
    process.stderr.write(
      `injected: ${kills} kills, ${stood.length} times SIGSTOP, seed ${SEED}\n` +
        `observed: ${hands.acknowledged} edits of ${hands.edits.length} acknowledged, not: ${JSON.stringify(Object.fromEntries(hands.refused))}, ` +
        `slowest answer ${Math.round(hands.slowestMs)} ms; ten more through the other one ${stood.join(', ')} ms after SIGSTOP; ` +
        `${requests} requests, failed: ${JSON.stringify(Object.fromEntries(failures))}; converged ${Math.round(Math.max(...took))} ms after the last edit\n`,
    );
    expect([...hands.refused.keys()].filter((said) => !/^503|^no answer/.test(said))).toEqual([]);
    expect({ failures: Object.fromEntries(failures), wrong }).toEqual({ failures: {}, wrong: [] });
    expect(await disagreements(database, bed.management, hands.edits)).toEqual([]);
    expect(await notShown(bed.nodes, slots)).toEqual([]);
  }, 300_000);
});

/** The database is restored from an older backup: a new epoch begins by itself, every node comes to what the database holds, and no client notices. */
import { rm } from 'node:fs/promises';
import { postgresUrl } from '@causeway/test-stores';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { until } from '../harness/until.js';
import { randomNumbers } from '../soak/random.js';
import { takeBackup } from './kit/backup.js';
import { at, type FaultBed, startFaultBed } from './kit/bed.js';
import { disagreements, notShown } from './kit/books.js';
import { type Edit, startHands } from './kit/hands.js';
import { createSlots, HOST, type Slot } from './kit/ledger.js';
import { hasRedisServer, type OwnRedis } from './kit/own-redis.js';
import { startTraffic, type Traffic } from './kit/traffic.js';

const SLOTS = 6;
const EDITS = 30;
/** Fewer than were lost: a node that returns still knows a higher revision. */
const EDITS_BEFORE_IT_RETURNS = 5;

const story = hasRedisServer && postgresUrl ? describe : describe.skip;

story('a database that is restored from an older backup', () => {
  let bed: FaultBed;
  let slots: Slot[];
  let edits: Edit[];
  let traffic: Traffic;
  let database: pg.Pool;

  const connect = (): pg.Pool => {
    const pool = new pg.Pool({ connectionString: bed.databaseUrl });
    pool.on('error', () => {});
    return pool;
  };

  beforeEach(async () => {
    bed = await startFaultBed({ controlPlanes: 2, nodes: 2 });
    database = connect();
    slots = await createSlots(bed.management, SLOTS);
    edits = [];
    // What is restored goes back: a number may be any that was ever written.
    const calls = slots.map((slot) => ({
      name: slot.path,
      host: HOST,
      target: slot.path,
      isRight: ({ body }: { body: string }) => /^\d+$/.test(body) && Number(body) <= slot.attempted,
    }));
    traffic = startTraffic(bed.nodes, [], calls, 10);
  }, 120_000);
  afterEach(async () => {
    await traffic?.stop();
    await database?.end();
    await bed?.stop();
  }, 60_000);

  const write = async (count: number): Promise<void> => {
    const hands = startHands(bed.controlPlanes, slots, { random: randomNumbers(1), database, edits });
    await hands.untilAcknowledged(count);
    await hands.stop();
  };
  const untilShown = async (nodes = bed.nodes): Promise<number> => {
    const begun = performance.now();
    await until(async () => (await notShown(nodes, slots)).length === 0, 'nodes show what the database holds', 60_000);
    return Math.round(performance.now() - begun);
  };
  const stopControlPlanes = () => Promise.all(bed.controlPlanes.map((plane) => plane.kill('SIGTERM')));
  const startControlPlanes = () => Promise.all(bed.controlPlanes.map((plane) => plane.start()));
  const positions = async () => {
    const { rows } = await database.query('SELECT d.epoch::int, i.revision::int FROM instances i CROSS JOIN deployment_state d');
    return rows[0] as { epoch: number; revision: number };
  };

  /** Stops the control planes, and starts them on the database as it was some edits ago. `meanwhile` runs while they are stopped. */
  const goBack = async (meanwhile: () => Promise<void>): Promise<{ lost: number }> => {
    await write(EDITS);
    await stopControlPlanes();
    await database.end();
    const backup = await takeBackup(bed.databaseUrl);
    bed.closeAtEnd(backup);
    database = connect();
    const kept = edits.length;
    const restored = slots.map(({ acknowledged }) => acknowledged);
    await startControlPlanes();
    await write(EDITS);
    await untilShown();
    await stopControlPlanes();
    await database.end();
    await meanwhile();
    await backup.restore();
    database = connect();
    await startControlPlanes();
    const lost = edits.splice(kept).length;
    for (const [n, slot] of slots.entries()) slot.acknowledged = restored[n] ?? 0;
    return { lost };
  };

  const conclude = async (injected: string, lost: number, convergedMs: number): Promise<void> => {
    const { epoch } = await positions();
    await write(EDITS);
    const inForceMs = await untilShown();
    await traffic.turn();
    const { requests, failures, wrong } = traffic.counted;
    process.stderr.write(
      `injected: ${injected}; ${lost} edits went with it\n` +
        `observed: epoch ${epoch}, all nodes at the restored state after ${convergedMs} ms, later edits in force after ${inForceMs} ms; ` +
        `${requests} requests, failed: ${JSON.stringify(Object.fromEntries(failures))}, wrong: ${wrong.length}\n`,
    );
    expect(epoch).toBeGreaterThan(1);
    expect({ failures: Object.fromEntries(failures), wrong }).toEqual({ failures: {}, wrong: [] });
    expect(await disagreements(database, bed.management, edits)).toEqual([]);
  };

  it('while Redis holds what was newer', async () => {
    const { lost } = await goBack(async () => {});
    await conclude('an older backup, with a Redis that holds what was newer', lost, await untilShown());
  }, 120_000);

  it('while only the nodes know what was newer', async () => {
    const { lost } = await goBack(async () => void (await (bed.redis as OwnRedis).command('FLUSHALL')));
    await conclude('an older backup and an empty Redis, with nodes that run what was newer', lost, await untilShown());
  }, 120_000);

  it('while only the disk of a node that is down knows what was newer', async () => {
    const [here, away] = [at(bed.nodes, 0), at(bed.nodes, 1)];
    const { lost } = await goBack(async () => {
      // One that is stopped saves what waits to be saved.
      await Promise.all([here.kill(), away.kill('SIGTERM')]);
      await rm(here.dataDir, { recursive: true });
      await (bed.redis as OwnRedis).command('FLUSHALL');
    });
    await here.start();
    await write(EDITS_BEFORE_IT_RETURNS);
    await untilShown([here]);
    expect(await positions()).toMatchObject({ epoch: 1 });
    await away.start();
    await conclude('an older backup and an empty Redis, and a node that returns with what was newer', lost, await untilShown());
  }, 120_000);
});

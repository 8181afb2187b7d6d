/** A Redis that holds what is old, or what somebody without a key wrote there: nothing of it runs, edits are in force, and the copy is whole again. */
import { randomBytes } from 'node:crypto';
import { postgresUrl } from '@causeway/test-stores';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../harness/until.js';
import { FORGERIES } from './kit/forgeries.js';
import { journal } from './kit/journal.js';
import { metric, REFUSED } from './kit/metric.js';
import { hasRedisServer, type OwnRedis, startOwnRedis } from './kit/own-redis.js';
import { openRedisCopy, type RedisCopy } from './kit/redis-copy.js';
import { editAll, inForce, tellSeen } from './kit/rounds.js';
import { setScene } from './kit/scene.js';
import type { TcpProxy } from './kit/tcp-proxy.js';
import { startTraffic, type Traffic } from './kit/traffic.js';
import type { Scene } from './kit/withstand.js';

const stories = hasRedisServer && postgresUrl ? describe : describe.skip;
const NODE_TOKEN = `cwn_${randomBytes(32).toString('base64url')}`;

/** How often a poll would come if it was this eager. */
const RINGS = 20;

let scene: Scene;
let traffic: Traffic;

/** From now until the copy is as published, ms. */
async function untilWhole(copy: RedisCopy): Promise<number> {
  const begun = performance.now();
  await until(async () => (await copy.complaints()).length === 0, 'the copy in Redis is whole', 60_000);
  return performance.now() - begun;
}

/** Of documents; that Redis itself was away for a moment, on a busy machine, is another matter. */
function toldOf(since: (words: string) => string[]): string[] {
  return [...since('Redis fails'), ...since('Reading chunks')].filter((line) => !/answer|socket|closed|connect/i.test(line));
}

beforeAll(async () => {
  if (hasRedisServer && postgresUrl)
    scene = await setScene({ controlPlanes: 2, nodes: 2, settings: { CAUSEWAY_NODE_TOKEN: NODE_TOKEN } });
}, 120_000);
afterAll(() => scene?.bed.stop(), 60_000);
beforeEach(() => {
  if (scene) traffic = startTraffic(scene.bed.nodes, scene.slots, scene.calls);
});
afterEach(async () => {
  await traffic?.stop();
}, 30_000);

stories('a Redis with older data', () => {
  const ways = (): TcpProxy[] => [...scene.bed.controlPlanes, ...scene.bed.nodes].flatMap(({ toRedis }) => toRedis ?? []);
  let current: OwnRedis;

  /** A copy of the Redis in use that edits made from now on do not reach. */
  async function leftBehind(): Promise<OwnRedis> {
    const old = await startOwnRedis(current);
    scene.bed.closeAtEnd({ close: () => old.kill() });
    await old.command('REPLICAOF', 'NO', 'ONE');
    return old;
  }

  async function goesOnWith(old: OwnRedis, injected: string): Promise<void> {
    const copy = await openRedisCopy(old.url, scene.bed.management, NODE_TOKEN);
    const behind = await copy.head();
    const wholeMs = await untilWhole(copy);
    const { revision } = await copy.head();
    await editAll(scene);
    const forceMs = await inForce(scene, traffic);
    await untilWhole(copy);
    await copy.close();
    expect(traffic.counted).toMatchObject({ failures: new Map(), wrong: [] });
    expect(behind.revision).toBeLessThan(revision);
    tellSeen(injected, traffic.counted, {
      'revisions behind': revision - behind.revision,
      'healed after ms': wholeMs,
      'edits in force after ms': forceMs,
    });
  }

  it('is what a failover leads to', async () => {
    current = scene.bed.redis as OwnRedis;
    await editAll(scene);
    await inForce(scene, traffic);
    const old = await leftBehind();
    await editAll(scene, 3);
    await inForce(scene, traffic);
    await current.kill();
    for (const way of ways()) way.turnTo(old.url);
    await goesOnWith(old, 'Redis fails over to a replica that has stopped copying');
    current = old;
  }, 120_000);

  it('is what comes back with an old dump, after edits that Redis has not seen', async () => {
    const old = await leftBehind();
    await editAll(scene);
    for (const way of ways()) await way.cut();
    await editAll(scene, 3);
    await inForce(scene, traffic);
    for (const way of ways()) way.turnTo(old.url);
    for (const way of ways()) await way.heal();
    await goesOnWith(old, 'Redis is away for some edits, and comes back with an old dump');
    current = old;
  }, 120_000);

  /** Each is written at once, and the doorbell rung many times, so that nobody waits for the next poll. */
  describe('or with what somebody wrote who has no key:', () => {
    let copy: RedisCopy;
    beforeAll(async () => {
      copy = await openRedisCopy(current.url, scene.bed.management, NODE_TOKEN);
    });
    afterAll(() => copy?.close());

    it.each(FORGERIES)(
      '$name',
      async ({ name, isRead = false, atStart = false, write }) => {
        const { nodes } = scene.bed;
        await untilWhole(copy);
        const readers = atStart ? nodes.slice(1) : nodes;
        const refusedBefore = await Promise.all(nodes.map((node) => metric(node, REFUSED)));
        const journals = readers.map((node) => journal(node));
        await write(copy, async () => {
          await editAll(scene);
          await inForce(scene, traffic);
        });
        for (let n = 0; n < RINGS; n++) await copy.client.publish(copy.keys.doorbell, 'garbage');
        if (atStart) {
          for (const node of readers) await node.kill();
          for (const node of readers) await node.start();
        }
        const refused = async () => Promise.all(readers.map((node) => metric(node, REFUSED)));
        const before = atStart ? readers.map(() => 0) : refusedBefore;
        if (isRead)
          await until(async () => (await refused()).every((count, n) => count > (before[n] ?? 0)), 'what was read is counted');
        await traffic.turn();
        const wholeMs = await untilWhole(copy);
        const told = journals.map(toldOf);
        await editAll(scene);
        const forceMs = await inForce(scene, traffic);
        expect(traffic.counted).toMatchObject({ failures: new Map(), wrong: [] });
        // Once, unless Redis itself was not reached for a moment in between.
        for (const lines of told) {
          expect(lines.length).toBeGreaterThanOrEqual(Number(isRead));
          expect(lines.length).toBeLessThanOrEqual(Number(isRead) * 3);
        }
        tellSeen(name, traffic.counted, {
          'counted as refused': (await refused()).map((count, n) => count - (before[n] ?? 0)).join(' and '),
          'told in the log': told.map((lines) => lines.length).join(' and '),
          'healed after ms': wholeMs,
          'edits in force after ms': forceMs,
        });
      },
      90_000,
    );
  });
});

/** A doorbell that gets lost is made up for by the next poll; and who is behind is told, by itself and by the control plane. */
import { postgresUrl } from '@causeway/test-stores';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../harness/until.js';
import type { DataPlane } from './kit/bed.js';
import { AGE, LAG, metric } from './kit/metric.js';
import { hasRedisServer, type OwnRedis } from './kit/own-redis.js';
import { editAll, inForce, tellSeen } from './kit/rounds.js';
import { setScene } from './kit/scene.js';
import { startTraffic, type Traffic } from './kit/traffic.js';
import type { Scene } from './kit/withstand.js';

const stories = hasRedisServer && postgresUrl ? describe : describe.skip;

/** The longest between two looks at the head: 3 s and 30 % (snapshots, the ladder). */
const POLL_MS = 3900;
/** For a machine that has other things to do. */
const SLACK_MS = 6000;

stories('a doorbell', () => {
  let scene: Scene;
  let traffic: Traffic;
  const redis = () => scene.bed.redis as OwnRedis;

  beforeAll(async () => {
    scene = await setScene({ nodes: 2 });
  }, 120_000);
  afterAll(() => scene?.bed.stop(), 60_000);
  beforeEach(async () => {
    traffic = startTraffic(scene.bed.nodes, scene.slots, scene.calls);
    await editAll(scene);
    await inForce(scene, traffic);
  });
  afterEach(async () => {
    await traffic.stop();
    expect(traffic.counted).toMatchObject({ failures: new Map(), wrong: [] });
  }, 60_000);

  it('that nobody rings costs one poll', async () => {
    expect(await redis().command('ACL', 'SETUSER', 'default', '-publish')).toContain('+OK');
    const waits: number[] = [];
    for (let round = 0; round < 4; round++) {
      await editAll(scene);
      waits.push(await inForce(scene, traffic));
    }
    await redis().command('ACL', 'SETUSER', 'default', '+publish');
    await editAll(scene);
    const rungMs = await inForce(scene, traffic);
    tellSeen('Redis lets nobody ring the doorbell (ACL)', traffic.counted, {
      'edits in force after ms': waits.map(Math.round).join(', '),
      'and with the doorbell': rungMs,
    });
    expect(Math.max(...waits)).toBeLessThan(POLL_MS + SLACK_MS);
  }, 90_000);

  it('is heard again by those whose subscription was killed', async () => {
    const killed: string[] = [];
    const waits: number[] = [];
    for (let round = 0; round < 5; round++) {
      killed.push((await redis().command('CLIENT', 'KILL', 'TYPE', 'pubsub')).trim());
      await editAll(scene);
      waits.push(await inForce(scene, traffic));
    }
    tellSeen('Redis kills the subscriptions of all nodes, five times', traffic.counted, {
      killed: killed.join(' '),
      'edits in force after ms': waits.map(Math.round).join(', '),
    });
    expect(Math.max(...waits)).toBeLessThan(POLL_MS + SLACK_MS);
  }, 90_000);

  it('that a node cannot hear leaves it behind, and everybody can see that', async () => {
    const [node, other] = scene.bed.nodes as [DataPlane, DataPlane];
    await Promise.all([node.toControlPlane.cut(), node.toRedis?.cut()]);
    await editAll(scene, 2);
    await traffic.untilInForce(other);
    interface Told {
      readonly node: string;
      readonly live: boolean;
      readonly lag: { readonly revisions: number; readonly ms: number };
    }
    const told = async (name: string): Promise<Told | undefined> =>
      (await scene.bed.management.call<{ items: Told[] }>('GET /nodes')).items.find((each) => each.node === name);
    await until(async () => (await told('node-1'))?.lag.revisions === 2 * scene.slots.length, 'its lag is told');
    const live = (await told('node-1'))?.live;
    await until(async () => (await told('node-2'))?.lag.revisions === 0, 'the other has none');
    await until(async () => (await told('node-1'))?.live === false, 'it is not live any more');
    await until(async () => (await metric(node, AGE)) > 15, 'its own metric says how long it has heard nothing', 60_000);
    const [behind, age] = [await told('node-1'), await metric(node, AGE)];
    await Promise.all([node.toControlPlane.heal(), node.toRedis?.heal()]);
    const caughtUpMs = await traffic.untilInForce(node);
    await until(async () => (await told('node-1'))?.lag.revisions === 0, 'it has caught up, and says so');
    await until(async () => (await metric(node, AGE)) < 15, 'and its metric, too');
    expect(await metric(node, LAG)).toBe(0);
    expect(behind?.lag.ms).toBeGreaterThan(0);
    tellSeen('a node hears neither Redis nor the control plane', traffic.counted, {
      'told by GET /nodes': `${behind?.lag.revisions} revisions, ${behind?.lag.ms} ms behind, live ${live} and then ${behind?.live}`,
      causeway_config_age_seconds: age,
      'caught up after ms': caughtUpMs,
    });
  }, 120_000);
});

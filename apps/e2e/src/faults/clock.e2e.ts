/** A clock that is an hour wrong, from the start or by a step: snapshots and edits do not care, and nothing is stuck until it is right. */
import { postgresUrl } from '@causeway/test-stores';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { send, verdict } from '../harness/http-client.js';
import { sign } from '../harness/sign.js';
import { until } from '../harness/until.js';
import type { ControlPlane, DataPlane, Part } from './kit/bed.js';
import { createWallClock, type WallClock } from './kit/clock.js';
import { GROUP, HOST } from './kit/ledger.js';
import { AGE, LAG, metric } from './kit/metric.js';
import { hasRedisServer } from './kit/own-redis.js';
import { editAll, inForce, tellSeen } from './kit/rounds.js';
import { setScene } from './kit/scene.js';
import { startTraffic, type Traffic } from './kit/traffic.js';
import type { Scene } from './kit/withstand.js';

const stories = hasRedisServer && postgresUrl ? describe : describe.skip;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const KEYS = { key: 'CLOCKKEY', secret: 'CLOCKSECRET' };
const LIMIT = 3;

const STEPS: ReadonlyArray<readonly [string, number]> = [
  ['an hour ahead', HOUR_MS],
  ['an hour behind', -HOUR_MS],
];

stories('a clock', () => {
  let scene: Scene;
  let traffic: Traffic;
  let node: DataPlane;
  let plane: ControlPlane;
  const clocks = new Map<Part, WallClock>();
  const set = (part: Part, offMs: number) => clocks.get(part)?.set(part, offMs);

  beforeAll(async () => {
    // A node that is staler than this serves nothing: a clock must not make it so.
    scene = await setScene({ nodes: 2, settings: { CAUSEWAY_MAX_STALENESS: '60' } });
    const { bed } = scene;
    [node] = bed.nodes as [DataPlane];
    [plane] = bed.controlPlanes as [ControlPlane];
    for (const part of [plane, node]) {
      const clock = await createWallClock();
      bed.closeAtEnd(clock);
      clocks.set(part, clock);
      await part.kill();
      await part.start(clock.settings);
    }
    const publish = (name: string, auth: string) =>
      bed.management.publish(GROUP, {
        name,
        auth,
        request: { protocols: ['HTTP'], method: 'GET', path: `/${name}` },
        backend: { type: 'MOCK', statusCode: 200, body: name },
      });
    const signed = await publish('signed', 'APP');
    const { id: appId } = await bed.management.call('POST /apps', { name: 'clock', ...KEYS });
    await bed.management.call('POST /grants?wait=applied', { appId, apiIds: [signed], stage: 'RELEASE' });
    const limited = await publish('limited', 'ANONYMOUS');
    await bed.management.bind('trafficControl', { unit: 'MINUTE', apiDefault: LIMIT }, [limited]);
  }, 120_000);
  afterAll(() => scene?.bed.stop(), 60_000);
  beforeEach(() => {
    traffic = startTraffic(scene.bed.nodes, scene.slots, scene.calls);
  });
  afterEach(async () => {
    await set(node, 0);
    await set(plane, 0);
    await traffic.stop();
    expect(traffic.counted).toMatchObject({ failures: new Map(), wrong: [] });
  }, 60_000);

  const askSigned = async (asked: DataPlane, atMs: number): Promise<string> => {
    const credentials = { 'X-Ca-Timestamp': String(atMs) };
    return verdict(await send(asked.port, HOST, '/signed', { headers: sign({ target: '/signed', credentials }, KEYS).headers }));
  };
  const askLimited = async (): Promise<string> => verdict(await send(node.port, HOST, '/limited'));

  /** What must hold whatever the clock says. */
  async function allIsWell(): Promise<Record<string, string | number>> {
    await editAll(scene);
    const forceMs = await inForce(scene, traffic);
    const readyz = await Promise.all(
      scene.bed.nodes.map(({ adminUrl }) => fetch(`${adminUrl}/readyz`).then(({ status }) => status)),
    );
    expect(readyz).toEqual([200, 200]);
    const [age, lag] = [await metric(node, AGE), await metric(node, LAG)];
    expect(age).toBeGreaterThanOrEqual(0);
    expect(age).toBeLessThan(60);
    expect(lag).toBe(0);
    const { items } = await scene.bed.management.call<{
      items: Array<{ live: boolean; state: string; lag: { revisions: number; ms: number } }>;
    }>('GET /nodes');
    for (const { live, state, lag: told } of items) {
      expect({ live, state }).toEqual({ live: true, state: 'applied' });
      expect(told.ms).toBeGreaterThanOrEqual(0);
      expect(told.ms).toBeLessThan(60_000);
    }
    return { 'edits in force after ms': forceMs, 'age s': age, lag };
  }

  it.each(STEPS)(
    'of a node is set to %s while it runs',
    async (what, offMs) => {
      await set(node, offMs);
      const well = await allIsWell();
      const verdicts = { ours: await askSigned(node, Date.now()), its: await askSigned(node, Date.now() + offMs) };
      expect(verdicts).toEqual({ ours: '403 S403TE', its: '200 -' });
      const edges = [14, 16].map((minutes) => askSigned(node, Date.now() + offMs + minutes * MINUTE_MS));
      expect(await Promise.all(edges)).toEqual(['200 -', '403 S403TE']);
      expect(await askSigned(scene.bed.nodes[1] as DataPlane, Date.now())).toBe('200 -');
      tellSeen(`the clock of a node steps to ${what}`, traffic.counted, { ...well, ...verdicts });
      await set(node, 0);
      expect(await askSigned(node, Date.now())).toBe('200 -');
      await allIsWell();
    },
    90_000,
  );

  it.each(STEPS)(
    'of a node is %s when it starts',
    async (what, offMs) => {
      await node.kill();
      const clock = await createWallClock(offMs);
      scene.bed.closeAtEnd(clock);
      clocks.set(node, clock);
      await node.start(clock.settings);
      tellSeen(`a node starts with its clock ${what}`, traffic.counted, await allIsWell());
    },
    90_000,
  );

  it.each(STEPS)(
    'of a control plane is set to %s',
    async (what, offMs) => {
      await set(plane, offMs);
      const well = await allIsWell();
      await plane.kill();
      await plane.start();
      tellSeen(`the clock of a control plane steps to ${what}, and is so when it starts`, traffic.counted, {
        ...well,
        'after its start: edits in force after ms': (await allIsWell())['edits in force after ms'] ?? '',
      });
    },
    90_000,
  );

  it('is set back an hour when a limit is spent, with Redis away: there is room again within the window', async () => {
    const { redis } = scene.bed;
    await redis?.kill();
    const spend = async (): Promise<void> => {
      await until(async () => (await askLimited()) !== '200 -', 'the limit is spent');
    };
    await set(node, HOUR_MS);
    await spend();
    await set(node, 0);
    const begun = performance.now();
    await until(async () => (await askLimited()) === '200 -', 'there is room again', 75_000);
    const stuckMs = performance.now() - begun;
    await redis?.start();
    tellSeen('the clock of a node is set back an hour, a limit a minute is spent, Redis is away', traffic.counted, {
      'refused for ms': stuckMs,
    });
  }, 120_000);
});

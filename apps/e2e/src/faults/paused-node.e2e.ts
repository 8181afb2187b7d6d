/** A node that stood still for hundreds of edits goes from what it ran to the newest in few swaps, whatever was forgotten meanwhile. */
import { postgresUrl } from '@causeway/test-stores';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { send, verdict } from '../harness/http-client.js';
import { until } from '../harness/until.js';
import type { DataPlane } from './kit/bed.js';
import { edit, GROUP, HOST } from './kit/ledger.js';
import { APPLIED, metric } from './kit/metric.js';
import { hasRedisServer } from './kit/own-redis.js';
import { inForce, tellSeen } from './kit/rounds.js';
import { setScene } from './kit/scene.js';
import { startTraffic } from './kit/traffic.js';
import type { Scene } from './kit/withstand.js';

const stories = hasRedisServer && postgresUrl ? describe : describe.skip;
/** Ten minutes of one a second. */
const EDITS = 640;
const KEPT = 50;

stories('a node', () => {
  let scene: Scene;
  let database: pg.Client;

  beforeAll(async () => {
    scene = await setScene({ nodes: 2, settings: { CAUSEWAY_REVISIONS_KEEP: String(KEPT) } });
    database = new pg.Client({ connectionString: scene.bed.databaseUrl });
    await database.connect();
  }, 120_000);
  afterAll(async () => {
    await database?.end();
    await scene?.bed.stop();
  }, 60_000);

  const count = async (table: string): Promise<number> =>
    Number((await database.query(`SELECT count(*) FROM ${table}`)).rows[0].count);

  /** An API with a plugin of its own. */
  async function create(name: string): Promise<{ apiId: string; pluginId: string }> {
    const { management } = scene.bed;
    const definition = {
      name,
      auth: 'ANONYMOUS',
      request: { protocols: ['HTTP'], method: 'GET', path: `/${name}` },
      backend: { type: 'MOCK', statusCode: 200, body: name },
    };
    const { id: apiId } = await management.call(`POST /groups/${GROUP}/apis`, definition);
    await management.call(`POST /apis/${apiId}/deployments`, { stage: 'RELEASE' });
    const { id: pluginId } = await management.call('POST /plugins', {
      name,
      type: 'ipControl',
      config: { type: 'ALLOW', items: [{ blocks: ['0.0.0.0/0', '::/0'] }] },
    });
    await management.call(`POST /plugins/${pluginId}/bindings`, { apiIds: [apiId], stage: 'RELEASE' });
    return { apiId, pluginId };
  }

  async function remove({ apiId, pluginId }: { apiId: string; pluginId: string }): Promise<void> {
    const { management } = scene.bed;
    await management.call(`DELETE /apis/${apiId}/deployments/RELEASE`);
    await management.call(`DELETE /apis/${apiId}`);
    await management.call(`DELETE /plugins/${pluginId}`);
  }

  it('that is paused for ten minutes of edits catches up at once', async () => {
    const { bed, slots } = scene;
    const node = bed.nodes[1] as DataPlane;
    const before = [await create('old0'), await create('old1'), await create('old2')];
    const traffic = startTraffic(bed.nodes, slots, scene.calls);
    const ask = async (path: string) => verdict(await send(node.port, HOST, path));
    await until(async () => (await ask('/old2')) === '200 -', 'it serves what was created');
    const swapsBefore = await metric(node, APPLIED);

    node.pause();
    // Nobody is turned away meanwhile: they wait in the listener's queue.
    const waiting = Array.from({ length: 20 }, (_, n) => send(node.port, HOST, slots[n % slots.length]?.path ?? ''));
    const begun = performance.now();
    await Promise.all(
      slots.map(async (slot) => {
        for (let n = 0; n < EDITS / slots.length; n++) await edit(bed.management, slot);
      }),
    );
    for (const each of before) await remove(each);
    const gone = await create('brief');
    await create('new0');
    await remove(gone);
    const editedMs = performance.now() - begun;

    // As if two hours had passed: what was replaced is forgotten, whatever the paused node still runs.
    const chunksBefore = await count('chunks');
    const forgotten = await until(
      async () => {
        await database.query(
          "UPDATE manifest_chunks SET ended_at = ended_at - interval '2 hours' WHERE ended_at > now() - interval '90 minutes'",
        );
        await database.query("UPDATE nodes SET reported_at = now() - interval '2 hours' WHERE node = 'node-2'");
        return (await count('chunks')) < chunksBefore / 2;
      },
      'old chunks are forgotten',
      150_000,
    ).then(() => count('chunks'));

    const resumed = performance.now();
    node.resume();
    const late = await Promise.all(waiting);
    const answeredMs = performance.now() - resumed;
    await inForce(scene, traffic);
    const caughtUpMs = performance.now() - resumed;
    await until(async () => (await ask('/new0')) === '200 -', 'it serves what was created meanwhile');
    const swaps = (await metric(node, APPLIED)) - swapsBefore;
    const after = await Promise.all(['/old0', '/old1', '/old2', '/brief'].map(ask));
    await traffic.turn();
    await traffic.stop();
    tellSeen(`a node stands still (SIGSTOP) for ${EDITS} edits, and what was replaced is forgotten`, traffic.counted, {
      'edits took s': editedMs / 1000,
      chunks: `${chunksBefore}, then ${forgotten}`,
      'requests made meanwhile answered ms after its return': answeredMs,
      'shows the newest after ms': caughtUpMs,
      swaps,
    });
    expect(traffic.counted).toMatchObject({ failures: new Map(), wrong: [] });
    expect(late.map(({ status }) => status)).toEqual(late.map(() => 200));
    for (const [n, { body }] of late.entries()) expect(Number(body)).toBeLessThanOrEqual(slots[n % slots.length]?.attempted ?? 0);
    expect(after).toEqual(after.map(() => '404 I404NF'));
    expect(swaps).toBeLessThanOrEqual(5);
  }, 300_000);
});

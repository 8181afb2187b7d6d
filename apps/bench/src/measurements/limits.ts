/** How closely data planes that share a Redis keep a limit together, and what counting there costs. */
import { randomBytes } from 'node:crypto';
import { setTimeout as later } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { Pool } from 'undici';
import type { Bed, Server } from '../bed.js';
import { ask } from '../probe.js';
import { startDataPlane } from '../servers/data-plane.js';
import { hasRedis } from '../servers/redis.js';
import { instanceChunks } from '../stores/chunks.js';
import { HOST, LIMIT, limitedApi, PATH } from '../stores/limited-api.js';
import { publish } from '../stores/publisher.js';
import { atMost } from '../verdicts.js';
import type { Finding } from './list.js';

const NODES = 2;
/** Of the limit, by all nodes together. */
const OFFERED = 3;
const MOST_OFF = 0.02;
/** Requests are sent in groups, so many times a second. */
const GROUPS_PER_SECOND = 50;
const SECOND_MS = 1000;
const START_MS = 30_000;

export async function measureLimits(bed: Bed, quick: boolean, progress: (line: string) => void): Promise<Finding> {
  if (!hasRedis())
    return { section: 'limits', lines: ['  skipped: no REDIS_URL, and no redis-server on the PATH'], figures: {}, verdicts: [] };
  const seconds = quick ? 10 : 60;
  const url = await bed.redis();
  const nodes = await startNodes(bed, url);
  const redis = await createClient({ url }).connect();
  try {
    progress(`offering ${OFFERED} times the limit for ${seconds} s`);
    const scriptsBefore = await scriptsRun(redis);
    const told = await offer(nodes, seconds);
    const scripts = (await scriptsRun(redis)) - scriptsBefore;
    const wanted = LIMIT * seconds;
    const off = Math.abs(told.admitted - wanted) / wanted;
    const perRequest = scripts / (told.admitted + told.refused);
    return {
      section: 'limits',
      lines: [
        `  ${NODES} data planes, ${LIMIT} a second together, ${told.admitted + told.refused} requests in ${seconds} s: ${told.admitted} admitted where ${wanted} may be, ${told.refused} refused`,
        `  Redis ran ${perRequest.toFixed(2)} scripts for a request`,
      ],
      figures: { ...told, wanted, seconds, scriptsPerRequest: perRequest },
      verdicts: [
        atMost('a limit over two data planes: share by which what is admitted is off', off, MOST_OFF),
        atMost('round trips to Redis for a request that is counted', perRequest, 1),
      ],
    };
  } finally {
    redis.destroy();
    for (const node of nodes) await node.stop();
  }
}

async function startNodes(bed: Bed, redisUrl: string): Promise<Server[]> {
  const environment = await publish((keys) => ({ ...instanceChunks(keys, []), ...limitedApi() }));
  const prefix = `causeway-bench-${randomBytes(4).toString('hex')}`;
  const nodes: Server[] = [];
  for (let n = 0; n < NODES; n++) {
    nodes.push(
      await startDataPlane(bed, {
        name: `limits-${n}`,
        environment: { ...environment, REDIS_URL: redisUrl, CAUSEWAY_REDIS_PREFIX: prefix },
        untilRight: untilServed,
      }),
    );
  }
  return nodes;
}

async function untilServed(port: number, hasEnded: () => boolean): Promise<void> {
  for (const end = Date.now() + START_MS; ; await later(50)) {
    const status = await ask(port, PATH, { host: HOST }).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) return;
    if (hasEnded() || Date.now() > end) throw new Error(`the limited API is not served (last status ${status})`);
  }
}

/** From the beginning of one second to the end of another, evenly: windows are whole seconds. */
async function offer(nodes: readonly Server[], seconds: number): Promise<{ admitted: number; refused: number }> {
  const pools = nodes.map(({ port }) => new Pool(`http://127.0.0.1:${port}`, { connections: 64 }));
  const told = { admitted: 0, refused: 0 };
  const ask = async (pool: Pool) => {
    const { statusCode, body } = await pool.request({ path: PATH, method: 'GET', headers: { host: HOST } });
    await body.dump();
    if (statusCode === 200) told.admitted++;
    else if (statusCode === 429) told.refused++;
    else throw new Error(`answered ${statusCode}`);
  };
  const inEach = (LIMIT * OFFERED) / NODES / GROUPS_PER_SECOND;
  const startMs = (Math.floor(Date.now() / SECOND_MS) + 2) * SECOND_MS;
  const asked: Promise<void>[] = [];
  for (let group = 0; group < seconds * GROUPS_PER_SECOND; group++) {
    // The first group comes a little after the second began, and the last one ends well before the next: neither is counted elsewhere.
    const atMs = startMs + (group + 0.25) * (SECOND_MS / GROUPS_PER_SECOND);
    await later(Math.max(0, atMs - Date.now()));
    for (const pool of pools) for (let n = 0; n < inEach; n++) asked.push(ask(pool));
  }
  await Promise.all(asked);
  await Promise.all(pools.map((pool) => pool.close()));
  return told;
}

async function scriptsRun(redis: { info(section: string): Promise<unknown> }): Promise<number> {
  const text = String(await redis.info('commandstats'));
  const calls = [...text.matchAll(/cmdstat_(?:evalsha|eval):calls=(\d+)/g)];
  return calls.reduce((sum, [, count]) => sum + Number(count), 0);
}

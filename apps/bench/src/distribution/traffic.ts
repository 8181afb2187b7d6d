/** Latency of traffic at an even rate, with and without swaps. */
import { setTimeout as later } from 'node:timers/promises';
import { Pool } from 'undici';
import { percentile } from '../manage/percentile.js';
import type { Node } from './nodes.js';
import { FORWARDED_PATH, type Site } from './site.js';

const PER_SECOND = 500;
const EVERY_MS = 1000;

export interface TrafficRound {
  calmP99Ms: number;
  swappingP99Ms: number;
}

/** The two sides of a round follow each other, every second round backwards. */
export async function measureTraffic(site: Site, node: Node, rounds: number, seconds: number): Promise<TrafficRound[]> {
  const pool = new Pool(`http://127.0.0.1:${node.port}`, { connections: 32 });
  await p99(pool, site.host, 2);
  const swapping = async () => {
    const edits: Promise<unknown>[] = [];
    const timer = setInterval(() => edits.push(site.edit().done), EVERY_MS);
    try {
      return await p99(pool, site.host, seconds);
    } finally {
      clearInterval(timer);
      await Promise.all(edits);
    }
  };
  const all: TrafficRound[] = [];
  for (let n = 0; n < rounds; n++) {
    const calmFirst = n % 2 === 0;
    const first = calmFirst ? await p99(pool, site.host, seconds) : await swapping();
    await later(EVERY_MS);
    const second = calmFirst ? await swapping() : await p99(pool, site.host, seconds);
    await later(EVERY_MS);
    all.push(calmFirst ? { calmP99Ms: first, swappingP99Ms: second } : { calmP99Ms: second, swappingP99Ms: first });
  }
  await pool.close();
  return all;
}

/** From when each request is due: what waits because others took long is counted too. */
async function p99(pool: Pool, host: string, seconds: number): Promise<number> {
  const times: number[] = [];
  const send = async (dueAt: number) => {
    const { statusCode, body } = await pool.request({ path: FORWARDED_PATH, method: 'GET', headers: { host } });
    await body.dump();
    if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
    times.push(performance.now() - dueAt);
  };
  const startMs = performance.now();
  const sent: Promise<void>[] = [];
  for (let n = 0; n < seconds * PER_SECOND; n++) {
    const dueAt = startMs + (n * 1000) / PER_SECOND;
    // A timer fires up to a millisecond late, the same on both sides.
    if (dueAt > performance.now()) await later(dueAt - performance.now());
    sent.push(send(dueAt));
  }
  await Promise.all(sent);
  return percentile(times, 0.99);
}

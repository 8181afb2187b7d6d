/** How long it takes from the sending of an edit until traffic sees it, on every node. */
import { setTimeout as later } from 'node:timers/promises';
import { Client } from 'undici';
import { percentile } from '../manage/percentile.js';
import type { Node } from './nodes.js';
import { EDITED_PATH, type Site } from './site.js';

const SEEN_WITHIN_MS = 30_000;
const BETWEEN_REQUESTS_MS = 1;
/** Upper bounds of the printed histogram, ms. */
const BOUNDS_MS = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

/** One after the other. @returns ms until the last node saw each */
export async function measureEdits(
  site: Site,
  nodes: readonly Node[],
  edits: number,
  afterEach: () => Promise<void> = async () => {},
): Promise<number[]> {
  const clients = nodes.map(({ port }) => new Client(`http://127.0.0.1:${port}`));
  const times: number[] = [];
  for (let n = 0; n < edits; n++) {
    const startedAt = performance.now();
    const { status, done } = site.edit();
    const [seenAt] = await Promise.all([Promise.all(clients.map((client) => untilSeen(client, site.host, status))), done]);
    times.push(Math.max(...seenAt) - startedAt);
    await afterEach();
  }
  await Promise.all(clients.map((client) => client.close()));
  return times;
}

async function untilSeen(client: Client, host: string, status: number): Promise<number> {
  for (const end = performance.now() + SEEN_WITHIN_MS; ; await later(BETWEEN_REQUESTS_MS)) {
    const { statusCode, body } = await client.request({ path: EDITED_PATH, method: 'GET', headers: { host } });
    await body.dump();
    const now = performance.now();
    if (statusCode === status) return now;
    if (now > end) throw new Error(`an edit was not seen within ${SEEN_WITHIN_MS / 1000} s`);
  }
}

/** `p50 9 p90 12 p99 20 max 31 ms (to 10: 120, to 20: 78, …)` */
export function histogram(ms: readonly number[]): string {
  const of = (share: number) => percentile(ms, share).toFixed(1);
  let below = Number.NEGATIVE_INFINITY;
  const buckets = [...BOUNDS_MS, Number.POSITIVE_INFINITY].flatMap((bound) => {
    const count = ms.filter((value) => value > below && value <= bound).length;
    below = bound;
    return count === 0 ? [] : [`${bound === Number.POSITIVE_INFINITY ? 'more' : `to ${bound}`}: ${count}`];
  });
  return `p50 ${of(0.5)}  p90 ${of(0.9)}  p99 ${of(0.99)}  max ${of(1)} ms  (${buckets.join(', ')})`;
}

/** What deploying one API costs in a small account and in large ones, and how soon its manifest stands. */
import { setTimeout as later } from 'node:timers/promises';
import type pg from 'pg';
import { call, type Management } from '../causeway/rest.js';
import { atMost, type Verdict } from '../verdicts.js';
import { percentile, timed } from './percentile.js';

/** One of the accounts that are compared: each on an instance of its own. */
export interface Site {
  name: string;
  management: Management;
  instanceId: string;
  groupId: string;
  apiId: string;
  apis: number;
}

export interface DeployTimes {
  /** Until the answer; a first deployment in a stage. */
  firstMs: number[];
  /** Until the answer; a deployment over another. */
  againMs: number[];
  /** From the answer until the manifest stands in Postgres. */
  publishedMs: number[];
}

const MOST_OF_SMALL = 1.5;
/** A first manifest holds all of an account. */
const PUBLISHED_WITHIN_MS = 120_000;

/** Nobody publishes while another account is measured, and neighbours in time are compared. */
export async function measureDeploys(
  client: pg.Client,
  sites: readonly Site[],
  rounds: number,
): Promise<Map<string, DeployTimes>> {
  const all = new Map(sites.map(({ name }) => [name, { firstMs: [], againMs: [], publishedMs: [] } as DeployTimes]));
  // The first rounds warm up both processes.
  for (let round = -5; round < rounds; round++) {
    for (const site of round % 2 === 0 ? sites : [...sites].reverse()) {
      const times = all.get(site.name);
      const first = await deploy(client, site);
      const again = await deploy(client, site);
      await call(site.management, 'DELETE', `/apis/${site.apiId}/deployments/TEST`);
      await untilPublished(client, site);
      if (round < 0) continue;
      times?.firstMs.push(first.ms);
      times?.againMs.push(again.ms);
      times?.publishedMs.push(first.publishedMs, again.publishedMs);
    }
  }
  return all;
}

async function deploy(client: pg.Client, site: Site): Promise<{ ms: number; publishedMs: number }> {
  const body = { stage: 'TEST' };
  const { ms } = await timed(() => call(site.management, 'POST', `/apis/${site.apiId}/deployments`, body));
  const { ms: publishedMs } = await timed(() => untilPublished(client, site));
  return { ms, publishedMs };
}

async function untilPublished(client: pg.Client, { instanceId }: Site): Promise<void> {
  for (const end = Date.now() + PUBLISHED_WITHIN_MS; ; ) {
    const { rows } = await client.query(
      `SELECT 1 FROM instances i JOIN published_manifests p ON p.instance_id = i.id WHERE i.id = $1 AND p.revision = i.revision`,
      [instanceId],
    );
    if (rows.length > 0) return;
    if (Date.now() > end) throw new Error(`instance ${instanceId} was not published`);
    await later(1);
  }
}

export function deployLines(sites: readonly Site[], times: ReadonlyMap<string, DeployTimes>): string[] {
  return sites.map(({ name, apis }) => {
    const { firstMs, againMs, publishedMs } = timesOf(times, name);
    const figures = [firstMs, againMs].map((ms) => `${percentile(ms, 0.5).toFixed(1)} (p95 ${percentile(ms, 0.95).toFixed(1)})`);
    const published = percentile(publishedMs, 0.5).toFixed(1);
    return `  deploying one of ${apis} APIs, ${name}: first ${figures[0]} ms, again ${figures[1]} ms; manifest ${published} ms later`;
  });
}

/** @param sites the small account first */
export function deployVerdicts([small, ...large]: readonly Site[], times: ReadonlyMap<string, DeployTimes>): Verdict[] {
  if (small === undefined) return [];
  return large.flatMap(({ name, apis }) =>
    (['firstMs', 'againMs'] as const).map((which) =>
      atMost(
        `deploying one of ${apis} APIs, ${name} (${which === 'firstMs' ? 'first' : 'again'}): median over that of ${small.apis}`,
        percentile(timesOf(times, name)[which], 0.5) / percentile(timesOf(times, small.name)[which], 0.5),
        MOST_OF_SMALL,
      ),
    ),
  );
}

export function timesOf(times: ReadonlyMap<string, DeployTimes>, name: string): DeployTimes {
  return times.get(name) ?? { firstMs: [], againMs: [], publishedMs: [] };
}

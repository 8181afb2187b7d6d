/** Data planes that follow a site. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import type { Bed, Server } from '../bed.js';
import { ask } from '../probe.js';
import { startDataPlane } from '../servers/data-plane.js';
import { EDITED_PATH, type Site, STATUSES } from './site.js';

const START_MS = 300_000;
/** Oftener, the node would be busy with answering that it has nothing to serve yet. */
const ASK_EVERY_MS = 25;
/** Nobody listens on the discard port. */
const NOWHERE = '127.0.0.1:9';
const LOOP_DELAY = join(import.meta.dirname, 'loop-delay.js');

export interface Node extends Server {
  name: string;
  /** From the start of the process to its first right answer. */
  firstAnswerMs: number;
  dataDir: string;
  /** The longest delay of its event loop since the last question, ms. */
  longestDelayMs: () => Promise<number>;
}

/** What of the site it does not reach, or hear. */
export type Cut = 'nothing' | 'control plane' | 'doorbell' | 'everything';

export interface NodeOptions {
  name: string;
  cut: Cut;
  core?: number;
  /** Takes over the folder of another one, which has ended. */
  dataDir?: string;
}

export async function startNode(bed: Bed, site: Site, { name, cut, core, dataDir }: NodeOptions): Promise<Node> {
  const label = `distribution-${site.apis}-${name}`;
  const delays = join(bed.workDir, `${label}.delays`);
  const folder = dataDir ?? join(bed.workDir, label);
  const startedAt = performance.now();
  const server = await startDataPlane(bed, {
    name: label,
    environment: { ...site.followers, ...reach(site, cut), CAUSEWAY_DATA_DIR: folder, BENCH_LOOP_DELAYS: delays },
    nodeArgs: ['--import', LOOP_DELAY],
    ...(core === undefined ? {} : { core }),
    untilRight: (port, hasEnded) => untilServed(site.host, port, hasEnded),
  });
  return {
    ...server,
    name,
    firstAnswerMs: performance.now() - startedAt,
    dataDir: folder,
    longestDelayMs: () => longestDelay(server.pid, delays),
  };
}

/** Without the control plane there is no event stream either: a node that hears no doorbell is left with its poll of the head. */
function reach({ redisUrl, deafRedisUrl }: Site, cut: Cut): Record<string, string> {
  if (cut === 'nothing') return {};
  const url = cut === 'everything' ? `redis://${NOWHERE}` : cut === 'doorbell' ? deafRedisUrl : redisUrl;
  return { CAUSEWAY_CONTROL_PLANE_URL: `http://${NOWHERE}`, REDIS_URL: url };
}

async function untilServed(host: string, port: number, hasEnded: () => boolean): Promise<void> {
  for (const end = Date.now() + START_MS; ; await later(ASK_EVERY_MS)) {
    const status = await ask(port, EDITED_PATH, { host }).then(
      (answer) => answer.status,
      () => 0,
    );
    if ((STATUSES as readonly number[]).includes(status)) return;
    if (hasEnded() || Date.now() > end) throw new Error(`the edited API is not served (last status ${status})`);
  }
}

async function longestDelay(pid: number, file: string): Promise<number> {
  const lines = () => {
    try {
      return readFileSync(file, 'utf8').trimEnd().split('\n');
    } catch {
      return [];
    }
  };
  const before = lines().length;
  process.kill(pid, 'SIGUSR2');
  for (const end = Date.now() + 10_000; lines().length === before; await later(2))
    if (Date.now() > end) throw new Error('the data plane does not tell the delay of its event loop');
  return Number(lines().at(-1));
}

/** Bytes of all files below a folder. */
export function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

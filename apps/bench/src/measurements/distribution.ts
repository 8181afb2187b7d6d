/** How soon, and at what cost, an edit is enforced by data planes that follow a control plane through a Redis. */
import { setTimeout as later } from 'node:timers/promises';
import type { Bed } from '../bed.js';
import { histogram, measureEdits } from '../distribution/edits.js';
import { bytesIn, type Node, startNode } from '../distribution/nodes.js';
import { openSite, type Site } from '../distribution/site.js';
import { measureTraffic } from '../distribution/traffic.js';
import { databaseServer } from '../manage/database.js';
import { percentile } from '../manage/percentile.js';
import { residentBytes } from '../proc.js';
import { pin, standBack } from '../programs.js';
import { isOnPath } from '../tools.js';
import { atMost } from '../verdicts.js';
import type { Finding } from './list.js';

const MB = 1e6;
/** What runs is saved, and garbage of the start is collected. */
const REST_MS = 5000;
const IDLE_MS = 10_000;
/** So many until the code of both planes is compiled as it stays. */
const WARM_UP_EDITS = 50;
/** Of the swaps whose memory is compared with that of all. */
const FIRST_SWAPS = 100;

type Part = Omit<Finding, 'section'>;

export async function measureDistribution(bed: Bed, quick: boolean, progress: (line: string) => void): Promise<Finding> {
  const section = 'distribution';
  const missing =
    databaseServer() === '' ? 'DATABASE_URL of a Postgres server' : isOnPath('redis-server') ? '' : 'redis-server on the PATH';
  if (missing !== '') return { section, lines: [`  skipped: no ${missing}`], figures: {}, verdicts: [] };
  const small = await measureSize(bed, { apis: 10_000, edits: quick ? 50 : 200, polls: quick ? 3 : 10, mostMs: 100 }, progress);
  const large = await measureSize(
    bed,
    { apis: 100_000, edits: quick ? 30 : 100, polls: quick ? 3 : 5, mostMs: 1000 },
    progress,
    (site, nodes) => measureLarge(bed, site, nodes, quick, progress),
  );
  return {
    section,
    lines: [...small.lines, ...large.lines],
    figures: { ...small.figures, ...large.figures },
    verdicts: [...small.verdicts, ...large.verdicts],
  };
}

interface Size {
  apis: number;
  edits: number;
  polls: number;
  mostMs: number;
}

async function measureSize(
  bed: Bed,
  { apis, edits, polls, mostMs }: Size,
  progress: (line: string) => void,
  further?: (site: Site, nodes: readonly Node[]) => Promise<Part>,
): Promise<Part> {
  progress(`filling an account of ${apis} APIs`);
  const site = await openSite(bed, apis);
  try {
    const nodes = [await startNode(bed, site, { name: 'a', cut: 'nothing' })];
    nodes.push(await startNode(bed, site, { name: 'b', cut: 'nothing', core: bed.cores.load }));
    await later(REST_MS);
    const size = await measureResources(bed, site, nodes[0] as Node);
    progress(`${edits} edits, one after the other`);
    await measureEdits(site, nodes, WARM_UP_EDITS);
    const heard = await measureEdits(site, nodes, edits);
    const more = further === undefined ? { lines: [], figures: {}, verdicts: [] } : await further(site, nodes);
    for (const node of nodes) await node.stop();
    progress(`${polls} edits that nobody rings for`);
    const deaf = [await startNode(bed, site, { name: 'deaf-a', cut: 'doorbell' })];
    deaf.push(await startNode(bed, site, { name: 'deaf-b', cut: 'doorbell', core: bed.cores.load }));
    const polled = await measureEdits(site, deaf, polls);
    for (const node of deaf) await node.stop();
    const lines = [
      `  ${apis} APIs, edit to both nodes, with the doorbell: ${histogram(heard)}`,
      `  ${apis} APIs, edit to both nodes, by the poll alone: ${histogram(polled)}`,
      ...size.lines,
      ...more.lines,
    ];
    // The run goes on for minutes, and may be ended.
    for (const line of lines) progress(line);
    return {
      lines,
      figures: {
        [`${apis}.editP50Ms`]: percentile(heard, 0.5),
        [`${apis}.editP99Ms`]: percentile(heard, 0.99),
        [`${apis}.polledP50Ms`]: percentile(polled, 0.5),
        ...size.figures,
        ...more.figures,
      },
      verdicts: [
        atMost(`edit to both nodes at ${apis} APIs: p99 in ms`, percentile(heard, 0.99), mostMs),
        ...(further === undefined ? [] : size.verdicts),
        ...more.verdicts,
      ],
    };
  } finally {
    await site.close();
  }
}

/** What operators plan with. */
async function measureResources(bed: Bed, site: Site, node: Node): Promise<Part> {
  const rss = residentBytes(node.pid) / MB;
  const controlPlane = residentBytes(site.plane.pid) / MB;
  const used = await infoNumber(site, 'memory', 'used_memory_dataset');
  const cold = await startNode(bed, site, { name: 'cold', cut: 'control plane' });
  await later(REST_MS);
  await cold.stop();
  const disk = bytesIn(cold.dataDir) / MB;
  const fromDisk = await startNode(bed, site, { name: 'from-disk', cut: 'everything', dataDir: cold.dataDir });
  await fromDisk.stop();
  const { apis } = site;
  const [coldSeconds, diskSeconds] = [cold.firstAnswerMs / 1000, fromDisk.firstAnswerMs / 1000];
  return {
    lines: [
      `  ${apis} APIs: data plane ${rss.toFixed(0)} MB RSS, control plane ${controlPlane.toFixed(0)} MB RSS; first answer from Redis ${coldSeconds.toFixed(1)} s, from disk ${diskSeconds.toFixed(1)} s; snapshot ${(used / MB).toFixed(1)} MB in Redis, ${disk.toFixed(1)} MB on disk`,
    ],
    figures: {
      [`${apis}.dataPlaneMb`]: rss,
      [`${apis}.controlPlaneMb`]: controlPlane,
      [`${apis}.fromRedisSeconds`]: coldSeconds,
      [`${apis}.fromDiskSeconds`]: diskSeconds,
      [`${apis}.inRedisMb`]: used / MB,
      [`${apis}.onDiskMb`]: disk,
    },
    verdicts: [
      atMost(`${apis} APIs: MB of RSS of the data plane`, rss, 450),
      atMost(`${apis} APIs, start to first answer, from Redis: seconds`, coldSeconds, 5),
      atMost(`${apis} APIs, start to first answer, from disk: seconds`, diskSeconds, 3),
    ],
  };
}

async function measureLarge(
  bed: Bed,
  site: Site,
  nodes: readonly Node[],
  quick: boolean,
  progress: (line: string) => void,
): Promise<Part> {
  const node = nodes[0] as Node;
  progress('bytes of an edit');
  const bytes = await bytesOfAnEdit(site, nodes);
  progress('blocks of the event loop');
  const blocks: number[] = [];
  await node.longestDelayMs();
  await measureEdits(site, nodes, quick ? 20 : 60, async () => {
    blocks.push(await node.longestDelayMs());
  });
  // On the core of the load, where it would be measured too.
  for (const other of nodes.slice(1)) await other.stop();
  // What it takes to publish an edit is not what a swap costs.
  pin(site.plane.pid, bed.cores.load);
  standBack(site.plane.pid);
  progress('traffic with a swap a second, and without');
  const rounds = await measureTraffic(site, node, quick ? 3 : 5, quick ? 5 : 10);
  const ratio = percentile(
    rounds.map(({ calmP99Ms, swappingP99Ms }) => swappingP99Ms / calmP99Ms),
    0.5,
  );
  const median = (which: 'calmP99Ms' | 'swappingP99Ms') =>
    percentile(
      rounds.map((round) => round[which]),
      0.5,
    );
  const swaps = quick ? 1000 : 10_000;
  progress(`${swaps} swaps`);
  await measureEdits(site, [node], FIRST_SWAPS);
  const before = residentBytes(node.pid);
  await measureEdits(site, [node], swaps - FIRST_SWAPS);
  const growth = residentBytes(node.pid) / before;
  return {
    lines: [
      `  an edit moves ${(bytes.busy / 1024).toFixed(1)} KiB to and from Redis, for both nodes and the control plane; ${(bytes.idlePerSecond / 1024).toFixed(1)} KiB a second are moved without any`,
      `  event loop while applying: longest delay of an edit ${histogram(blocks)}`,
      `  traffic at 500 a second: p99 ${median('calmP99Ms').toFixed(1)} ms, with a swap a second ${median('swappingP99Ms').toFixed(1)} ms`,
      `  RSS ${(before / MB).toFixed(0)} MB after ${FIRST_SWAPS} swaps, ${((before * growth) / MB).toFixed(0)} MB after ${swaps}`,
    ],
    figures: {
      editBytes: bytes.busy,
      idleBytesPerSecond: bytes.idlePerSecond,
      blockP99Ms: percentile(blocks, 0.99),
      trafficRatio: ratio,
      swaps,
      swapGrowth: growth,
    },
    verdicts: [
      atMost('an edit at 100000 APIs: KiB to and from Redis', bytes.busy / 1024, 256),
      atMost('event loop while applying an edit at 100000 APIs: p99 of the longest delay in ms', percentile(blocks, 0.99), 20),
      atMost('p99 of traffic with a swap a second over that without, 100000 APIs', ratio, 1.5),
      atMost(`RSS after ${swaps} swaps over that after ${FIRST_SWAPS}`, growth, 1.1),
    ],
  };
}

/** By Redis's own count of all its connections, less what is moved in the same time without edits. */
async function bytesOfAnEdit(site: Site, nodes: readonly Node[]): Promise<{ busy: number; idlePerSecond: number }> {
  const moved = async () =>
    (await infoNumber(site, 'stats', 'total_net_input_bytes')) + (await infoNumber(site, 'stats', 'total_net_output_bytes'));
  const idleBefore = await moved();
  await later(IDLE_MS);
  const idlePerSecond = ((await moved()) - idleBefore) / (IDLE_MS / 1000);
  const edits = 20;
  const [before, startedAt] = [await moved(), performance.now()];
  await measureEdits(site, nodes, edits, () => later(500));
  const seconds = (performance.now() - startedAt) / 1000;
  return { busy: ((await moved()) - before - idlePerSecond * seconds) / edits, idlePerSecond };
}

async function infoNumber({ info }: Site, section: string, field: string): Promise<number> {
  const value = new RegExp(`^${field}:(\\d+)`, 'm').exec(await info(section))?.[1];
  return Number(value);
}

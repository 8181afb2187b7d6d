/** How much memory a data plane takes for a body of 1 GiB up and one of 1 GiB down, through an internal call. */
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import type { Bed } from '../bed.js';
import { freePort } from '../free-port.js';
import { ask } from '../probe.js';
import { cpuMicroseconds } from '../proc.js';
import { start } from '../programs.js';
import { startDataPlane } from '../servers/data-plane.js';
import { bigBodies, DOWNLOAD, GROUP, HOST, MOST_BYTES, UPLOAD } from '../stores/big-bodies.js';
import { instanceChunks } from '../stores/chunks.js';
import { publish } from '../stores/publisher.js';
import { atMost } from '../verdicts.js';
import type { Finding } from './list.js';
import { type Growth, residentGrowth } from './resident-growth.js';
import { download, upload } from './transfer.js';

const MOST_GROWTH_MB = 64;
const START_MS = 30_000;

/** Small bodies, so that the engine has compiled the path and has the young generation that it works with. */
const WARM_UP_CALLS = 2000;
const WARM_UP_BYTES = 64 * 1024;

interface Transfer extends Growth {
  seconds: number;
  cpuSeconds: number;
}

export async function measureBodies(bed: Bed, quick: boolean, progress: (line: string) => void): Promise<Finding> {
  const bytes = quick ? MOST_BYTES / 8 : MOST_BYTES;
  const { port, pid } = await startPlane(bed);
  const up = (count: number) => upload({ port, host: HOST, path: UPLOAD }, count);
  const down = (count: number) => download({ port, host: HOST, path: `${DOWNLOAD}?bytes=${count}` });
  for (let n = 0; n < WARM_UP_CALLS; n++) await (n % 2 === 0 ? up : down)(WARM_UP_BYTES);

  const transfers: [string, Transfer][] = [];
  for (const [way, transfer] of Object.entries({ up, down })) {
    progress(`${way}: ${bytes / 1024 ** 2} MiB`);
    transfers.push([way, await measured(pid, bytes, transfer)]);
  }
  return {
    section: 'bodies',
    lines: transfers.map(([way, one]) => lineOf(way, bytes, one)),
    figures: Object.fromEntries([
      ['bytes', bytes],
      ...transfers.flatMap(([way, one]) => Object.entries(one).map(([figure, value]) => [`${way}.${figure}`, value])),
    ]),
    verdicts: transfers.map(([way, one]) =>
      atMost(`${bytes / 1024 ** 2} MiB ${way} through an internal call: growth of RSS in MB`, growthMb(one), MOST_GROWTH_MB),
    ),
  };
}

async function startPlane(bed: Bed): Promise<{ port: number; pid: number }> {
  const originPort = await freePort();
  const script = join(import.meta.dirname, '..', 'peers', 'body-origin.js');
  start(process.execPath, [script, String(originPort)], { core: bed.cores.load });
  const environment = await publish((keys) => ({ ...instanceChunks(keys, [GROUP]), ...bigBodies(originPort) }));
  return startDataPlane(bed, {
    name: 'bodies',
    environment: { ...environment, CAUSEWAY_LIMITS_BODY: String(MOST_BYTES) },
    untilRight: async (port, hasEnded) => {
      for (const end = Date.now() + START_MS; ; await later(50)) {
        const { status } = await ask(port, `${DOWNLOAD}?bytes=1`, { host: HOST }).catch(() => ({ status: 0 }));
        if (status === 200) return;
        if (hasEnded() || Date.now() > end) throw new Error(`the data plane of the bodies answers ${status}`);
      }
    },
  });
}

async function measured(pid: number, bytes: number, transfer: (bytes: number) => Promise<number>): Promise<Transfer> {
  const [startedAt, cpuBefore] = [performance.now(), cpuMicroseconds(pid)];
  const growth = await residentGrowth(pid, async () => {
    const arrived = await transfer(bytes);
    if (arrived !== bytes) throw new Error(`${arrived} of ${bytes} bytes arrived`);
  });
  const cpuSeconds = (cpuMicroseconds(pid) - cpuBefore) / 1e6;
  return { ...growth, seconds: (performance.now() - startedAt) / 1000, cpuSeconds };
}

function growthMb({ beforeBytes, peakBytes }: Growth): number {
  return (peakBytes - beforeBytes) / 1e6;
}

function lineOf(way: string, bytes: number, { beforeBytes, peakBytes, seconds, cpuSeconds }: Transfer): string {
  const memory = `RSS ${Math.round(beforeBytes / 1e6)} MB before, at most ${Math.round(peakBytes / 1e6)} MB meanwhile`;
  return `  ${bytes / 1024 ** 2} MiB ${way}: ${memory}; ${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of CPU`;
}

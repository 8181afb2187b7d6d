/** The wall clock of one process, set as a story likes. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../harness/until.js';
import type { Part } from './bed.js';

const SHIFTED_CLOCK = new URL('../../../dist/faults/kit/shifted-clock.js', import.meta.url).href;

export interface WallClock {
  /** Settings of the process. */
  readonly settings: Record<string, string>;
  /** Steps it while the process runs. */
  set(part: Part, offMs: number): Promise<void>;
  close(): Promise<void>;
}

export async function createWallClock(offMs = 0): Promise<WallClock> {
  const folder = await mkdtemp(join(tmpdir(), 'causeway-clock-'));
  const file = join(folder, 'off-ms');
  await writeFile(file, String(offMs));
  const timesTold = (part: Part, ms: number): number => part.service.output().split(`the clock is off by ${ms} ms\n`).length;
  return {
    settings: { NODE_OPTIONS: `--import=${SHIFTED_CLOCK}`, SHIFTED_CLOCK_FILE: file },
    async set(part, ms) {
      const before = timesTold(part, ms);
      await writeFile(file, String(ms));
      part.service.child.kill('SIGUSR2');
      await until(() => timesTold(part, ms) > before, `the clock of ${part.name} is set`);
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** How long a condition of the greatest length takes. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Bed } from '../bed.js';
import { ENVIRONMENT } from '../config.js';
import { median } from '../rounds.js';
import { atMost } from '../verdicts.js';
import type { ConditionTimes } from './condition-worker.js';
import type { Finding } from './list.js';

const MOST_US = 3;

export async function measureCondition({ cores }: Bed, quick: boolean): Promise<Finding> {
  const worker = join(import.meta.dirname, 'condition-worker.js');
  const [rounds, evaluations] = quick ? [3, 100_000] : [11, 500_000];
  const args = ['-c', String(cores.contender), process.execPath, worker, String(rounds), String(evaluations)];
  const { stdout } = await promisify(execFile)('taskset', args, { env: ENVIRONMENT });
  const times = JSON.parse(stdout) as ConditionTimes;
  const [compiledUs, byHandUs] = [median(times.compiledUs), median(times.byHandUs)];
  return {
    section: 'condition',
    lines: [
      `  the condition, compiled: ${compiledUs.toFixed(2)} µs of CPU for an evaluation, mean over ${evaluations} (median of ${rounds})`,
      `  the same rules by hand in JavaScript, with RegExp and BlockList: ${byHandUs.toFixed(2)} µs`,
      `  it holds for ${Math.round(times.share * 100)}% of the values`,
    ],
    figures: { compiledUs, byHandUs, share: times.share, rounds, evaluations },
    verdicts: [atMost('condition of 512 characters: µs of CPU for an evaluation', compiledUs, MOST_US)],
  };
}

/** What jwtAuth adds to verifying a token that it has not seen, over what the library takes that it verifies with. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Bed } from '../bed.js';
import { ENVIRONMENT } from '../config.js';
import { median } from '../rounds.js';
import { atMost, type Verdict } from '../verdicts.js';
import type { Finding } from './list.js';
import type { TokenTimes } from './tokens-worker.js';

const MOST_OF_LIBRARY = 1.15;

export async function measureTokens({ cores }: Bed, quick: boolean): Promise<Finding> {
  const worker = join(import.meta.dirname, 'tokens-worker.js');
  const [rounds, tokens] = quick ? [3, 1000] : [11, 4000];
  const args = ['-c', String(cores.contender), process.execPath, worker, String(rounds), String(tokens)];
  const { stdout } = await promisify(execFile)('taskset', args, { env: ENVIRONMENT });
  const all = JSON.parse(stdout) as TokenTimes[];
  const lines: string[] = [];
  const figures: Record<string, number> = { rounds, tokens };
  const verdicts: Verdict[] = [];
  for (const { algorithm, pluginUs, libraryUs } of all) {
    const [plugin, library] = [median(pluginUs), median(libraryUs)];
    // Neighbours in time are compared: what the machine does to both cancels out.
    const ratio = median(pluginUs.map((us, round) => us / (libraryUs[round] as number)));
    lines.push(
      `  ${algorithm}: jwtAuth ${plugin.toFixed(1)} µs of CPU for a token, jose alone ${library.toFixed(1)} µs: ${ratio.toFixed(2)}×`,
    );
    figures[`${algorithm}.pluginUs`] = plugin;
    figures[`${algorithm}.libraryUs`] = library;
    verdicts.push(atMost(`jwtAuth, ${algorithm}: CPU of a token that is new over that of jose alone`, ratio, MOST_OF_LIBRARY));
  }
  return { section: 'tokens', lines, figures, verdicts };
}

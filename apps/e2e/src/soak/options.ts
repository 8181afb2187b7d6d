/** The options of `npm run soak`. */
import { parseArgs } from 'node:util';

export interface Options {
  readonly minutes: number;
  /** The same one gives the same faults in the same order. */
  readonly seed: number;
}

const USAGE = 'Usage: npm run soak -- --minutes <n, up to 1440> [--seed <whole number>]';

/** @returns the options, or the text that says what is wrong with them */
export function readOptions(args: readonly string[]): Options | string {
  let values: { minutes?: string; seed?: string };
  try {
    ({ values } = parseArgs({ args: [...args], options: { minutes: { type: 'string' }, seed: { type: 'string' } } }));
  } catch (error) {
    return `${(error as Error).message}\n${USAGE}`;
  }
  const minutes = Number(values.minutes ?? Number.NaN);
  const seed = Number(values.seed ?? Date.now() % 1_000_000_007);
  if (!(minutes > 0 && minutes <= 1440)) return `--minutes must be a number over 0, up to 1440\n${USAGE}`;
  if (!Number.isSafeInteger(seed) || seed < 0) return `--seed must be a whole number\n${USAGE}`;
  return { minutes, seed };
}

/** Alternates the contenders for some rounds and takes the medians. */
import type { Bed, Server } from './bed.js';
import type { Contender, ServerName } from './contenders.js';
import type { Options } from './options.js';
import { type Run, run } from './run.js';

export type Figures = Omit<Run, 'voidBecause' | 'requests'>;

export interface Outcome {
  contender: Contender;
  /** null when every run is void. */
  medians: Figures | null;
  runs: Run[];
}

/** Long enough for a JavaScript engine to have compiled the hot path. */
const WARM_UP_SECONDS = 2;

/** Long enough to have asked for every API of the largest store. */
const WARM_UP_SECONDS_FOR_ALL_APIS = 12;

export async function alternate(
  servers: ReadonlyMap<ServerName, Server>,
  bed: Bed,
  contenders: readonly Contender[],
  { seconds, rounds, quick }: Options,
  progress: (line: string) => void,
): Promise<Outcome[]> {
  const serverOf = (contender: Contender) => servers.get(contender.server) as Server;
  for (const contender of contenders) {
    progress(`warming up ${contender.name}`);
    const isLong = contender.requests === 'all-apis' && !quick;
    await run(contender, serverOf(contender), bed, isLong ? WARM_UP_SECONDS_FOR_ALL_APIS : WARM_UP_SECONDS);
  }
  const outcomes = contenders.map((contender): Outcome => ({ contender, medians: null, runs: [] }));
  for (let round = 1; round <= rounds; round++) {
    // every second round goes backwards, so that a machine that drifts favours nobody
    for (const { contender, runs } of round % 2 === 1 ? outcomes : outcomes.toReversed()) {
      const one = await run(contender, serverOf(contender), bed, seconds);
      runs.push(one);
      progress(
        `round ${round}/${rounds}  ${contender.name}  ${one.cpuPerRequestUs.toFixed(1)} µs${one.voidBecause ? `  void: ${one.voidBecause}` : ''}`,
      );
    }
  }
  return outcomes.map((outcome) => ({ ...outcome, medians: medians(outcome.runs) }));
}

/** The median of each figure over the runs that count. */
export function medians(runs: readonly Run[]): Figures | null {
  const valid = runs.filter((one) => one.voidBecause === null);
  if (valid.length === 0) return null;
  const of = (figure: keyof Figures) => median(valid.map((one) => one[figure]));
  return {
    cpuPerRequestUs: of('cpuPerRequestUs'),
    requestsPerSecond: of('requestsPerSecond'),
    p50Us: of('p50Us'),
    p99Us: of('p99Us'),
    busy: of('busy'),
    foreign: of('foreign'),
  };
}

/** Of at least one number; of an even count, the mean of the two in the middle. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2;
}

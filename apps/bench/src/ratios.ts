/** Compares two contenders round by round. */
import { type Figures, median } from './rounds.js';
import type { Run } from './run.js';

/**
 * The median over the rounds of one contender's figure divided by the other's of the same round: what a machine does to both of
 * them within seconds cancels out. null when no round counts on both sides.
 */
export function pairedRatio(own: readonly Run[], other: readonly Run[], figure: keyof Figures): number | null {
  return medianOfPairs(own, other, (run, opposite) => run[figure] / opposite[figure]);
}

/** The same with the difference of CPU per request, in µs. */
export function cpuDifference(own: readonly Run[], other: readonly Run[]): number | null {
  return medianOfPairs(own, other, (run, opposite) => run.cpuPerRequestUs - opposite.cpuPerRequestUs);
}

function medianOfPairs(own: readonly Run[], other: readonly Run[], compare: (run: Run, opposite: Run) => number): number | null {
  const compared = own.flatMap((run, round) => {
    const opposite = other[round];
    if (opposite === undefined || run.voidBecause !== null || opposite.voidBecause !== null) return [];
    return [compare(run, opposite)];
  });
  return compared.length === 0 ? null : median(compared);
}

export function cpuRatio(own: readonly Run[], other: readonly Run[]): number | null {
  return pairedRatio(own, other, 'cpuPerRequestUs');
}

/** Compares two contenders round by round. */
import { type Figures, median } from './rounds.js';
import type { Run } from './run.js';

/**
 * The median over the rounds of one contender's figure divided by the other's of the same round: what a machine does to both of
 * them within seconds cancels out. null when no round counts on both sides.
 */
export function pairedRatio(own: readonly Run[], other: readonly Run[], figure: keyof Figures): number | null {
  const ratios = own.flatMap((run, round) => {
    const opposite = other[round];
    if (opposite === undefined || run.voidBecause !== null || opposite.voidBecause !== null) return [];
    return [run[figure] / opposite[figure]];
  });
  return ratios.length === 0 ? null : median(ratios);
}

export function cpuRatio(own: readonly Run[], other: readonly Run[]): number | null {
  return pairedRatio(own, other, 'cpuPerRequestUs');
}

/** A run with figures that a spec does not care about. */
import type { Run } from '../run.js';

export function aRun(figures: Partial<Run>): Run {
  return {
    requests: 1000,
    cpuPerRequestUs: 50,
    requestsPerSecond: 20_000,
    p50Us: 3000,
    p99Us: 6000,
    busy: 1,
    foreign: 0,
    voidBecause: null,
    ...figures,
  };
}

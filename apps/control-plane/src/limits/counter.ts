/** Counts events by key in windows: a window begins with the first event, and its count is forgotten at its end. */
import type { RateLimiterRes } from 'rate-limiter-flexible';

export interface Count {
  readonly count: number;
  /** Until the window ends; 0 where none is open. */
  readonly resetMs: number;
}

export interface Counter {
  /** Counts one more; the answer includes it. */
  add(key: string): Promise<Count>;
  read(key: string): Promise<Count>;
}

/** What the library answers: null where nothing is counted. A window may have ended before its timer has run. */
export function countOf(found: RateLimiterRes | null): Count {
  if (found === null || found.msBeforeNext <= 0) return { count: 0, resetMs: 0 };
  return { count: found.consumedPoints, resetMs: found.msBeforeNext };
}

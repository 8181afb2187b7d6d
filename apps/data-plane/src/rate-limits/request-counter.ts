/** Counts requests against limits of requests a second. */

/** What is counted: who counted, and how often Redis failed. */
export class RateLimitCounters {
  shared = 0;
  local = 0;
  redisFailures = 0;
}

export interface RequestCounter {
  /**
   * Counts one request.
   *
   * @param perSecond how many may pass in a second
   * @returns 0 when it may pass; else after how many ms another one may
   */
  take(key: string, perSecond: number): Promise<number>;
}

/** Limiters by their limit: the library fixes it when one is made. What they count is apart, by key. */
export class ByLimit<Limiter> {
  private readonly made = new Map<number, Limiter>();

  constructor(private readonly make: (perSecond: number) => Limiter) {}

  of(perSecond: number): Limiter {
    let limiter = this.made.get(perSecond);
    if (limiter === undefined) {
      // Limits that are changed again and again leave no more than this behind.
      if (this.made.size >= MAX_LIMITERS) this.made.clear();
      limiter = this.make(perSecond);
      this.made.set(perSecond, limiter);
    }
    return limiter;
  }
}

const MAX_LIMITERS = 10_000;

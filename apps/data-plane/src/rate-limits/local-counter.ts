/** Counts the requests of this process. */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { ByLimit, type RateLimitCounters, type RequestCounter } from './request-counter.js';

export class LocalCounter implements RequestCounter {
  private readonly limiters = new ByLimit((points) => new RateLimiterMemory({ points, duration: 1, keyPrefix: '' }));

  constructor(private readonly counters: RateLimitCounters) {}

  take(key: string, perSecond: number): Promise<number> {
    this.counters.local++;
    return this.limiters.of(perSecond).consume(key).then(passes, refused);
  }
}

export function passes(): number {
  return 0;
}

/** The library rejects with its count when there were too many, and with an error when it could not count. */
export function refused(reason: unknown): number {
  if (reason instanceof RateLimiterRes) return Math.max(1, reason.msBeforeNext);
  throw reason;
}

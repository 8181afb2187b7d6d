/** Counts in the memory of this process, for a bounded number of keys. */
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { type Count, type Counter, countOf } from './counter.js';
import { RecentKeys } from './recent-keys.js';

/** About 20 MB when full. Whoever fails from more networks than this at once makes the oldest counts start again. */
const MAX_KEYS = 100_000;

export class LocalCounter implements Counter {
  private readonly limiter: RateLimiterMemory;
  /** The library bounds windows, not keys. */
  private readonly keys: RecentKeys;

  constructor(seconds: number, maxKeys = MAX_KEYS) {
    this.limiter = new RateLimiterMemory({ points: 1, duration: seconds, keyPrefix: '' });
    this.keys = new RecentKeys(maxKeys);
  }

  async add(key: string): Promise<Count> {
    const forgotten = this.keys.use(key);
    if (forgotten !== undefined) await this.limiter.delete(forgotten);
    return countOf(await this.limiter.penalty(key));
  }

  async read(key: string): Promise<Count> {
    return countOf(await this.limiter.get(key));
  }
}

/** Counts for all control planes in Redis; what it cannot answer is counted in this process. */
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { type Count, type Counter, countOf } from './counter.js';
import type { LimitsRedis } from './limits-redis.js';

export class SharedCounter implements Counter {
  private readonly limiter: RateLimiterRedis;

  /** @param keyPrefix of what is counted, apart from everything else in Redis */
  constructor(
    private readonly redis: LimitsRedis,
    private readonly local: Counter,
    keyPrefix: string,
    seconds: number,
  ) {
    this.limiter = new RateLimiterRedis({
      storeClient: redis.client,
      useRedisPackage: true,
      points: 1,
      duration: seconds,
      keyPrefix,
    });
  }

  async add(key: string): Promise<Count> {
    const counted = await this.redis.ask(() => this.limiter.penalty(key));
    return counted === undefined ? this.local.add(key) : countOf(counted);
  }

  async read(key: string): Promise<Count> {
    const counted = await this.redis.ask(() => this.limiter.get(key));
    return counted === undefined ? this.local.read(key) : countOf(counted);
  }
}

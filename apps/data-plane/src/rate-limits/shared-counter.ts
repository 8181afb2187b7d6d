/** Counts the requests of all nodes of an instance, in Redis; while it does not answer, each node counts for itself. */
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { type OnRedis, RedisLink } from '../redis-link.js';
import { passes, refused } from './local-counter.js';
import { ByLimit, type RateLimitCounters, type RequestCounter } from './request-counter.js';

export class SharedCounter implements RequestCounter {
  private readonly link: RedisLink;
  private readonly limiters: ByLimit<RateLimiterRedis>;

  constructor(
    url: string,
    private readonly local: RequestCounter,
    private readonly counters: RateLimitCounters,
    onRedis: OnRedis,
  ) {
    this.link = new RedisLink(url, onRedis);
    this.limiters = new ByLimit(
      (points) =>
        new RateLimiterRedis({
          storeClient: this.link.client,
          useRedisPackage: true,
          points,
          duration: 1,
          keyPrefix: '',
          // Once a second's requests are spent, Redis is not asked again before the next one.
          inMemoryBlockOnConsumed: points,
        }),
    );
  }

  async take(key: string, perSecond: number): Promise<number> {
    const waitMs = await this.link.ask(() => this.limiters.of(perSecond).consume(key).then(passes, refused));
    this.counters.redisFailures = this.link.failures;
    if (waitMs === null) return this.local.take(key, perSecond);
    this.counters.shared++;
    return waitMs;
  }

  close(): void {
    this.link.close();
  }
}

/** Counts the requests of all nodes of an instance, in Redis; while it does not answer, each node counts for itself. */
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { createClient } from 'redis';
import { passes, refused } from './local-counter.js';
import { ByLimit, type RateLimitCounters, type RequestCounter } from './request-counter.js';

/** A request waits this long for Redis at most. */
const ANSWER_MS = 250;
/** After a failure one request in this time tries Redis again; the others do not wait for it. */
const RETRY_MS = 1000;

export class SharedCounter implements RequestCounter {
  private readonly client;
  private readonly limiters: ByLimit<RateLimiterRedis>;
  /** Monotonic time, ms, before which nobody asks Redis; 0 while it answers. */
  private awayUntilMs = 0;
  private told = false;

  /**
   * Connects in the background and goes on trying; until then Redis counts as away.
   *
   * @param onRedis told when Redis stops answering, with the reason, and when it answers again (null)
   */
  constructor(
    url: string,
    private readonly local: RequestCounter,
    private readonly counters: RateLimitCounters,
    private readonly onRedis: (reason: string | null) => void,
  ) {
    this.client = createClient({
      url,
      disableOfflineQueue: true,
      socket: { connectTimeout: 1000, reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, RETRY_MS) },
    });
    this.client.on('error', (error: Error) => this.tellAway(error));
    this.client.connect().catch((error: Error) => this.tellAway(error));
    this.limiters = new ByLimit(
      (points) =>
        new RateLimiterRedis({
          storeClient: this.client,
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
    const startedMs = performance.now();
    if (!this.client.isReady || startedMs < this.awayUntilMs) return this.local.take(key, perSecond);
    if (this.awayUntilMs > 0) this.awayUntilMs = startedMs + RETRY_MS;
    let waitMs: number;
    try {
      waitMs = await inTime(this.limiters.of(perSecond).consume(key).then(passes, refused));
    } catch (error) {
      this.awayUntilMs = performance.now() + RETRY_MS;
      this.counters.redisFailures++;
      this.tellAway(error as Error);
      return this.local.take(key, perSecond);
    }
    this.awayUntilMs = 0;
    this.tellBack();
    this.counters.shared++;
    return waitMs;
  }

  close(): void {
    this.told = true;
    this.client.destroy();
  }

  private tellAway(error: Error): void {
    if (this.told) return;
    this.told = true;
    this.onRedis(error.message === '' ? error.name : error.message);
  }

  private tellBack(): void {
    if (!this.told) return;
    this.told = false;
    this.onRedis(null);
  }
}

function inTime(asked: Promise<number>): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${ANSWER_MS} ms`)), ANSWER_MS);
    asked.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

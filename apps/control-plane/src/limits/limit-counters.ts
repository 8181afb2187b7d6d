/**
 * Opens the counters of limits: in Redis where there is one, in this process otherwise.
 *
 * `rate-limiter-flexible` rather than `@nestjs/throttler`: that one counts requests before it is known how they end, while failures
 * alone count here; this one can also ask without counting, and data planes count with it too.
 */
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Counter } from './counter.js';
import { type Limit, LimitSettings } from './limit-settings.js';
import { LimitsRedis } from './limits-redis.js';
import { LocalCounter } from './local-counter.js';
import { SharedCounter } from './shared-counter.js';

@Injectable()
export class LimitCounters implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('limits');
  private redis: LimitsRedis | null = null;
  /** Failed tokens, by network. */
  failedTokens!: Counter;
  /** Requests, by token. */
  tokenRequests!: Counter;

  constructor(private readonly settings: LimitSettings) {}

  onModuleInit(): void {
    const { redisUrl, failedTokens, tokenRequests } = this.settings;
    if (redisUrl !== null) this.redis = new LimitsRedis(redisUrl, (reason) => this.tell(reason));
    this.failedTokens = this.counter('failed-tokens', failedTokens);
    this.tokenRequests = this.counter('token-requests', tokenRequests);
  }

  /** After the last request: those under way count to their end. */
  onApplicationShutdown(): void {
    this.redis?.close();
  }

  private counter(name: string, { seconds }: Limit): Counter {
    const local = new LocalCounter(seconds);
    if (this.redis === null) return local;
    return new SharedCounter(this.redis, local, `${this.settings.redisPrefix}:limits:${name}`, seconds);
  }

  private tell(reason: string | null): void {
    if (reason === null) this.logger.log('Redis answers again: limits are shared');
    else this.logger.warn(`Redis is away, each control plane counts limits for itself: ${reason}`);
  }
}

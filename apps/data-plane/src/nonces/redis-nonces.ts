/** Remembers nonces in Redis, for all nodes of an instance at once (wire contract 2.5, nonce rules 2 and 7). */
// hot
import { hash } from 'node:crypto';
import { redisKeys } from '@causeway/contract';
import type { NonceOutcome, NonceStore } from '@causeway/engine';
import { createClient } from 'redis';
import type { LocalNonces } from './local-nonces.js';
import type { NonceCounters } from './nonce-counters.js';

/** A request waits this long for Redis at most. */
const ANSWER_MS = 250;
/** After a failure one request in this time tries Redis again; the others do not wait for it. */
const RETRY_MS = 1000;

/** `CAUSEWAY_NONCE_WHEN_REDIS_IS_AWAY`. */
export type WhenRedisIsAway = 'auto' | 'local' | 'refuse';

export interface RedisNoncesOptions {
  readonly url: string;
  /** `CAUSEWAY_REDIS_PREFIX`. */
  readonly prefix: string;
  readonly whenAway: WhenRedisIsAway;
  /** Wall clock, ms. */
  readonly now: () => number;
  /** Told when Redis stops answering, with the reason, and when it answers again (null). */
  readonly onRedis: (reason: string | null) => void;
}

export class RedisNonces implements NonceStore {
  private readonly client;
  /** Monotonic time, ms, before which nobody asks Redis; 0 while it answers. */
  private awayUntilMs = 0;
  private told = false;

  /** Connects in the background and goes on trying; until then Redis counts as away. */
  constructor(
    private readonly options: RedisNoncesOptions,
    private readonly local: LocalNonces,
    private readonly counters: NonceCounters,
  ) {
    this.client = createClient({
      url: options.url,
      disableOfflineQueue: true,
      socket: { connectTimeout: 1000, reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, RETRY_MS) },
    });
    this.client.on('error', (error: Error) => this.tellAway(error));
    this.client.connect().catch((error: Error) => this.tellAway(error));
  }

  async use(appKey: string, nonce: string, untilMs: number, forced: boolean): Promise<NonceOutcome> {
    const startedMs = performance.now();
    if (!this.client.isReady || startedMs < this.awayUntilMs) return this.withoutRedis(appKey, nonce, untilMs, forced);
    if (this.awayUntilMs > 0) this.awayUntilMs = startedMs + RETRY_MS;
    let fresh: boolean;
    try {
      fresh = await this.ask(keyOf(this.options.prefix, appKey, nonce), Math.max(1, untilMs - this.options.now()));
    } catch (error) {
      this.awayUntilMs = performance.now() + RETRY_MS;
      this.counters.redisFailures++;
      this.tellAway(error as Error);
      return this.withoutRedis(appKey, nonce, untilMs, forced);
    }
    this.awayUntilMs = 0;
    this.tellBack();
    this.counters.shared++;
    if (!fresh) return 'used';
    // Noted here too: when Redis goes away, or comes back empty, this node still knows what it let pass.
    return this.local.note(appKey, nonce, untilMs, forced) === 'used' ? 'used' : 'fresh';
  }

  close(): void {
    this.told = true;
    this.client.destroy();
  }

  private withoutRedis(appKey: string, nonce: string, untilMs: number, forced: boolean): NonceOutcome {
    const { whenAway } = this.options;
    if (whenAway === 'local' || (whenAway === 'auto' && !forced)) return this.local.use(appKey, nonce, untilMs, forced);
    this.counters.unavailable++;
    return 'unavailable';
  }

  /** True when the key was not there. The client's own timeout covers a command only until it is written. */
  private ask(key: string, keepMs: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer within ${ANSWER_MS} ms`)), ANSWER_MS);
      this.client.set(key, '1', { condition: 'NX', expiration: { type: 'PX', value: keepMs } }).then(
        (reply) => {
          clearTimeout(timer);
          resolve(reply === 'OK');
        },
        (error: Error) => {
          clearTimeout(timer);
          reject(error);
        },
      );
    });
  }

  private tellAway(error: Error): void {
    if (this.told) return;
    this.told = true;
    this.options.onRedis(error.message === '' ? error.name : error.message);
  }

  private tellBack(): void {
    if (!this.told) return;
    this.told = false;
    this.options.onRedis(null);
  }
}

/** As short for a long nonce as for any, and never equal for two pairs: a header value holds no line feed. */
function keyOf(prefix: string, appKey: string, nonce: string): string {
  return redisKeys.nonce(prefix, appKey, hash('sha256', `${appKey}\n${nonce}`, 'base64url').slice(0, 22));
}

/** Remembers nonces in Redis, for all nodes of an instance at once (wire contract 2.5, nonce rules 2 and 7). */
// hot
import { hash } from 'node:crypto';
import { redisKeys } from '@causeway/contract';
import type { NonceOutcome, NonceStore } from '@causeway/engine';
import type { RedisLink } from '../redis-link.js';
import type { LocalNonces } from './local-nonces.js';
import type { NonceCounters } from './nonce-counters.js';

/** `CAUSEWAY_NONCE_WHEN_REDIS_IS_AWAY`. */
export type WhenRedisIsAway = 'auto' | 'local' | 'refuse';

export interface RedisNoncesOptions {
  readonly link: RedisLink;
  /** `CAUSEWAY_REDIS_PREFIX`. */
  readonly prefix: string;
  readonly whenAway: WhenRedisIsAway;
  /** Wall clock, ms. */
  readonly now: () => number;
}

export class RedisNonces implements NonceStore {
  constructor(
    private readonly options: RedisNoncesOptions,
    private readonly local: LocalNonces,
    private readonly counters: NonceCounters,
  ) {}

  async use(appKey: string, nonce: string, untilMs: number, forced: boolean): Promise<NonceOutcome> {
    const { link, prefix, now } = this.options;
    const expiration = { type: 'PX' as const, value: Math.max(1, untilMs - now()) };
    const key = keyOf(prefix, appKey, nonce);
    const set = await link.ask(() => link.client.set(key, '1', { condition: 'NX', expiration }).then(isFresh));
    this.counters.redisFailures = link.failures;
    if (set === null) return this.withoutRedis(appKey, nonce, untilMs, forced);
    this.counters.shared++;
    if (set === 'used') return 'used';
    // Noted here too: when Redis goes away, or comes back empty, this node still knows what it let pass.
    return this.local.note(appKey, nonce, untilMs, forced) === 'used' ? 'used' : 'fresh';
  }

  private withoutRedis(appKey: string, nonce: string, untilMs: number, forced: boolean): NonceOutcome {
    const { whenAway } = this.options;
    if (whenAway === 'local' || (whenAway === 'auto' && !forced)) return this.local.use(appKey, nonce, untilMs, forced);
    this.counters.unavailable++;
    return 'unavailable';
  }
}

/** The key is set where it was not there. */
function isFresh(reply: unknown): 'fresh' | 'used' {
  return reply === 'OK' ? 'fresh' : 'used';
}

/** As short for a long nonce as for any, and never equal for two pairs: a header value holds no line feed. */
function keyOf(prefix: string, appKey: string, nonce: string): string {
  return redisKeys.nonce(prefix, appKey, hash('sha256', `${appKey}\n${nonce}`, 'base64url').slice(0, 22));
}

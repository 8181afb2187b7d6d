/** Chooses where nonces, and ids of tokens, are remembered: in Redis where there is one, else in this process. */
import type { NonceStore } from '@causeway/engine';
import { RedisLink } from '../redis-link.js';
import { LocalNonces } from './local-nonces.js';
import { NonceCounters } from './nonce-counters.js';
import { RedisNonces, type WhenRedisIsAway } from './redis-nonces.js';

export interface NonceSettings {
  readonly redisUrl: string | null;
  readonly redisPrefix: string;
  readonly nonceWhenRedisIsAway: WhenRedisIsAway;
  /** `nonces`: how many this process remembers at most. */
  readonly limits: { readonly nonces: number };
}

export interface OpenNonces {
  readonly store: NonceStore;
  readonly counters: NonceCounters;
  /** Of ids that plugins saw, in memory of their own: they may be many and long-lived, and take no room from nonces. */
  readonly seen: NonceStore;
  close(): void;
}

/** @param onRedis told when Redis stops answering, with the reason, and when it answers again (null) */
export function openNonces(settings: NonceSettings, onRedis: (reason: string | null) => void): OpenNonces {
  const counters = new NonceCounters();
  const seenCounters = new NonceCounters();
  const now = Date.now;
  const local = new LocalNonces(counters, settings.limits.nonces, now);
  const localSeen = new LocalNonces(seenCounters, settings.limits.nonces, now);
  if (settings.redisUrl === null) return { store: local, counters, seen: localSeen, close() {} };
  const { redisUrl, redisPrefix: prefix, nonceWhenRedisIsAway: whenAway } = settings;
  const link = new RedisLink(redisUrl, onRedis);
  const options = { link, prefix, whenAway, now };
  return {
    store: new RedisNonces(options, local, counters),
    counters,
    seen: new RedisNonces(options, localSeen, seenCounters),
    close: () => link.close(),
  };
}

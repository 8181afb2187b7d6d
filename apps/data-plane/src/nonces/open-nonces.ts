/** Chooses where nonces are remembered: in Redis where there is one, else in this process. */
import type { NonceStore } from '@causeway/engine';
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
  close(): void;
}

/** @param onRedis told when Redis stops answering, with the reason, and when it answers again (null) */
export function openNonces(settings: NonceSettings, onRedis: (reason: string | null) => void): OpenNonces {
  const counters = new NonceCounters();
  const now = Date.now;
  const local = new LocalNonces(counters, settings.limits.nonces, now);
  if (settings.redisUrl === null) return { store: local, counters, close() {} };
  const { redisUrl: url, redisPrefix: prefix, nonceWhenRedisIsAway: whenAway } = settings;
  const store = new RedisNonces({ url, prefix, whenAway, now, onRedis }, local, counters);
  return { store, counters, close: () => store.close() };
}

/** Keys that stand at an address: fetched once for all requests, and again when they may have changed (plugins, section 5.4). */
// hot
import type { Key } from './jwt-keys.js';
import { Jwk, KeySet, MAX_KEYS, readKey } from './jwt-keys.js';
import { type Fetched, FetchFailure, type PluginServices } from './kit/services.js';

/** Known keys are looked for anew after this time, behind the requests, ms. */
const REFRESH_MS = 600_000;
/** An unknown `kid` makes them be looked for at most this often, and so does a failure while keys are known, ms. */
const COOLDOWN_MS = 30_000;
/** While none are known they are asked for at most this often, ms. */
const RETRY_MS = 2000;
/** What could not be looked for all this time counts no longer, ms. */
const STALE_MS = 86_400_000;
export const KEYS_TIMEOUT_MS = 5000;
export const MAX_KEYS_BYTES = 65_536;

/** Why there are no keys: nobody answered, or what came holds none. */
export type NoKeys = 'unreachable' | 'unusable';

/** Where a plugin's keys come from. */
export interface Keys {
  /** Null: none are known yet. */
  current(nowMs: number): KeySet | null;
  /** For who misses one: what there is after looking again; null when it is too early for that. */
  again(nowMs: number): Promise<KeySet | NoKeys> | null;
}

/** What is known of one address for one plugin; outlives the program that it was compiled for. */
export class RemoteKeys {
  private known: KeySet | null = null;
  private fetchedAtMs = Number.NEGATIVE_INFINITY;
  private askedAtMs = Number.NEGATIVE_INFINITY;
  private failure: NoKeys = 'unreachable';
  private flight: Promise<KeySet | NoKeys> | null = null;

  current(nowMs: number, fetch: () => Promise<Fetched>): KeySet | null {
    if (this.known === null) return null;
    const ageMs = nowMs - this.fetchedAtMs;
    if (ageMs > STALE_MS) this.known = null;
    else if (ageMs > REFRESH_MS && nowMs - this.askedAtMs > COOLDOWN_MS) this.refresh(nowMs, fetch);
    return this.known;
  }

  again(nowMs: number, fetch: () => Promise<Fetched>): Promise<KeySet | NoKeys> | null {
    if (this.flight !== null) return this.flight;
    const early = nowMs - this.askedAtMs <= (this.known === null ? RETRY_MS : COOLDOWN_MS);
    if (!early) return this.ask(nowMs, fetch);
    return this.known === null ? Promise.resolve(this.failure) : null;
  }

  /** Behind the requests: nobody waits, and what goes wrong shows when the keys are needed. */
  private refresh(nowMs: number, fetch: () => Promise<Fetched>): void {
    this.ask(nowMs, fetch).catch(() => {
      this.failure = 'unreachable';
    });
  }

  private ask(nowMs: number, fetch: () => Promise<Fetched>): Promise<KeySet | NoKeys> {
    if (this.flight !== null) return this.flight;
    this.askedAtMs = nowMs;
    this.flight = fetch()
      .then(keysIn, (error: unknown): NoKeys => {
        if (error instanceof FetchFailure) return 'unreachable';
        throw error;
      })
      .then((found) => {
        if (typeof found === 'string') {
          this.failure = found;
          return this.known ?? found;
        }
        this.fetchedAtMs = nowMs;
        this.known = found;
        return found;
      })
      .finally(() => {
        this.flight = null;
      });
    return this.flight;
  }
}

function keysIn({ status, body }: Fetched): KeySet | NoKeys {
  if (status !== 200) return 'unreachable';
  if (body === null) return 'unusable';
  let listed: unknown;
  try {
    listed = (JSON.parse(body.toString('utf8')) as { keys?: unknown } | null)?.keys;
  } catch {
    return 'unusable';
  }
  if (!Array.isArray(listed)) return 'unusable';
  // What is of no use is passed over (RFC 7517 section 5); a secret that anybody can fetch is none.
  const keys = listed.slice(0, MAX_KEYS).map((each: unknown): Key | string => {
    const jwk = Jwk.safeParse(each);
    return jwk.success && jwk.data.kty !== 'oct' ? readKey(jwk.data) : 'of no use';
  });
  const usable = keys.filter((key) => typeof key !== 'string');
  return usable.length === 0 ? 'unusable' : new KeySet(usable);
}

/** By the process that asks, then plugin and address; as long as a compiled plugin holds them. */
const ofServices = new WeakMap<PluginServices, Map<string, WeakRef<RemoteKeys>>>();

export function remoteKeysOf(services: PluginServices, pluginId: string, uri: string): RemoteKeys {
  let all = ofServices.get(services);
  if (all === undefined) {
    all = new Map();
    ofServices.set(services, all);
  }
  const key = `${pluginId} ${uri}`;
  const found = all.get(key)?.deref();
  if (found !== undefined) return found;
  for (const [each, ref] of all) if (ref.deref() === undefined) all.delete(each);
  const made = new RemoteKeys();
  all.set(key, new WeakRef(made));
  return made;
}

/** The circuit breakers of a process (plugins, section 5.12). */
// hot
import { redisKeys } from '@causeway/contract';
import { Breaker, type BreakerSettings, type BreakerStore, breakerKey, type Entry, type Outcome } from '@causeway/plugins';
import type { Hop } from '../gateway.js';
import type { RedisLink } from '../redis-link.js';

/** Where no plugin says anything else: a backend that has been timing out all the time is left alone for a while. */
export const ALWAYS_ON: BreakerSettings = { threshold: 1000, windowSeconds: 30, openSeconds: 90 };

/** Breakers that are kept; above that those are forgotten that are closed. */
const MAX_KNOWN = 20_000;

/**
 * One more failure in this second, and what is older than the window away: how many there are. Fields are seconds of Redis's own clock:
 * by theirs, a node whose clock is ahead would take away what the others noted.
 */
const NOTE = `
local second, window = tonumber(redis.call('TIME')[1]), tonumber(ARGV[1])
redis.call('HINCRBY', KEYS[1], second, 1)
redis.call('EXPIRE', KEYS[1], window)
local sum = 0
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if tonumber(all[i]) <= second - window then redis.call('HDEL', KEYS[1], all[i]) else sum = sum + tonumber(all[i + 1]) end
end
return sum`;

export class Breakers implements BreakerStore {
  private readonly known = new Map<string, Breaker>();
  /** Breakers that are open or being tried; while there is none, a call is not looked up. */
  notClosed = 0;

  /**
   * @param shared null: this process counts for itself
   * @param instanceId asked when something failed: nothing is known of the instance before the first snapshot
   */
  constructor(
    private readonly shared: { readonly link: RedisLink; readonly prefix: string } | null,
    private readonly instanceId: () => string,
    /** Monotonic clock, ms. */
    private readonly now: () => number = () => performance.now(),
  ) {}

  enter(key: string): Entry {
    if (this.notClosed === 0) return 'call';
    return this.known.get(key)?.enter(this.now()) ?? 'call';
  }

  settle(key: string, entry: Entry, outcome: Outcome, settings: BreakerSettings): void {
    if (entry === 'call' && outcome !== 'failed') return;
    const breaker = this.of(key);
    const before = breaker.state;
    breaker.settle(entry, outcome, settings, this.now());
    this.count(before, breaker);
    if (outcome === 'failed' && before === 'closed' && breaker.state === 'closed') void this.share(key, breaker, settings);
  }

  /** How many are in a state. */
  in(state: Breaker['state']): number {
    let count = 0;
    for (const breaker of this.known.values()) if (breaker.state === state) count++;
    return count;
  }

  /** A failure that did not open it here may be the last one of those that the nodes saw together. */
  private async share(key: string, breaker: Breaker, settings: BreakerSettings): Promise<void> {
    if (this.shared === null) return;
    const { link, prefix } = this.shared;
    const keys = [redisKeys.failures(prefix, this.instanceId(), key)];
    const values = [String(settings.windowSeconds)];
    const together = await link.ask(async () => Number(await link.client.eval(NOTE, { keys, arguments: values })));
    if (together === null || together < settings.threshold || breaker.state !== 'closed') return;
    breaker.open(settings, this.now());
    this.count('closed', breaker);
  }

  private of(key: string): Breaker {
    let breaker = this.known.get(key);
    if (breaker === undefined) {
      if (this.known.size >= MAX_KNOWN)
        for (const [other, { state }] of this.known) if (state === 'closed') this.known.delete(other);
      breaker = new Breaker();
      this.known.set(key, breaker);
    }
    return breaker;
  }

  private count(before: Breaker['state'], { state }: Breaker): void {
    if ((before === 'closed') !== (state === 'closed')) this.notClosed += state === 'closed' ? -1 : 1;
  }
}

/** The breaker of a hop whose API has no plugin for it. */
export function ownKey({ route, routeName }: Hop): string {
  return breakerKey(route!.apiId, route!.stage, routeName);
}

/** Counts requests against limits in this process (plugins, section 5.1). */
// hot
import type { Counted, Refused } from '@causeway/plugins';

/** Counters that are kept: a flood of clients that nobody saw before takes no more memory than this. */
const MAX_COUNTERS = 200_000;

interface Counter {
  /** Monotonic, ms: a clock that is set neither ends a window nor makes it last longer. */
  endsMs: number;
  count: number;
}

export interface Clocks {
  /** Wall clock, ms: windows begin and end with those of UTC. */
  now(): number;
  /** ms. */
  monotonic(): number;
}

const CLOCKS: Clocks = { now: () => Date.now(), monotonic: () => performance.now() };

export class LocalLimits {
  /** Those whose window began longest ago come first. */
  private readonly counters = new Map<string, Counter>();
  private readonly waiting = new Map<string, number>();

  constructor(
    private readonly clocks = CLOCKS,
    private readonly max = MAX_COUNTERS,
  ) {}

  get size(): number {
    return this.counters.size;
  }

  /** @param share of each limit that is this process's own */
  take(counted: readonly Counted[], share = 1): Refused | null {
    const nowMs = this.clocks.monotonic();
    for (let at = 0; at < counted.length; at++) {
      const { key, limit } = counted[at]!;
      const own = share === 1 ? limit : Math.max(1, Math.floor(limit * share));
      const counter = this.counters.get(key);
      if (counter !== undefined && counter.endsMs > nowMs && counter.count >= own)
        return { at, retryAfterMs: counter.endsMs - nowMs };
    }
    for (let at = 0; at < counted.length; at++) this.charge(counted[at]!, nowMs);
    return null;
  }

  /** Null when too many wait already. */
  wait(key: string, ms: number, max: number): Promise<void> | null {
    const before = this.waiting.get(key) ?? 0;
    if (before >= max) return null;
    this.waiting.set(key, before + 1);
    return new Promise((resolve) => {
      setTimeout(() => {
        const left = this.waiting.get(key)! - 1;
        if (left === 0) this.waiting.delete(key);
        else this.waiting.set(key, left);
        resolve();
        // A timer counts whole milliseconds between two times that it rounds down: who came back sooner would be refused.
      }, Math.ceil(ms) + 1);
    });
  }

  private charge({ key, windowMs }: Counted, nowMs: number): void {
    const counter = this.counters.get(key);
    if (counter !== undefined && counter.endsMs > nowMs) {
      counter.count++;
      return;
    }
    if (counter !== undefined) this.counters.delete(key);
    else if (this.counters.size >= this.max) this.counters.delete(this.counters.keys().next().value!);
    this.counters.set(key, { endsMs: nowMs + windowMs - (this.clocks.now() % windowMs), count: 1 });
  }
}

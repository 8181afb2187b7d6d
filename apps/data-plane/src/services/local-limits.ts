/** Counts requests against limits in this process (plugins, section 5.1). */
// hot
import type { Counted, Refused } from '@causeway/plugins';

/** Counters that are kept: a flood of clients that nobody saw before takes no more memory than this. */
const MAX_COUNTERS = 200_000;

interface Counter {
  /** Windows since 1970. */
  window: number;
  count: number;
}

export class LocalLimits {
  /** Those whose window began longest ago come first. */
  private readonly counters = new Map<string, Counter>();
  private readonly waiting = new Map<string, number>();

  /** @param now wall clock, ms: windows are aligned to UTC */
  constructor(
    private readonly now: () => number = Date.now,
    private readonly max = MAX_COUNTERS,
  ) {}

  get size(): number {
    return this.counters.size;
  }

  /** @param share of each limit that is this process's own */
  take(counted: readonly Counted[], share = 1): Refused | null {
    const nowMs = this.now();
    for (let at = 0; at < counted.length; at++) {
      const { key, limit, windowMs } = counted[at]!;
      const own = share === 1 ? limit : Math.max(1, Math.floor(limit * share));
      const counter = this.counters.get(key);
      // A clock that was set back counts on in the window that it knows.
      if (counter !== undefined && counter.window >= Math.floor(nowMs / windowMs) && counter.count >= own)
        return { at, retryAfterMs: Math.min(windowMs, (counter.window + 1) * windowMs - nowMs) };
    }
    for (let at = 0; at < counted.length; at++) this.charge(counted[at]!, nowMs);
    return null;
  }

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
      }, ms);
    });
  }

  private charge({ key, windowMs }: Counted, nowMs: number): void {
    const window = Math.floor(nowMs / windowMs);
    const counter = this.counters.get(key);
    if (counter !== undefined && counter.window >= window) {
      counter.count++;
      return;
    }
    if (counter !== undefined) this.counters.delete(key);
    else if (this.counters.size >= this.max) this.counters.delete(this.counters.keys().next().value!);
    this.counters.set(key, { window, count: 1 });
  }
}

/** Verdicts of services that were asked about callers, in this process. */
// hot
import type { VerdictStore } from '@causeway/plugins';

/** Verdicts are small and of one shape: their number bounds the memory, some 20 MB. */
const MAX_KEPT = 50_000;

interface Kept {
  readonly verdict: object;
  readonly untilMs: number;
}

export class Verdicts implements VerdictStore {
  /** In the order in which they came. */
  private readonly kept = new Map<string, Kept>();

  /** @param now monotonic clock, ms */
  constructor(
    private readonly now: () => number = () => performance.now(),
    private readonly max = MAX_KEPT,
  ) {}

  get(key: string): unknown {
    const found = this.kept.get(key);
    if (found === undefined) return undefined;
    if (found.untilMs > this.now()) return found.verdict;
    this.kept.delete(key);
    return undefined;
  }

  put(key: string, verdict: object, ms: number): void {
    this.kept.delete(key);
    this.kept.set(key, { verdict, untilMs: this.now() + ms });
    if (this.kept.size <= this.max) return;
    const [oldest] = this.kept.keys();
    this.kept.delete(oldest!);
  }
}

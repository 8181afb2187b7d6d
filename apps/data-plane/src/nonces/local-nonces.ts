/** Remembers nonces in this process (wire contract 2.5, nonce rules 3 and 4a). */
// hot
import { randomBytes } from 'node:crypto';
import type { NonceOutcome, NonceStore } from '@causeway/engine';
import { hashNonce, words } from './hash-nonce.js';
import { HashSet } from './hash-set.js';
import type { NonceCounters } from './nonce-counters.js';

const MINUTE_MS = 60_000;

/** Hashes by the minute in which they may be forgotten. */
type Buckets = Map<number, HashSet>;

export class LocalNonces implements NonceStore {
  private readonly secret = randomBytes(16).toString('hex');
  /** Apart, so that no flood of unforced nonces makes the store forget one that an API insists on. */
  private readonly forced: Buckets = new Map();
  private readonly unforced: Buckets = new Map();
  private size = 0;
  private minute = 0;

  /**
   * @param capacity nonces at most; each takes 16 to 32 bytes, while its table grows 48
   * @param now wall clock, ms
   */
  constructor(
    private readonly counters: NonceCounters,
    private readonly capacity: number,
    private readonly now: () => number,
  ) {}

  /** Bytes of memory that the hashes take. */
  get bytes(): number {
    let bytes = 0;
    for (const buckets of [this.forced, this.unforced]) for (const set of buckets.values()) bytes += set.bytes;
    return bytes;
  }

  use(appKey: string, nonce: string, untilMs: number, forced: boolean): NonceOutcome {
    const outcome = this.note(appKey, nonce, untilMs, forced);
    if (outcome === 'unavailable') this.counters.unavailable++;
    else this.counters.local++;
    return outcome;
  }

  /** As `use`, for a nonce that another store decides on. */
  note(appKey: string, nonce: string, untilMs: number, forced: boolean): NonceOutcome {
    const minute = Math.floor(this.now() / MINUTE_MS);
    if (minute !== this.minute) this.forgetBefore(minute);
    hashNonce(this.secret, appKey, nonce);
    const a = words[0]!;
    const b = words[1]!;
    const c = words[2]!;
    if (holds(this.forced, a, b, c) || holds(this.unforced, a, b, c)) return 'used';
    if (this.size >= this.capacity) {
      if (forced) return 'unavailable';
      if (!this.forgetOldest()) {
        this.counters.forgotten++;
        return 'fresh';
      }
    }
    bucketOf(forced ? this.forced : this.unforced, lastMinute(Math.floor(untilMs / MINUTE_MS), minute)).add(a, b, c);
    this.size++;
    return 'fresh';
  }

  private forgetBefore(minute: number): void {
    this.minute = minute;
    for (const buckets of [this.forced, this.unforced]) {
      for (const [until, set] of buckets) {
        if (until >= minute) continue;
        buckets.delete(until);
        this.size -= set.size;
      }
    }
  }

  private forgetOldest(): boolean {
    const oldest = Math.min(...this.unforced.keys());
    const set = this.unforced.get(oldest);
    if (set === undefined) return false;
    this.unforced.delete(oldest);
    this.size -= set.size;
    this.counters.forgotten += set.size;
    return true;
  }
}

/** What is kept for longer than a nonce, which is 30 minutes at most, may be kept for some more of its time. */
const EXACT_MINUTES = 32;

/** The minute of its bucket: 32 of one minute each, then 16 for each doubling, so that some 300 hold what is kept for ten years. */
function lastMinute(until: number, minute: number): number {
  const ahead = until - minute;
  if (ahead < EXACT_MINUTES) return until;
  const step = 2 ** (Math.floor(Math.log2(ahead)) - 4);
  return Math.ceil(until / step) * step;
}

function holds(buckets: Buckets, a: number, b: number, c: number): boolean {
  for (const set of buckets.values()) if (set.has(a, b, c)) return true;
  return false;
}

function bucketOf(buckets: Buckets, minute: number): HashSet {
  let set = buckets.get(minute);
  if (set === undefined) {
    set = new HashSet();
    buckets.set(minute, set);
  }
  return set;
}

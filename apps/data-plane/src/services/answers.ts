/** Answers that are given again, in the memory of this process (plugins, section 5.10). */
// hot
import type { AnswerStore, Flight, StoredAnswer } from '@causeway/plugins';

/** What an entry takes beside its body and headers, about, bytes. */
const ENTRY_BYTES = 500;
/** A full store looks for what is over at most this often, ms. */
const SWEEP_MS = 1000;
/** Nobody waits longer for what another one asked, ms. */
const FLIGHT_MS = 30_000;

export class Answers implements AnswerStore {
  /** Held by all entries together. */
  bytes = 0;
  private readonly stored = new Map<string, StoredAnswer>();
  private readonly flights = new Map<string, Promise<StoredAnswer | null>>();
  private sweptAtMs = Number.NEGATIVE_INFINITY;

  /** @param now monotonic clock, ms */
  constructor(
    private readonly capacityBytes: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get size(): number {
    return this.stored.size;
  }

  get(key: string): StoredAnswer | null {
    const found = this.stored.get(key);
    if (found === undefined) return null;
    if (found.untilMs > this.now()) return found;
    this.remove(key, found);
    return null;
  }

  /** Nothing goes before its time: when the store is full, the new one is not kept. */
  put(key: string, stored: StoredAnswer): void {
    const before = this.stored.get(key);
    if (before !== undefined) this.remove(key, before);
    const bytes = bytesOf(key, stored);
    if (this.bytes + bytes > this.capacityBytes) this.sweep();
    if (this.bytes + bytes > this.capacityBytes) return;
    this.stored.set(key, stored);
    this.bytes += bytes;
  }

  join(key: string): Flight {
    const landing = this.flights.get(key);
    if (landing !== undefined) return { leader: false, landing };
    const { promise, resolve } = withResolvers();
    this.flights.set(key, promise);
    // Whoever asks may fail in a way that nobody thought of: the others then ask for themselves.
    const timer = setTimeout(() => land(null), FLIGHT_MS);
    const land = (stored: StoredAnswer | null) => {
      clearTimeout(timer);
      if (this.flights.get(key) === promise) this.flights.delete(key);
      resolve(stored);
    };
    timer.unref();
    return { leader: true, land };
  }

  private remove(key: string, stored: StoredAnswer): void {
    this.stored.delete(key);
    this.bytes -= bytesOf(key, stored);
  }

  private sweep(): void {
    const nowMs = this.now();
    if (nowMs < this.sweptAtMs + SWEEP_MS) return;
    this.sweptAtMs = nowMs;
    for (const [key, stored] of this.stored) if (stored.untilMs <= nowMs) this.remove(key, stored);
  }
}

function bytesOf(key: string, { headers, body }: StoredAnswer): number {
  let bytes = ENTRY_BYTES + key.length + body.length;
  for (const text of headers) bytes += text.length;
  return bytes;
}

function withResolvers() {
  let resolve: (stored: StoredAnswer | null) => void = () => {};
  const promise = new Promise<StoredAnswer | null>((made) => {
    resolve = made;
  });
  return { promise, resolve };
}

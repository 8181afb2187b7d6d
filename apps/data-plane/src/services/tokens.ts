/** What was read from verified tokens, in this process: a token that comes again is not verified again. */
// hot
import type { TokenStore } from '@causeway/plugins';

/** Of all together, about, bytes. */
const CAPACITY = 33_554_432;
/** What an entry takes beside its claims, and how much more claims take than their token, about. */
const ENTRY_BYTES = 1000;
const PER_TOKEN_BYTE = 4;

interface Entry {
  readonly read: object;
  readonly bytes: number;
}

export class Tokens implements TokenStore {
  /** Held by all entries together. */
  bytes = 0;
  /** In the order in which they came. */
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly capacity = CAPACITY) {}

  get(key: string): unknown {
    return this.entries.get(key)?.read;
  }

  put(key: string, read: object, tokenBytes: number): void {
    const bytes = ENTRY_BYTES + PER_TOKEN_BYTE * tokenBytes;
    this.forget(key);
    this.entries.set(key, { read, bytes });
    this.bytes += bytes;
    for (const [oldest] of this.entries) {
      if (this.bytes <= this.capacity) break;
      this.forget(oldest);
    }
  }

  private forget(key: string): void {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    this.entries.delete(key);
    this.bytes -= entry.bytes;
  }
}

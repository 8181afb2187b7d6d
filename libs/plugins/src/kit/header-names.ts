/** A few header names that many are compared with. */
// hot

/** Longer names are looked up by their text alone. */
const LONGEST = 255;

export class HeaderNames {
  private readonly names = new Set<string>();
  /** Nearly every name of an answer has a length that none of these has: then its text need not be looked at. */
  private readonly lengths = new Uint8Array(LONGEST + 1);

  /** In any letter case. */
  constructor(names: Iterable<string>) {
    for (const name of names) {
      this.names.add(name.toLowerCase());
      if (name.length <= LONGEST) this.lengths[name.length] = 1;
    }
  }

  get size(): number {
    return this.names.size;
  }

  /** @param name in any letter case */
  has(name: string): boolean {
    return this.lengths[name.length] !== 0 && this.names.has(name.toLowerCase());
  }
}

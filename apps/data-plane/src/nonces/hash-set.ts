/** A set of 96-bit hashes in typed arrays: 16 to 32 bytes a hash, where a Map takes several hundred. */
// hot

const WORDS = 3;
const FIRST_SLOTS = 256;
/** Slots of the smaller table that each addition moves on: a table of any size grows without a pause. */
const MOVED_PER_ADD = 8;

/** Open addressing. The last word of a hash is never zero; a slot where it is zero is empty. */
export class HashSet {
  size = 0;
  private slots = new Uint32Array(FIRST_SLOTS * WORDS);
  /** The table before it grew, until all of it has moved. */
  private smaller: Uint32Array | null = null;
  private moved = 0;

  /** Bytes of memory that the tables hold. */
  get bytes(): number {
    return this.slots.byteLength + (this.smaller?.byteLength ?? 0);
  }

  has(a: number, b: number, c: number): boolean {
    if (find(this.slots, a, b, c) < 0) return true;
    return this.smaller !== null && find(this.smaller, a, b, c) < 0;
  }

  /** Adds a hash that is not in the set. */
  add(a: number, b: number, c: number): void {
    if (this.size * 4 >= (this.slots.length / WORDS) * 3) {
      this.smaller = this.slots;
      this.slots = new Uint32Array(this.slots.length * 2);
      this.moved = 0;
    }
    put(this.slots, a, b, c);
    this.size++;
    if (this.smaller !== null) this.moveOn(this.smaller);
  }

  private moveOn(from: Uint32Array): void {
    const end = this.moved + MOVED_PER_ADD * WORDS;
    for (; this.moved < end; this.moved += WORDS) {
      const c = from[this.moved + 2]!;
      if (c !== 0) put(this.slots, from[this.moved]!, from[this.moved + 1]!, c);
    }
    if (this.moved >= from.length) this.smaller = null;
  }
}

/** Index of the empty slot where the hash belongs; -1 when it is there. */
function find(slots: Uint32Array, a: number, b: number, c: number): number {
  const mask = slots.length / WORDS - 1;
  for (let slot = a & mask; ; slot = (slot + 1) & mask) {
    const at = slot * WORDS;
    if (slots[at + 2] === 0) return at;
    if (slots[at] === a && slots[at + 1] === b && slots[at + 2] === c) return -1;
  }
}

function put(slots: Uint32Array, a: number, b: number, c: number): void {
  const at = find(slots, a, b, c);
  slots[at] = a;
  slots[at + 1] = b;
  slots[at + 2] = c;
}

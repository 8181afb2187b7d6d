/** A map that never changes: what changes is a new one, at the cost of the change and not of the map. */
// hot

/** Changes are folded into the base when they are more than this part of it: a fold costs as much as that many changes did. */
const FOLD_AT = 1 / 8;
/** As many changes cost nothing to look through. */
const ALWAYS = 32;

export class LayeredMap<V extends object> {
  private constructor(
    private readonly base: ReadonlyMap<string, V>,
    /** What differs from the base; undefined: not there any more. */
    private readonly over: ReadonlyMap<string, V | undefined>,
    readonly size: number,
  ) {}

  static empty<V extends object>(): LayeredMap<V> {
    return new LayeredMap<V>(new Map(), new Map(), 0);
  }

  get(key: string): V | undefined {
    if (this.over.size === 0) return this.base.get(key);
    const changed = this.over.get(key);
    return changed !== undefined || this.over.has(key) ? changed : this.base.get(key);
  }

  *[Symbol.iterator](): Iterator<readonly [key: string, value: V]> {
    for (const entry of this.base) if (!this.over.has(entry[0])) yield entry;
    for (const [key, value] of this.over) if (value !== undefined) yield [key, value];
  }

  /** @param changes key -> what stands there from now on; undefined: nothing */
  with(changes: ReadonlyMap<string, V | undefined>): LayeredMap<V> {
    if (changes.size === 0) return this;
    let { size } = this;
    const over = new Map(this.over);
    for (const [key, value] of changes) {
      size += Number(value !== undefined) - Number(this.get(key) !== undefined);
      over.set(key, value);
    }
    if (over.size <= ALWAYS || over.size <= this.base.size * FOLD_AT) return new LayeredMap(this.base, over, size);
    const base = new Map(this.base);
    for (const [key, value] of over) {
      if (value === undefined) base.delete(key);
      else base.set(key, value);
    }
    return new LayeredMap<V>(base, new Map(), size);
  }
}

/** Changes for one `with`: more at a time would hold up traffic. */
const AT_ONCE = 2048;

/** The same for any number of changes, with traffic let in between. */
export async function withAll<V extends object>(
  map: LayeredMap<V>,
  changes: ReadonlyMap<string, V | undefined>,
  pause: () => Promise<void>,
): Promise<LayeredMap<V>> {
  if (changes.size <= AT_ONCE) return map.with(changes);
  let made = map;
  let batch = new Map<string, V | undefined>();
  for (const [key, value] of changes) {
    batch.set(key, value);
    if (batch.size < AT_ONCE) continue;
    made = made.with(batch);
    batch = new Map();
    await pause();
  }
  return made.with(batch);
}

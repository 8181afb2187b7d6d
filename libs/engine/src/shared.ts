/** Pieces that many APIs have in common are compiled once: less memory, and what is used all the time stays in the processor's caches. */

/** A longer description is hardly anybody else's, too. */
const MAX_KEY = 2000;

/** So many different pieces on, one that nobody asked for again is forgotten: where all APIs differ nothing piles up. */
const KEPT = 4096;

/** By what they were made of: asked for lately, and before that. */
let recent = new Map<string, object>();
let former = new Map<string, object>();

/**
 * @param kind of piece; a kind always has the same `make`
 * @param of all that `make` reads, fit for JSON
 */
export function shared<T extends object>(kind: string, of: unknown, make: () => T): T {
  const key = `${kind} ${JSON.stringify(of)}`;
  if (key.length > MAX_KEY) return make();
  const known = recent.get(key);
  if (known !== undefined) return known as T;
  const piece = (former.get(key) as T | undefined) ?? make();
  if (recent.size >= KEPT) {
    former = recent;
    recent = new Map();
  }
  recent.set(key, piece);
  return piece;
}

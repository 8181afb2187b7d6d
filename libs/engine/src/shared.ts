/** Pieces that many APIs have in common are compiled once: less memory, and what is used all the time stays in the processor's caches. */

/** By what they were made of, as long as somebody holds them. */
const known = new Map<string, WeakRef<object>>();
const forgotten = new FinalizationRegistry<string>((key) => {
  if (known.get(key)?.deref() === undefined) known.delete(key);
});

/** A longer description is hardly anybody else's, too. */
const MAX_KEY = 2000;

/**
 * @param kind of piece; a kind always has the same `make`
 * @param of all that `make` reads, fit for JSON
 */
export function shared<T extends object>(kind: string, of: unknown, make: () => T): T {
  const key = `${kind} ${JSON.stringify(of)}`;
  if (key.length > MAX_KEY) return make();
  const found = known.get(key)?.deref() as T | undefined;
  if (found !== undefined) return found;
  const made = make();
  known.set(key, new WeakRef(made));
  forgotten.register(made, key);
  return made;
}

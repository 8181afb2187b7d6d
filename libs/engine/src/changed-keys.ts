/** What is new in a snapshot. */
import type { Chunks } from './hashed-chunk.js';

/** Keys under which another chunk stands than before, or none any more. The one look at every chunk: it does nearly nothing for one that stayed. */
export function changedKeys(before: Chunks, after: Chunks): readonly string[] {
  const changed: string[] = [];
  let stayed = 0;
  for (const [key, held] of after) {
    const known = before.get(key);
    if (known !== undefined) stayed++;
    if (known !== held && known?.hash !== held.hash) changed.push(key);
  }
  if (stayed < before.size) for (const key of before.keys()) if (!after.has(key)) changed.push(key);
  return changed;
}

/** Long work beside the traffic, a piece at a time. */
import { setImmediate } from 'node:timers/promises';

/**
 * To be called between two pieces: lets others go first once it is time to. A turn of the event loop costs as much as many a piece.
 *
 * @param togetherMs for so long pieces are done one after the other
 */
export function givingWay(togetherMs: number): () => Promise<void> {
  let sinceMs = performance.now();
  return async () => {
    if (performance.now() - sinceMs < togetherMs) return;
    await setImmediate();
    sinceMs = performance.now();
  };
}

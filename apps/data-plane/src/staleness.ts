/** Whether what runs may still be served, when nobody has confirmed it for long (`CAUSEWAY_MAX_STALENESS`). */

/** How often is looked, ms. */
const LOOK_MS = 250;

/**
 * Calls `turned` whenever the answer becomes another; at first everything may be served. Ends with the returned function.
 *
 * @param maxMs null: whatever is served is served for ever
 */
export function watchStaleness(
  unconfirmedMs: () => number,
  maxMs: number | null,
  turned: (mayServe: boolean) => void,
): () => void {
  if (maxMs === null) return () => {};
  let mayServe = true;
  const look = () => {
    if (unconfirmedMs() <= maxMs === mayServe) return;
    mayServe = !mayServe;
    turned(mayServe);
  };
  look();
  const timer = setInterval(look, LOOK_MS).unref();
  return () => clearInterval(timer);
}

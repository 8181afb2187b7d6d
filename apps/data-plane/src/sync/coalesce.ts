/** One run of some work at a time: wishes that come while it runs become one more run. */

/** The returned function resolves when no wish is left. `work` must not reject. */
export function coalesce(work: () => Promise<void>): () => Promise<void> {
  let isWanted = false;
  let running: Promise<void> | null = null;
  const run = async () => {
    while (isWanted) {
      isWanted = false;
      await work();
    }
    // In the same turn as the last look at `isWanted`, so that no wish falls between.
    running = null;
  };
  return () => {
    isWanted = true;
    running ??= run();
    return running;
  };
}

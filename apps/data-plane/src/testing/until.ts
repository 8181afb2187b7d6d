/** Waits for a state, not for a time. */
import { setTimeout as later } from 'node:timers/promises';

const LIMIT_MS = 20_000;
const POLL_MS = 5;

/** Settles when `holds` does; fails, saying `what`, when it does not in a time that no healthy run needs. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const endMs = performance.now() + LIMIT_MS;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`still not so: ${what}`);
    await later(POLL_MS);
  }
}

/** Waits until something holds. */
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 50;

/** @param what says it, for a story in which it never comes to hold */
export async function until(holds: () => boolean | Promise<boolean>, what: string, timeoutMs = 30_000): Promise<void> {
  const untilMs = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > untilMs) throw new Error(`Not so after ${timeoutMs} ms: ${what}`);
    await delay(POLL_MS);
  }
}

/** The steps that stories about edits take: all slots edited, all nodes showing it, what was seen in one line. */
import { edit } from './ledger.js';
import type { Counted, Traffic } from './traffic.js';
import type { Scene } from './withstand.js';

/** Each slot once, one after the other. */
export async function editAll({ bed, slots }: Scene, times = 1): Promise<void> {
  for (let n = 0; n < times; n++) for (const slot of slots) await edit(bed.management, slot);
}

/** Every node shows what is acknowledged now; resolves to how long that took, ms. */
export async function inForce({ bed }: Scene, traffic: Traffic, timeoutMs?: number): Promise<number> {
  return Math.max(...(await Promise.all(bed.nodes.map((node) => traffic.untilInForce(node, timeoutMs)))));
}

/** One line of what happened and one of what was seen, for whoever reads the run. */
export function tellSeen(injected: string, { requests, failures, wrong }: Counted, seen: Record<string, string | number>): void {
  const parts = Object.entries(seen).map(
    ([what, value]) => `${what} ${typeof value === 'number' ? Math.round(value * 10) / 10 : value}`,
  );
  const failed = [...failures].map(([what, count]) => `${count} x ${what}`).join(', ') || 'none';
  process.stderr.write(
    `injected: ${injected}\nobserved: ${[`${requests} requests, failed: ${failed}, wrong: ${wrong.length}`, ...parts].join('; ')}\n`,
  );
}

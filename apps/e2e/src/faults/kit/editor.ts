/** Somebody who edits all the time, and notes what is acknowledged and what is refused. */
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../../harness/until.js';
import { at, type ControlPlane } from './bed.js';
import { edit, type Slot } from './ledger.js';

export interface Editor {
  acknowledged: number;
  /** By what was said: `503 ServiceUnavailable`, `no answer: ECONNREFUSED`. */
  readonly refused: Map<string, number>;
  /** The longest that anybody waited for an answer, ms. */
  slowestMs: number;
  /** From now on `count` edits more are acknowledged. */
  untilAcknowledged(count: number, timeoutMs?: number): Promise<void>;
  /** From now on `count` edits more are refused. */
  untilRefused(count: number, timeoutMs?: number): Promise<void>;
  stop(): Promise<void>;
}

const PAUSE_MS = 20;

/** One hand per control plane that goes on when the others wait; each slot is edited by one of them. */
export function startEditor(controlPlanes: readonly ControlPlane[], slots: readonly Slot[]): Editor {
  let isOver = false;
  let refusals = 0;
  const editor: Editor = {
    acknowledged: 0,
    refused: new Map(),
    slowestMs: 0,
    untilAcknowledged(count, timeoutMs) {
      const wanted = editor.acknowledged + count;
      return until(() => editor.acknowledged >= wanted, 'edits are acknowledged', timeoutMs);
    },
    untilRefused(count, timeoutMs) {
      const wanted = refusals + count;
      return until(() => refusals >= wanted, 'edits are refused', timeoutMs);
    },
    async stop() {
      isOver = true;
      await Promise.all(hands);
    },
  };
  const hands = controlPlanes.map(async (plane, n) => {
    const mine = slots.filter((_, s) => s % controlPlanes.length === n);
    for (let turn = 0; !isOver; turn++) {
      const begun = performance.now();
      try {
        await edit(plane.management, at(mine, turn));
        editor.acknowledged++;
      } catch (error) {
        refusals++;
        const what = whatWasSaid(error);
        editor.refused.set(what, (editor.refused.get(what) ?? 0) + 1);
      }
      editor.slowestMs = Math.max(editor.slowestMs, performance.now() - begun);
      await delay(PAUSE_MS);
    }
  });
  return editor;
}

/** An answer's status and code, or why there was none. */
export function whatWasSaid(error: unknown): string {
  const { message, cause } = error as Error & { cause?: NodeJS.ErrnoException };
  const [, status, code] = /: (\d{3}) .*?"code":"(\w+)"/.exec(message) ?? [];
  return status ? `${status} ${code}` : `no answer: ${cause?.code ?? message}`;
}

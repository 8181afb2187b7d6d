/** One fault from beginning to end, under traffic and edits: what it was, what was seen. */
import type { ControlPlane, DataPlane, FaultBed } from './bed.js';
import type { Editor } from './editor.js';
import { startEditor } from './editor.js';
import type { Slot } from './ledger.js';
import { type Call, startTraffic, type Traffic } from './traffic.js';

export interface Fault {
  /** What happens, as an operator would say it. */
  readonly name: string;
  /** What must be left alone by another fault at the same time. */
  readonly touches: ReadonlyArray<'Redis' | 'Postgres' | 'control planes' | 'a node'>;
  /** Of edits while it lasts: in force on every node that is not cut off; acknowledged; or refused, in words and in time. */
  readonly edits: 'in force' | 'acknowledged' | 'refused';
  /** How many edits at most are refused in words though the others are not; absent: none. */
  readonly refusals?: number;
  /** Nodes that cannot learn of edits while it lasts. They serve on. */
  cutOff?(bed: FaultBed): readonly DataPlane[];
  inject(bed: FaultBed): void | Promise<void>;
  heal(bed: FaultBed): void | Promise<void>;
}

export interface Observed {
  readonly fault: string;
  readonly requests: number;
  readonly failures: Record<string, number>;
  readonly wrong: readonly string[];
  readonly acknowledged: number;
  readonly refused: Record<string, number>;
  /** The longest that an edit waited for its answer, ms. */
  readonly slowestEditMs: number;
  /** From a moment in the fault until nodes that are not cut off showed what was acknowledged by then, ms; absent where that is not promised. */
  readonly inForceMs?: number;
  /** From the end of the fault until every node showed what was acknowledged by then, ms. */
  readonly convergedMs: number;
}

export interface Scene {
  readonly bed: FaultBed;
  readonly slots: readonly Slot[];
  readonly calls: readonly Call[];
  /** Where edits are made; all control planes unless said. */
  readonly editors?: readonly ControlPlane[];
}

/** Edits of this many are awaited where the fault leaves them possible. */
const EDITS = 10;

/** Throws where a promise is not kept in time; what traffic saw is for the caller to judge. */
export async function withstand(scene: Scene, fault: Fault): Promise<Observed> {
  const { bed, slots, calls, editors = bed.controlPlanes } = scene;
  const traffic = startTraffic(bed.nodes, slots, calls);
  const editor = startEditor(editors, slots);
  try {
    await Promise.all([traffic.turn(), editor.untilAcknowledged(2)]);
    const inForceMs = await live(fault, scene, traffic, editor);
    await editor.untilAcknowledged(2, 60_000);
    const convergedMs = await slowest(bed.nodes, traffic);
    return observed(fault, traffic, editor, convergedMs, inForceMs);
  } finally {
    await Promise.all([traffic.stop(), editor.stop()]);
  }
}

/** Heals it in any case: the next fault is to find everything well. */
async function live(fault: Fault, scene: Scene, traffic: Traffic, editor: Editor): Promise<number | undefined> {
  try {
    await fault.inject(scene.bed);
    return await endure(fault, scene, traffic, editor);
  } finally {
    await fault.heal(scene.bed);
  }
}

async function endure(fault: Fault, { bed }: Scene, traffic: Traffic, editor: Editor): Promise<number | undefined> {
  await traffic.turn();
  if (fault.edits === 'refused') {
    await editor.untilRefused(2, 90_000);
    await traffic.turn();
    return undefined;
  }
  await editor.untilAcknowledged(EDITS, 60_000);
  const cutOff = fault.cutOff?.(bed) ?? [];
  const inForceMs =
    fault.edits === 'in force'
      ? await slowest(
          bed.nodes.filter((node) => node.isUp && !cutOff.includes(node)),
          traffic,
        )
      : undefined;
  await traffic.turn();
  return inForceMs;
}

async function slowest(nodes: readonly DataPlane[], traffic: Traffic): Promise<number> {
  return Math.max(0, ...(await Promise.all(nodes.map((node) => traffic.untilInForce(node)))));
}

function observed(fault: Fault, { counted }: Traffic, editor: Editor, convergedMs: number, inForceMs?: number): Observed {
  return {
    fault: fault.name,
    requests: counted.requests,
    failures: Object.fromEntries(counted.failures),
    wrong: counted.wrong,
    acknowledged: editor.acknowledged,
    refused: Object.fromEntries(editor.refused),
    slowestEditMs: Math.round(editor.slowestMs),
    ...(inForceMs === undefined ? {} : { inForceMs: Math.round(inForceMs) }),
    convergedMs: Math.round(convergedMs),
  };
}

/** One line for whoever reads the run. */
export function tell(seen: Observed): void {
  const { fault, requests, failures, acknowledged, refused, slowestEditMs, inForceMs, convergedMs, wrong } = seen;
  const counts = (of: Record<string, number>): string =>
    Object.entries(of)
      .map(([what, count]) => `${count} x ${what}`)
      .join(', ') || 'none';
  const parts = [
    `${requests} requests, failed: ${counts(failures)}, wrong: ${wrong.length}`,
    `${acknowledged} edits, refused: ${counts(refused)}, slowest ${slowestEditMs} ms`,
    inForceMs === undefined ? '' : `in force meanwhile after ${inForceMs} ms`,
    `all converged ${convergedMs} ms after the end`,
  ];
  process.stderr.write(`injected: ${fault}\nobserved: ${parts.filter((part) => part !== '').join('; ')}\n`);
}

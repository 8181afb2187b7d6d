/** Many who edit at once, through whichever control plane is up, and know of each edit what became of it. */
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { until } from '../../harness/until.js';
import { at, type ControlPlane } from './bed.js';
import { whatWasSaid } from './editor.js';
import { edit, type Slot } from './ledger.js';

export interface Edit {
  readonly slot: Slot;
  readonly number: number;
  readonly plane: ControlPlane;
  /** Of the wall clock, as Postgres writes it. */
  readonly sentMs: number;
  /** When it was answered with success; absent: it was not. */
  answeredMs?: number;
  /** Of an edit that is in the database, answered or not; absent: it is not there. */
  revision?: number;
}

export interface Hands {
  readonly edits: readonly Edit[];
  readonly acknowledged: number;
  /** By what was said: `503 ServiceUnavailable`, `no answer: ECONNRESET`. */
  readonly refused: ReadonlyMap<string, number>;
  /** The longest that anybody waited for an answer, ms. */
  readonly slowestMs: number;
  /** Edits on their way to this control plane. */
  underWay(plane: ControlPlane): number;
  /** From now on `count` edits more are acknowledged, by this control plane if one is named. */
  untilAcknowledged(count: number, plane?: ControlPlane, timeoutMs?: number): Promise<void>;
  /** The hands rest by themselves. */
  done(): Promise<void>;
  /** Ends when every edit that was begun is settled. */
  stop(): Promise<void>;
}

export interface HandsOptions {
  /** Whole numbers from 0 to below its argument. */
  readonly random: (count: number) => number;
  /** Connections to the database that the control planes write to, for looking up what became of an edit without an answer. */
  readonly database: pg.Pool;
  /** Edits after which the hands rest. */
  readonly most?: number;
  /** What hands before these did to the slots; it is continued. */
  readonly edits?: Edit[];
}

const WAIT_FOR_A_PLANE_MS = 20;

/** One hand per slot, whose edits follow one another. */
export function startHands(planes: readonly ControlPlane[], slots: readonly Slot[], options: HandsOptions): Hands {
  const { random, database, most = Number.POSITIVE_INFINITY, edits = [] } = options;
  const refused = new Map<string, number>();
  const underWay = new Map<ControlPlane, number>();
  const count = (plane: ControlPlane, change: number) => underWay.set(plane, (underWay.get(plane) ?? 0) + change);
  const acknowledged = new Map<ControlPlane, number>();
  const known = (plane?: ControlPlane): number =>
    plane ? (acknowledged.get(plane) ?? 0) : [...acknowledged.values()].reduce((sum, each) => sum + each, 0);
  let slowestMs = 0;
  let isOver = false;

  const make = async (slot: Slot, plane: ControlPlane): Promise<void> => {
    const one: Edit = { slot, plane, number: slot.attempted + 1, sentMs: Date.now() };
    edits.push(one);
    count(plane, 1);
    const begun = performance.now();
    try {
      one.revision = await edit(plane.management, slot);
      one.answeredMs = Date.now();
      acknowledged.set(plane, known(plane) + 1);
    } catch (error) {
      const said = whatWasSaid(error);
      refused.set(said, (refused.get(said) ?? 0) + 1);
    } finally {
      count(plane, -1);
      slowestMs = Math.max(slowestMs, performance.now() - begun);
    }
    if (one.answeredMs === undefined) await settle(one);
  };
  /** Reads back what had no answer, as the refusal asks its client to. */
  const settle = async (one: Edit): Promise<void> => {
    const revision = await newestRevision(database, one.slot);
    const before = edits.findLast((other) => other.slot === one.slot && other.revision !== undefined)?.revision ?? 0;
    if (revision <= before) return;
    one.revision = revision;
    one.slot.acknowledged = one.number;
  };

  const running = slots.map(async (slot) => {
    while (!isOver && edits.length < most) {
      const up = planes.filter(({ isUp }) => isUp);
      if (up.length === 0) await delay(WAIT_FOR_A_PLANE_MS);
      else await make(slot, at(up, random(up.length)));
    }
  });

  return {
    edits,
    refused,
    get acknowledged() {
      return known();
    },
    get slowestMs() {
      return slowestMs;
    },
    underWay: (plane) => underWay.get(plane) ?? 0,
    untilAcknowledged(wanted, plane, timeoutMs = 60_000) {
      const before = known(plane);
      return until(() => known(plane) >= before + wanted, 'edits are acknowledged', timeoutMs);
    },
    async done() {
      await Promise.all(running);
    },
    async stop() {
      isOver = true;
      await Promise.all(running);
    },
  };
}

/** 0 of a slot that was never edited. Waits for a transaction that holds the slot: what is on its way is there afterwards, or never. */
async function newestRevision(database: pg.Pool, { pluginId }: Slot): Promise<number> {
  for (;;) {
    try {
      await database.query('SELECT 1 FROM plugins WHERE id = $1 FOR UPDATE', [pluginId]);
      const { rows } = await database.query(
        `SELECT (revisions->0->>'revision')::int AS revision FROM audit_events
         WHERE resource_id = $1 AND action = 'plugin.replace' ORDER BY id DESC LIMIT 1`,
        [pluginId],
      );
      return rows[0]?.revision ?? 0;
    } catch {
      // A story may take the database away; the answer waits for it.
      await delay(WAIT_FOR_A_PLANE_MS);
    }
  }
}

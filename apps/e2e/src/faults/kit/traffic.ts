/** Clients of every node who know what they may be answered, and count what they are. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Sent, send, verdict } from '../../harness/http-client.js';
import { until } from '../../harness/until.js';
import type { DataPlane } from './bed.js';
import { HOST, type Slot } from './ledger.js';

/** A request that the slots do not cover, such as a signed internal call. */
export interface Call {
  readonly name: string;
  readonly host: string;
  readonly target: string;
  isRight(answer: Sent): boolean;
}

export interface Counted {
  requests: number;
  /** Answers of nodes that were up which no client may get, by what they were: `503 X503BZ`, `no answer: ECONNRESET`. */
  readonly failures: Map<string, number>;
  /** Answers with success and the wrong content, in words: never right, whatever fails. */
  readonly wrong: string[];
}

export interface Traffic {
  readonly counted: Counted;
  /** Every client has asked once more from now on. */
  turn(): Promise<void>;
  /** This node shows at least what is acknowledged now, in each slot; resolves to how long that took, ms. */
  untilInForce(node: DataPlane, timeoutMs?: number): Promise<number>;
  stop(): Promise<void>;
}

const CLIENTS_OF_A_NODE = 4;
/** Of a client between two turns, unless said. */
const PAUSE_MS = 4;
const NO_ANSWER_MS = 20_000;
const TOLD_AT_MOST = 20;

export function startTraffic(
  nodes: readonly DataPlane[],
  slots: readonly Slot[],
  calls: readonly Call[] = [],
  pauseMs = PAUSE_MS,
): Traffic {
  const counted: Counted = { requests: 0, failures: new Map(), wrong: [] };
  let isOver = false;
  /** By node and slot: a client never sees a number go back. */
  const seen = new Map<string, number>();
  const key = (node: DataPlane, slot: Slot): string => `${node.name} ${slot.path}`;
  const turns = nodes.map(() => Array.from({ length: CLIENTS_OF_A_NODE }, () => 0));

  const isWrong = (what: string): void => {
    if (counted.wrong.length < TOLD_AT_MOST) counted.wrong.push(what);
  };

  const ask = async (node: DataPlane, host: string, target: string): Promise<Sent | undefined> => {
    const life = node.service;
    // Whoever takes a node away takes its connections with it.
    const isThere = (): boolean => node.isUp && node.service === life;
    try {
      const answer = await send(node.port, host, target, { signal: AbortSignal.timeout(NO_ANSWER_MS) });
      counted.requests++;
      if (answer.status === 200) return answer;
      if (isThere()) fail(counted, verdict(answer));
    } catch (error) {
      if (isThere()) fail(counted, `no answer: ${codeOf(error)}`);
    }
    return undefined;
  };

  const visit = async (node: DataPlane, slot: Slot): Promise<void> => {
    const answer = await ask(node, HOST, slot.path);
    if (answer === undefined) return;
    const number = Number(answer.body);
    const before = seen.get(key(node, slot)) ?? 0;
    if (!(number <= slot.attempted)) isWrong(`${key(node, slot)} is ${answer.body.slice(0, 80)}, which nobody wrote`);
    else if (number < before) isWrong(`${key(node, slot)} is ${number} after ${before}`);
    else seen.set(key(node, slot), number);
  };

  const running = nodes.flatMap((node, n) =>
    Array.from({ length: CLIENTS_OF_A_NODE }, async (_, client) => {
      const mine = slots.filter((_slot, s) => s % CLIENTS_OF_A_NODE === client);
      const theirs = calls.filter((_call, c) => c % CLIENTS_OF_A_NODE === client);
      while (!isOver) {
        for (const slot of mine) if (node.isUp) await visit(node, slot);
        for (const call of theirs) {
          const answer = node.isUp ? await ask(node, call.host, call.target) : undefined;
          if (answer && !call.isRight(answer)) isWrong(`${node.name} ${call.name}: ${answer.body.slice(0, 80)}`);
        }
        if (turns[n]?.[client] !== undefined) turns[n][client]++;
        await delay(pauseMs);
      }
    }),
  );

  return {
    counted,
    async turn() {
      const before = turns.map((each) => [...each]);
      // The turn that runs now began before.
      await until(
        () => turns.every((each, n) => each.every((count, c) => count > (before[n]?.[c] ?? 0) + 1)),
        'every client has asked',
      );
    },
    async untilInForce(node, timeoutMs = 60_000) {
      const begun = performance.now();
      const wanted = slots.map((slot) => slot.acknowledged);
      const missing = () => slots.filter((slot, n) => (seen.get(key(node, slot)) ?? 0) < (wanted[n] ?? 0));
      await until(() => missing().length === 0, `${node.name} shows what was acknowledged`, timeoutMs);
      return performance.now() - begun;
    },
    async stop() {
      isOver = true;
      await Promise.all(running);
    },
  };
}

function fail({ failures }: Counted, what: string): void {
  failures.set(what, (failures.get(what) ?? 0) + 1);
}

function codeOf(error: unknown): string {
  const { code, name } = error as NodeJS.ErrnoException;
  return code ?? name;
}

/** Clients that go on asking while a story changes what they ask. */
import { setTimeout as delay } from 'node:timers/promises';

/** Asks once, and throws what is wrong with the answer. */
export type Client = () => Promise<void>;

/** Waits until every client has asked once more from now on, and has its answer. */
export type Turn = () => Promise<void>;

/** A client's pause between two requests, so that many of them leave the machine to those who serve. */
const PAUSE_MS = 5;

/** Says enough. */
const TOLD_AT_MOST = 5;

/** Does `work` while the clients ask, each one request after another, before it and after it, too. What first went wrong for them. */
export async function underLoad(clients: readonly Client[], work: (turn: Turn) => Promise<void>): Promise<string[]> {
  const wrong: string[] = [];
  let isOver = false;
  const begun = clients.map(() => 0);
  const done = clients.map(() => 0);
  const running = clients.map(async (client, n) => {
    while (!isOver) {
      begun[n] = (begun[n] ?? 0) + 1;
      await client().catch((error: unknown) => wrong.push(`client ${n}: ${error}`));
      done[n] = begun[n];
      await delay(PAUSE_MS);
    }
  });
  const turn: Turn = async () => {
    const wanted = begun.map((count) => count + 1);
    while (done.some((count, n) => count < (wanted[n] ?? 0))) await delay(PAUSE_MS);
  };
  try {
    await turn();
    await work(turn);
    await turn();
  } finally {
    isOver = true;
    await Promise.all(running);
  }
  return wrong.slice(0, TOLD_AT_MOST);
}

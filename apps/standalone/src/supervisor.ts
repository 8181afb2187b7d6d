/** The children of a launcher: started one after the other, stopped in reverse, all of them when one fails. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Child, type ChildOptions, lastLines, startChild } from './child.js';

export interface Supervisor {
  start(options: ChildOptions): Child;
  /** Rejects when a child ends that nobody asked to end. */
  readonly failed: Promise<never>;
  /** Resolves when `url` answers 2xx; rejects when a child fails or the time is up. */
  untilReady(what: string, url: string, timeoutMs?: number): Promise<void>;
  stop(): Promise<void>;
  killAll(): void;
}

/** `started` hears of each process id. */
export function createSupervisor(started: (pid: number) => void): Supervisor {
  const children: Child[] = [];
  let isStopping = false;
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => undefined); // whoever waits hears of it; with nobody waiting it is no unhandled rejection

  return {
    failed,
    start(options) {
      if (isStopping) throw new Error(`The ${options.name} is not started any more.`);
      const child = startChild(options);
      children.push(child);
      started(child.pid);
      void child.ended.then((how) => {
        if (isStopping) return;
        fail(new Error(`The ${child.name} ended unexpectedly (${how}). The end of ${child.logFile}:\n\n${lastLines(child)}\n`));
      });
      return child;
    },
    async untilReady(what, url, timeoutMs = 60_000) {
      const until = Date.now() + timeoutMs;
      while (!(await Promise.race([isReady(url), failed]))) {
        if (Date.now() > until) throw new Error(`The ${what} is not ready after ${timeoutMs / 1000} s (${url}).`);
        await delay(25);
      }
    },
    async stop() {
      isStopping = true;
      for (const child of children.toReversed()) await child.stop();
    },
    killAll() {
      isStopping = true;
      for (const child of children) child.kill();
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false; // nobody listens yet
  }
}

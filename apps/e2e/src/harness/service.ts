/** A service as a process from its build output, with what it printed and how it ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export interface Service {
  readonly child: ChildProcess;
  /** Everything it wrote so far. */
  output(): string;
  /** Settles with the exit code when it is gone; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Sends a signal, SIGTERM by default, and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** Resolves when `url` answers 2xx. */
  untilReady(url: string, timeoutMs?: number): Promise<void>;
}

const APPS = fileURLToPath(new URL('../../../', import.meta.url));
const PRELOAD = new URL('../../../standalone/dist/end-with-parent.js', import.meta.url).href;

/**
 * `script` is a path under `apps`, such as `data-plane/dist/main.js`. Only PATH is inherited: each setting is the story's own.
 *
 * @param apps the folder, with a slash at its end; of this checkout unless said
 */
export function startService(script: string, environment: Record<string, string>, apps = APPS): Service {
  const child = spawn(process.execPath, ['--import', PRELOAD, `${apps}${script}`], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const output = (): string => Buffer.concat(chunks).toString('utf8');
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    child,
    output,
    ended,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
    async untilReady(url, timeoutMs = 30_000) {
      const until = Date.now() + timeoutMs;
      while (!(await answersOk(url))) {
        if (child.exitCode !== null || Date.now() > until) throw new Error(`${script} is not ready (${url}):\n${output()}`);
        await delay(25);
      }
    },
  };
}

async function answersOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

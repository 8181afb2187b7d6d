/** A service as a child process: its output goes to a file, its end is noticed, and it never outlives the launcher. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface ChildOptions {
  readonly name: string;
  /** Path of the compiled script. */
  readonly script: string;
  readonly args?: readonly string[];
  /** Options of Node itself. */
  readonly nodeArgs?: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly logFolder: string;
}

export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Settles when the process is gone, with how it ended. */
  readonly ended: Promise<string>;
  /** Settles when the child sends its first message over the channel. */
  readonly spoke: Promise<void>;
  /** Asks it to stop, insists after `graceMs`, and settles when it is gone. */
  stop(graceMs?: number): Promise<void>;
  kill(): void;
}

const PRELOAD = new URL('./end-with-parent.js', import.meta.url).href;

export function startChild({ name, script, args = [], nodeArgs = [], environment, logFolder }: ChildOptions): Child {
  const logFile = openLog(logFolder, name);
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(process.execPath, [...nodeArgs, '--import', PRELOAD, script, ...args], {
    env: environment,
    stdio: ['ignore', log, log, 'ipc'],
    // A process group of its own: Ctrl-C reaches the launcher only, which stops its children in order.
    detached: true,
    windowsHide: true,
  });
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    child.once('error', (error) => resolve(error.message));
  });
  return {
    name,
    pid: child.pid ?? 0,
    logFile,
    ended,
    spoke: new Promise((resolve) => child.once('message', () => resolve())),
    async stop(graceMs = 30_000) {
      child.kill('SIGTERM');
      const insist = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await ended;
      clearTimeout(insist);
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

/** The last lines that a child wrote, for the operator to read when it ended by itself. */
export function lastLines({ logFile }: Child, count = 20): string {
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
}

export function scriptOf(app: 'control-plane' | 'data-plane' | 'standalone', file: string): string {
  return fileURLToPath(new URL(`../../${app}/dist/${file}`, import.meta.url));
}

/** Keeps the log of the run before, so that a restart does not wipe what explains it. */
function openLog(folder: string, name: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${name}.log`);
  if (existsSync(file)) renameSync(file, `${file}.1`);
  return file;
}

/** Starts programs on a chosen core and ends them all when the benchmark ends. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { setTimeout as later } from 'node:timers/promises';
import { ENVIRONMENT } from './config.js';
import { processTree } from './proc.js';

export interface Program {
  /** taskset replaces itself by the program, so this is the program's own id. */
  pid: number;
  hasEnded: () => boolean;
  /** The last lines it wrote to standard error. */
  complaints: () => string;
  /** Settles when it and what it started are gone. */
  stop: () => Promise<void>;
}

export interface StartOptions {
  /** null: not pinned */
  core: number | null;
  cwd?: string;
  env?: Readonly<Record<string, string>>;
}

const running = new Set<Program>();
const clearings = new Set<() => Promise<void>>();
const GRACE_MS = 10_000;
const POLL_MS = 10;
const COMPLAINTS_CHARACTERS = 4000;

/** Standard output goes to /dev/null, as the method asks for logs; standard error is kept for complaints. */
export function start(command: string, args: readonly string[], { core, cwd, env }: StartOptions): Program {
  const [file, ...rest] = core === null ? [command, ...args] : ['taskset', '-c', String(core), command, ...args];
  const devNull = openSync('/dev/null', 'w');
  const child = spawn(file as string, rest, {
    cwd,
    env: { ...ENVIRONMENT, ...env },
    stdio: ['ignore', devNull, 'pipe'],
    detached: true, // a process group of its own: stopping reaches what it started, and Ctrl-C reaches us alone
  });
  closeSync(devNull);
  let complaints = '';
  child.on('error', (error) => {
    complaints += error.message;
  });
  child.stderr?.on('data', (text: Buffer) => {
    complaints = (complaints + text.toString()).slice(-COMPLAINTS_CHARACTERS);
  });
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
  const program: Program = {
    pid: child.pid ?? -1,
    hasEnded,
    complaints: () => complaints.trim(),
    stop: async () => {
      running.delete(program);
      if (child.pid !== undefined) await end(child);
    },
  };
  running.add(program);
  return program;
}

export async function stopAll(): Promise<void> {
  await Promise.all([...running].map((program) => program.stop()));
  for (const clear of clearings) await clear();
}

/** Runs `clear` once everything has stopped, also after Ctrl-C, unless the returned function was called before. */
export function clearAtEnd(clear: () => Promise<void>): () => void {
  clearings.add(clear);
  return () => clearings.delete(clear);
}

/** Moves a started program and everything below it to one core. */
export function pin(pid: number, core: number): void {
  for (const member of processTree(pid)) {
    execFileSync('taskset', ['-a', '-c', '-p', String(core), String(member)], { env: ENVIRONMENT, stdio: 'ignore' });
  }
}

/** Lets all others go first, for good: as if a started program ran on a machine of its own. */
export function standBack(pid: number): void {
  for (const member of processTree(pid))
    for (const thread of readdirSync(`/proc/${member}/task`)) setPriority(Number(thread), constants.priority.PRIORITY_LOW);
}

async function end(child: ChildProcess): Promise<void> {
  const killAt = Date.now() + GRACE_MS;
  signalGroup(child, 'SIGTERM');
  while (signalGroup(child, 0) && Date.now() < killAt) await later(POLL_MS);
  signalGroup(child, 'SIGKILL');
}

/** @returns whether anybody is left in the group */
function signalGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL' | 0): boolean {
  try {
    return process.kill(-(child.pid as number), signal);
  } catch {
    return false;
  }
}

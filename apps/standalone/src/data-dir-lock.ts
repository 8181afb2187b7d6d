/** One launcher per data folder: the lock names the launcher and the processes it started. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

interface Holder {
  readonly pid: number;
  /** When the process started, in the kernel's words; tells a process from a later one that got its number. Null where unknown. */
  readonly startedAt: string | null;
}

export interface DataDirLock {
  /** Adds a child, so that the next launcher knows whom to wait for should this one be killed. */
  add(pid: number): void;
  release(): void;
}

/** How long children of a killed launcher get to end by themselves; two databases on one folder would destroy it. */
const STRAGGLERS_END_MS = 20_000;

/** Takes the lock or throws an error whose message is for the operator. */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  const file = join(dataDir, 'lock');
  const [owner, ...children] = holdersIn(file);
  if (owner && isAlive(owner)) {
    throw new Error(
      `Another Causeway (process ${owner.pid}) runs on ${dataDir}: stop it, or set CAUSEWAY_DATA_DIR (and the ports) for a second one.`,
    );
  }
  await endOf(children);
  const holders = [holder(process.pid)];
  const write = (): void => {
    writeFileSync(`${file}.new`, JSON.stringify(holders), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  write();
  return {
    add(pid) {
      holders.push(holder(pid));
      write();
    },
    release: () => rmSync(file, { force: true }),
  };
}

function holdersIn(file: string): Holder[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder[];
  } catch {
    return []; // none yet, or cut off by a power loss: then nobody holds it
  }
}

async function endOf(children: readonly Holder[]): Promise<void> {
  const until = Date.now() + STRAGGLERS_END_MS;
  while (Date.now() < until) {
    if (!children.some(isAlive)) return;
    await delay(50);
  }
  for (const child of children.filter(isAlive)) process.kill(child.pid, 'SIGKILL');
}

function holder(pid: number): Holder {
  return { pid, startedAt: startOf(pid) };
}

function isAlive({ pid, startedAt }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return startOf(pid) === startedAt;
}

/** Field 22 of Linux' `/proc/<pid>/stat`; the second field is in parentheses and may itself hold blanks. Null for a zombie. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

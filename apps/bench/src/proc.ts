/** Reads what the kernel knows about processes and cores. */
import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts process times in ticks of 10 ms for every program that reads them (USER_HZ). */
const TICK_MICROSECONDS = 10_000;

/** User and system time of a process and all its descendants so far, in microseconds. */
export function cpuMicroseconds(pid: number): number {
  return processTree(pid).reduce((sum, one) => sum + parseStat(readStat(one)).cpuMicroseconds, 0);
}

/** The process and its descendants that are alive now. */
export function processTree(pid: number): number[] {
  const childrenOf = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const candidate = Number(name);
    if (!Number.isInteger(candidate)) continue;
    const stat = readStat(candidate);
    if (stat === '') continue;
    const { parent } = parseStat(stat);
    childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), candidate]);
  }
  const tree = [pid];
  for (const member of tree) tree.push(...(childrenOf.get(member) ?? []));
  return tree;
}

/** The command name may hold blanks and parentheses: fields are counted from the last `)`. */
export function parseStat(stat: string): { parent: number; cpuMicroseconds: number } {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { parent: Number(fields[1]), cpuMicroseconds: (Number(fields[11]) + Number(fields[12])) * TICK_MICROSECONDS || 0 };
}

/** Time that a core was not idle so far, in microseconds, whoever used it. */
export function coreBusyMicroseconds(core: number, stat = readFileSync('/proc/stat', 'utf8')): number {
  const line = stat.split('\n').find((text) => text.startsWith(`cpu${core} `)) ?? '';
  const [, user, nice, system, , , irq, softirq, steal] = line.split(' ').map(Number);
  return ([user, nice, system, irq, softirq, steal] as number[]).reduce((sum, ticks) => sum + ticks, 0) * TICK_MICROSECONDS;
}

/** Memory of one process that is in RAM now, in bytes. */
export function residentBytes(pid: number): number {
  const kibibytes = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kibibytes) * 1024;
}

/** The command line of a process, '' when it is gone. */
export function commandLine(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
}

function readStat(pid: number): string {
  return read(`/proc/${pid}/stat`);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // the process ended between being listed and being read
  }
}

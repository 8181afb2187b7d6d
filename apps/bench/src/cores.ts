/** Chooses the core of the contender and the core of the load. */
import { readFileSync } from 'node:fs';

export interface Cores {
  contender: number;
  load: number;
}

/** @returns two different cores that this process may use, or null on a machine with one */
export function chooseCores(status = readFileSync('/proc/self/status', 'utf8')): Cores | null {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? '';
  const cores = list.split(',').flatMap((range) => {
    const [first, last] = range.split('-').map(Number);
    if (first === undefined || Number.isNaN(first)) return [];
    return Array.from({ length: (last ?? first) - first + 1 }, (_, i) => first + i);
  });
  const load = cores[0];
  const contender = cores.at(-1);
  // the first core also takes most interrupts, so the load gets that one
  return load === undefined || contender === undefined || load === contender ? null : { contender, load };
}

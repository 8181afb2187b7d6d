/** The sums of a soak, and the table at its end. */
import type { Observed } from '../faults/kit/withstand.js';
import type { Sample } from './census.js';

export interface Tally {
  readonly observed: Observed[];
  readonly samples: Sample[];
}

/** Why the run failed; empty when it did not. */
export function problems({ observed }: Tally): string[] {
  return observed.flatMap(({ fault, wrong, failures }) => [
    ...wrong.map((what) => `wrong answer while ${fault}: ${what}`),
    ...Object.entries(failures).map(([what, count]) => `${count} failed while ${fault}: ${what}`),
  ]);
}

export function table({ observed, samples }: Tally): string {
  const sum = (of: (each: Observed) => number): number => observed.reduce((all, each) => all + of(each), 0);
  const together = (of: (each: Observed) => Record<string, number>): string => {
    const all = new Map<string, number>();
    for (const each of observed)
      for (const [what, count] of Object.entries(of(each))) all.set(what, (all.get(what) ?? 0) + count);
    return [...all].map(([what, count]) => `${count} x ${what}`).join(', ') || 'none';
  };
  const most = (of: (each: Observed) => number): number => Math.max(0, ...observed.map(of));
  return [
    `faults                ${observed.length}`,
    `requests              ${sum(({ requests }) => requests)}`,
    `failures by code      ${together(({ failures }) => failures)}`,
    `wrong answers         ${sum(({ wrong }) => wrong.length)}`,
    `edits acknowledged    ${sum(({ acknowledged }) => acknowledged)}`,
    `edits refused         ${together(({ refused }) => refused)}`,
    `slowest edit          ${most(({ slowestEditMs }) => slowestEditMs)} ms`,
    `slowest to converge   ${most(({ convergedMs }) => convergedMs)} ms after the end of a fault`,
    '',
    'memory (MiB), sockets and swaps of the process of the moment, by time',
    ...samples.map(({ seconds, parts }) =>
      [
        `${Math.round(seconds)} s`.padStart(7),
        ...parts.map(
          ({ name, rss, sockets, swaps }) =>
            `${name}: ${rss} MiB ${sockets} sockets${swaps === undefined ? '' : ` ${swaps} swaps`}`,
        ),
      ].join('  '),
    ),
  ].join('\n');
}

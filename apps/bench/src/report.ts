/** Writes the outcomes as a table for people. */
import type { Resources } from './causeway/stack.js';
import { SECTION_TITLES, type Section } from './contenders.js';
import type { Figures, Outcome } from './rounds.js';

const NAME_WIDTH = 56;
const COLUMNS = ['CPU µs/req', 'vs peer', 'req/s', 'vs peer', 'p50 ms', 'p99 ms', 'busy'];
const COLUMN_WIDTH = 11;

/** Below this share the contender waited for the load, above that one others were on its core: the reader must know. */
const BUSY_ENOUGH = 0.9;
const QUIET_ENOUGH = 0.05;

export function report(outcomes: readonly Outcome[], resources: Resources | null): string {
  const sections = [...new Set(outcomes.map(({ contender }) => contender.section))];
  const lines = sections.flatMap((section) => table(section, outcomes));
  if (resources !== null) lines.push(...resourceLines(resources));
  return lines.join('\n');
}

function table(section: Section, outcomes: readonly Outcome[]): string[] {
  const own = outcomes.filter(({ contender }) => contender.section === section);
  const peer = own.find(({ contender }) => contender.isPeer);
  return [
    SECTION_TITLES[section],
    ''.padEnd(NAME_WIDTH) + COLUMNS.map((name) => name.padStart(COLUMN_WIDTH)).join(''),
    ...own.map(({ contender, medians }) => {
      const name = `  ${contender.label}${contender.isPeer ? ' = peer' : ''}`.padEnd(NAME_WIDTH);
      return (
        name +
        cells(medians, peer?.medians ?? null)
          .map((cell) => cell.padStart(COLUMN_WIDTH))
          .join('')
      );
    }),
    ...own.flatMap(remarks),
    '',
  ];
}

function cells(own: Figures | null, peer: Figures | null): string[] {
  if (own === null) return COLUMNS.map(() => 'void');
  const ratio = (figure: keyof Figures) => (peer === null ? '' : `${(own[figure] / peer[figure]).toFixed(2)}×`);
  return [
    own.cpuPerRequestUs.toFixed(1),
    ratio('cpuPerRequestUs'),
    Math.round(own.requestsPerSecond).toLocaleString('en'),
    ratio('requestsPerSecond'),
    (own.p50Us / 1000).toFixed(2),
    (own.p99Us / 1000).toFixed(2),
    `${Math.round(own.busy * 100)}%`,
  ];
}

function remarks({ contender, medians, runs }: Outcome): string[] {
  const lines: string[] = [];
  const voided = runs.filter((run) => run.voidBecause !== null);
  if (voided.length > 0)
    lines.push(`  ! ${contender.name}: ${voided.length} of ${runs.length} runs void: ${voided[0]?.voidBecause}`);
  if (medians === null) return lines;
  if (medians.foreign > QUIET_ENOUGH) {
    lines.push(`  ! ${contender.name}: other programs used ${Math.round(medians.foreign * 100)}% of its core`);
  } else if (medians.busy < BUSY_ENOUGH) {
    lines.push(`  ! ${contender.name}: the load was the limit, so its rate is too low; its CPU time is right`);
  }
  return lines;
}

function resourceLines({ firstAnswerMs, restingDataPlaneBytes }: Resources): string[] {
  return [
    `Data plane at rest, example loaded: ${Math.round(restingDataPlaneBytes / 1e6)} MB RSS (target: under 120 MB)`,
    `npm start to the example's first answer: ${(firstAnswerMs / 1000).toFixed(1)} s (target: under 10 s)`,
    '',
  ];
}

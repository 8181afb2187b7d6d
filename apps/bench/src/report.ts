/** Writes the outcomes as a table for people. */
import type { Loading } from './bed.js';
import type { Resources } from './causeway/stack.js';
import { cpuDifference, pairedRatio } from './ratios.js';
import { allVerdicts, type Results } from './results.js';
import type { Figures, Outcome } from './rounds.js';
import { SECTION_TITLES, type Section } from './sections.js';
import { verdictLine } from './verdicts.js';

const NAME_WIDTH = 56;
const COLUMNS = ['CPU µs/req', 'vs peer', 'more µs', 'req/s', 'vs peer', 'p50 ms', 'p99 ms', 'busy'];
const COLUMN_WIDTH = 11;

/** Below this share the contender waited for the load, above that one others were on its core: the reader must know. */
const BUSY_ENOUGH = 0.9;
const QUIET_ENOUGH = 0.05;

export function report(results: Results): string {
  const { outcomes, skipped, findings, loading, resources } = results;
  const sections = [...new Set(outcomes.map(({ contender }) => contender.section))];
  const verdicts = allVerdicts(results);
  return [
    ...sections.flatMap((section) => [...table(section, outcomes), '']),
    ...Object.entries(loading).map((one) => loadingLine(...one)),
    ...skipped.map(({ name, because }) => `SKIPPED ${name}: ${because}`),
    '',
    ...findings.flatMap(({ section, lines }) => [SECTION_TITLES[section], ...lines, '']),
    ...(resources === null ? [] : [...resourceLines(resources), '']),
    ...(verdicts.length === 0 ? [] : ['Targets', ...verdicts.map(verdictLine), '']),
  ]
    .filter((line, at, all) => line !== '' || all[at - 1] !== '')
    .join('\n');
}

function table(section: Section, outcomes: readonly Outcome[]): string[] {
  const own = outcomes.filter(({ contender }) => contender.section === section);
  const peer = own.find(({ contender }) => contender.isPeer);
  return [
    SECTION_TITLES[section],
    ''.padEnd(NAME_WIDTH) + COLUMNS.map((name) => name.padStart(COLUMN_WIDTH)).join(''),
    ...own.map((outcome) => {
      const { label, isPeer } = outcome.contender;
      const name = `  ${label}${isPeer ? ' = peer' : ''}`.padEnd(NAME_WIDTH);
      return (
        name +
        cells(outcome, peer)
          .map((cell) => cell.padStart(COLUMN_WIDTH))
          .join('')
      );
    }),
    ...own.flatMap(remarks),
  ];
}

function cells({ medians: own, runs }: Outcome, peer: Outcome | undefined): string[] {
  if (own === null) return COLUMNS.map(() => 'void');
  const moreUs = peer === undefined ? null : cpuDifference(runs, peer.runs);
  const ratio = (figure: keyof Figures) => {
    const value = peer === undefined ? null : pairedRatio(runs, peer.runs, figure);
    return value === null ? '' : `${value.toFixed(2)}×`;
  };
  return [
    own.cpuPerRequestUs.toFixed(1),
    ratio('cpuPerRequestUs'),
    moreUs === null ? '' : moreUs.toFixed(1),
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

function loadingLine(server: string, { firstAnswerMs, residentBytes }: Loading): string {
  return `  ${server}: ${(firstAnswerMs / 1000).toFixed(1)} s from start to first answer, ${Math.round(residentBytes / 1e6)} MB RSS at rest`;
}

function resourceLines({ firstAnswerMs, restingDataPlaneBytes }: Resources): string[] {
  return [
    `Data plane at rest, example loaded: ${Math.round(restingDataPlaneBytes / 1e6)} MB RSS`,
    `npm start to the example's first answer: ${(firstAnswerMs / 1000).toFixed(1)} s`,
  ];
}

/** Targets, and whether they are met. */
import type { Resources } from './causeway/stack.js';
import { cpuDifference, cpuRatio } from './ratios.js';
import type { Outcome } from './rounds.js';

export interface Verdict {
  /** What was measured, with its unit. */
  what: string;
  /** null: nothing that counts was measured. */
  value: number | null;
  /** The target: at most, or less than, this. */
  most: number;
  met: boolean;
}

/** @param value null when nothing that counts was measured: then the target is not met */
export function atMost(what: string, value: number | null, most: number): Verdict {
  return { what, value, most, met: value !== null && value <= most };
}

/** Those of the contenders that have a target. */
export function verdictsOf(outcomes: readonly Outcome[]): Verdict[] {
  return outcomes.flatMap(({ contender, runs }) => {
    const { name, mostCpuOfPeer, mostMoreThanPeerUs } = contender;
    if (mostCpuOfPeer === null && mostMoreThanPeerUs === null) return [];
    const peer = outcomes.find((one) => one.contender.section === contender.section && one.contender.isPeer);
    if (peer === undefined) return []; // the peer was left out with --only
    const more = `${name}: µs of CPU per request more than ${peer.contender.name}`;
    const over = `${name}: CPU per request over that of ${peer.contender.name}`;
    return [
      ...(mostCpuOfPeer === null ? [] : [atMost(over, cpuRatio(runs, peer.runs), mostCpuOfPeer)]),
      ...(mostMoreThanPeerUs === null ? [] : [atMost(more, cpuDifference(runs, peer.runs), mostMoreThanPeerUs)]),
    ];
  });
}

export function verdictsOfResources({ firstAnswerMs, restingDataPlaneBytes }: Resources): Verdict[] {
  return [
    atMost('data plane at rest, example loaded: MB of RSS', restingDataPlaneBytes / 1e6, 120),
    atMost("npm start to the example's first answer: seconds", firstAnswerMs / 1000, 10),
  ];
}

/** One line for people. */
export function verdictLine({ what, value, most, met }: Verdict): string {
  const measured = value === null ? 'void' : value.toFixed(2);
  return `  ${met ? 'met    ' : 'NOT met'}  ${what}: ${measured} (target: at most ${most})`;
}

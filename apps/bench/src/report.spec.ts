import { describe, expect, it } from '@jest/globals';
import { CONTENDERS } from './contenders.js';
import { report } from './report.js';
import type { Results } from './results.js';
import { medians, type Outcome } from './rounds.js';
import { aRun } from './testing/a-run.js';
import { atMost } from './verdicts.js';

const main = CONTENDERS.filter(({ section }) => section === 'main');
const outcomes = main.map((contender, i): Outcome => {
  const runs = [aRun({ cpuPerRequestUs: contender.isPeer ? 50 : 40 + i * 100, foreign: i === 1 ? 0.3 : 0 })];
  return { contender, runs, medians: medians(runs) };
});
const nothing: Results = { outcomes: [], skipped: [], findings: [], loading: {}, resources: null };

describe('report', () => {
  it('divides every figure by that of the named peer', () => {
    const lines = report({ ...nothing, outcomes }).split('\n');
    expect(lines.find((line) => line.includes('in process'))).toMatch(
      / 40\.0 +0\.80× +-10\.0 +20,000 +1\.00× +3\.00 +6\.00 +100%$/,
    );
    expect(lines.find((line) => line.includes('stand-in'))).toMatch(/= peer +50\.0 +1\.00×/);
  });

  it('says when the machine was not quiet, and which runs are void', () => {
    expect(report({ ...nothing, outcomes })).toContain('! causeway-main-wire: other programs used 30% of its core');
    const runs = [aRun({ voidBecause: '3 answers of 4xx or 5xx' })];
    const [first] = outcomes as [Outcome];
    const text = report({ ...nothing, outcomes: [{ ...first, runs, medians: null }] });
    expect(text).toContain('1 of 1 runs void: 3 answers of 4xx or 5xx');
  });

  it('says of each target whether it is met', () => {
    const [first, , peer] = outcomes as [Outcome, Outcome, Outcome];
    const dear = { ...first, runs: [aRun({ cpuPerRequestUs: 46 })] };
    const verdicts = [atMost('growth of RSS in MB', 12, 64), atMost('growth of RSS in MB', 65, 64)];
    const findings = [{ section: 'bodies' as const, lines: [], figures: {}, verdicts }];
    const resources = { firstAnswerMs: 4321, restingDataPlaneBytes: 130_000_000 };
    expect(report({ ...nothing, outcomes: [first, peer], findings, resources }).split('\nTargets\n')[1]).toBe(
      [
        '  met      causeway-main: CPU per request over that of nginx-lua-main: 0.80 (target: at most 0.9)',
        '  met      growth of RSS in MB: 12.00 (target: at most 64)',
        '  NOT met  growth of RSS in MB: 65.00 (target: at most 64)',
        '  NOT met  data plane at rest, example loaded: MB of RSS: 130.00 (target: at most 120)',
        "  met      npm start to the example's first answer: seconds: 4.32 (target: at most 10)",
        '',
      ].join('\n'),
    );
    expect(report({ ...nothing, outcomes: [dear, peer] })).toContain('NOT met  causeway-main: CPU');
  });

  it('holds a target of which nothing counts for not met', () => {
    const [first, , peer] = outcomes as [Outcome, Outcome, Outcome];
    const runs = [aRun({ voidBecause: 'no answers' })];
    expect(report({ ...nothing, outcomes: [{ ...first, runs, medians: null }, peer] })).toContain('nginx-lua-main: void');
  });

  it('names what was skipped, and what stores cost to load', () => {
    const text = report({
      ...nothing,
      skipped: [{ name: 'auth-redis-nonces', because: 'no Redis' }],
      loading: { 'store-10': { firstAnswerMs: 1234, residentBytes: 90_000_000 } },
    });
    expect(text).toContain('SKIPPED auth-redis-nonces: no Redis');
    expect(text).toContain('store-10: 1.2 s from start to first answer, 90 MB RSS at rest');
  });
});

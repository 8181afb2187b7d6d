import { describe, expect, it } from '@jest/globals';
import { CONTENDERS } from './contenders.js';
import { report } from './report.js';
import { median, medians } from './rounds.js';
import type { Run } from './run.js';

function aRun(figures: Partial<Run>): Run {
  return {
    requests: 1000,
    cpuPerRequestUs: 50,
    requestsPerSecond: 20_000,
    p50Us: 3000,
    p99Us: 6000,
    busy: 1,
    foreign: 0,
    voidBecause: null,
    ...figures,
  };
}

describe('medians', () => {
  it('take the middle, or the mean of the two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 9, 2])).toBe(3);
  });

  it('leave void runs out', () => {
    const runs = [aRun({ cpuPerRequestUs: 40 }), aRun({ cpuPerRequestUs: 1, voidBecause: '3 answers of 4xx or 5xx' })];
    expect(medians(runs)?.cpuPerRequestUs).toBe(40);
    expect(medians(runs.slice(1))).toBeNull();
  });
});

describe('report', () => {
  const main = CONTENDERS.filter(({ section }) => section === 'main');
  const outcomes = main.map((contender, i) => {
    const runs = [aRun({ cpuPerRequestUs: contender.isPeer ? 50 : 40 + i * 100, foreign: i === 1 ? 0.3 : 0 })];
    return { contender, runs, medians: medians(runs) };
  });

  it('divides every figure by that of the named peer', () => {
    const lines = report(outcomes, null).split('\n');
    expect(lines.find((line) => line.includes('in process'))).toMatch(/ 40\.0 +0\.80× +20,000 +1\.00× +3\.00 +6\.00 +100%$/);
    expect(lines.find((line) => line.includes('stand-in'))).toMatch(/= peer +50\.0 +1\.00×/);
  });

  it('says when the machine was not quiet, and which runs are void', () => {
    expect(report(outcomes, null)).toContain('! causeway-main-wire: other programs used 30% of its core');
    const runs = [aRun({ voidBecause: '3 answers of 4xx or 5xx' })];
    const [contender] = main as [(typeof main)[0]];
    expect(report([{ contender, runs, medians: null }], null)).toContain('1 of 1 runs void: 3 answers of 4xx or 5xx');
  });

  it('shows memory and time to the first answer beside their targets', () => {
    const text = report([], { firstAnswerMs: 4321, restingDataPlaneBytes: 98_000_000 });
    expect(text).toContain('98 MB RSS (target: under 120 MB)');
    expect(text).toContain('4.3 s (target: under 10 s)');
  });
});

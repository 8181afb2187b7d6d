import { describe, expect, it } from '@jest/globals';
import { pairedRatio } from './ratios.js';
import { median, medians } from './rounds.js';
import { aRun } from './testing/a-run.js';

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

describe('a ratio', () => {
  const cpu = (...figures: number[]) => figures.map((cpuPerRequestUs) => aRun({ cpuPerRequestUs }));

  it('compares runs of the same round, so that a slow round of the whole machine changes nothing', () => {
    expect(pairedRatio(cpu(40, 80, 41), cpu(50, 100, 50), 'cpuPerRequestUs')).toBe(0.8);
  });

  it('leaves out rounds that are void on either side', () => {
    const own = [...cpu(40), aRun({ cpuPerRequestUs: 1, voidBecause: 'no answers' }), ...cpu(42)];
    expect(pairedRatio(own, cpu(50, 50, 50), 'cpuPerRequestUs')).toBeCloseTo(0.82);
    expect(pairedRatio(own.slice(1, 2), cpu(50), 'cpuPerRequestUs')).toBeNull();
  });
});

/** When a circuit breaker opens, is tried and closes (plugins, section 5.12). */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Breaker, type BreakerSettings, type Entry, type Outcome } from './breaker.js';

const settings: BreakerSettings = { threshold: 3, windowSeconds: 10, openSeconds: 15 };
const START_MS = 50_000;

function make() {
  const breaker = new Breaker();
  const clock = { nowMs: START_MS };
  const enter = () => breaker.enter(clock.nowMs);
  const settle = (entry: Entry, outcome: Outcome) => breaker.settle(entry, outcome, settings, clock.nowMs);
  const call = (outcome: Outcome) => {
    const entry = enter();
    if (entry === 'call' || entry === 'probe') settle(entry, outcome);
    return entry;
  };
  return { breaker, clock, enter, settle, call };
}

describe('a breaker', () => {
  it('opens at the threshold, and lets nothing pass until its time is over', () => {
    const { breaker, clock, call } = make();
    expect([call('failed'), call('succeeded'), call('failed'), call('none'), breaker.state]).toEqual([
      ...Array(4).fill('call'),
      'closed',
    ]);
    expect([call('failed'), call('succeeded'), breaker.state]).toEqual(['call', 'open', 'open']);
    clock.nowMs += 14_999;
    expect(call('succeeded')).toBe('open');
    clock.nowMs += 1;
    expect(call('succeeded')).toBe('probe');
  });

  it('forgets failures that are older than its window', () => {
    const { breaker, clock, call } = make();
    call('failed');
    call('failed');
    clock.nowMs += 10_000;
    call('failed');
    call('failed');
    expect(breaker.state).toBe('closed');
    clock.nowMs += 9000;
    call('failed');
    expect(breaker.state).toBe('open');
  });

  it('is tried by five at a time, and closes when five went well', () => {
    const { breaker, clock, enter, settle, call } = make();
    for (let n = 0; n < 3; n++) call('failed');
    clock.nowMs += 15_000;
    const probes = Array.from({ length: 7 }, enter);
    expect(probes).toEqual([...Array(5).fill('probe'), 'busy', 'busy']);
    for (let n = 0; n < 4; n++) settle('probe', 'succeeded');
    settle('probe', 'none');
    expect([breaker.state, enter()]).toEqual(['half-open', 'probe']);
    settle('probe', 'succeeded');
    expect([breaker.state, enter()]).toEqual(['closed', 'call']);
    call('failed');
    call('failed');
    expect(breaker.state).toBe('closed');
  });

  it('opens again at the first trial that fails', () => {
    const { breaker, clock, enter, settle, call } = make();
    for (let n = 0; n < 3; n++) call('failed');
    clock.nowMs += 15_000;
    const probes = [enter(), enter()];
    settle('probe', 'failed');
    expect([probes, breaker.state, enter()]).toEqual([['probe', 'probe'], 'open', 'open']);
    settle('probe', 'succeeded');
    expect(breaker.state).toBe('open');
    clock.nowMs += 15_000;
    expect(Array.from({ length: 6 }, enter)).toEqual([...Array(5).fill('probe'), 'busy']);
  });

  it('never has more than five trials under way, and none is lost', () => {
    const step = fc.record({
      waitMs: fc.integer({ min: 0, max: 6000 }),
      settleFirst: fc.boolean(),
      outcome: fc.constantFrom<Outcome>('succeeded', 'failed', 'none'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const { clock, enter, settle } = make();
        const running: Entry[] = [];
        for (const { waitMs, settleFirst, outcome } of steps) {
          clock.nowMs += waitMs;
          const first = settleFirst ? running.shift() : undefined;
          if (first !== undefined) settle(first, outcome);
          const entry = enter();
          if (entry === 'call' || entry === 'probe') running.push(entry);
          const probes = running.filter((each) => each === 'probe').length;
          expect(probes).toBeLessThanOrEqual(5);
          expect(entry !== 'busy' || probes === 5).toBe(true);
        }
      }),
    );
  });
});

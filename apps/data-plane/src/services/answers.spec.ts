/** The store of kept answers never holds more than it may, and gives nothing after its time. */
import type { StoredAnswer } from '@causeway/plugins';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Answers } from './answers.js';

const CAPACITY = 10_000;

function make() {
  const clock = { nowMs: 5000 };
  const answers = new Answers(CAPACITY, () => clock.nowMs);
  const stored = (bytes: number, ms: number): StoredAnswer => ({
    status: 200,
    headers: ['A', 'b'],
    body: Buffer.alloc(bytes),
    storedAtMs: clock.nowMs,
    untilMs: clock.nowMs + ms,
  });
  return { answers, clock, stored };
}

describe('the store', () => {
  it('agrees with a plain map, as far as there is room', () => {
    const step = fc.record({ key: fc.nat(12), bytes: fc.nat(3000), ms: fc.integer({ min: 1, max: 4000 }), waitMs: fc.nat(1500) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { answers, clock, stored } = make();
        const model = new Map<string, StoredAnswer>();
        for (const { key, bytes, ms, waitMs } of steps) {
          clock.nowMs += waitMs;
          const made = stored(bytes, ms);
          answers.put(`k${key}`, made);
          model.set(`k${key}`, made);
          expect(answers.bytes).toBeLessThanOrEqual(CAPACITY);
          for (const [name, expected] of model) {
            const got = answers.get(name);
            if (expected.untilMs <= clock.nowMs) expect(got).toBeNull();
            else if (got !== null) expect(got).toBe(expected);
          }
        }
        clock.nowMs += 10_000;
        for (const name of model.keys()) answers.get(name);
        expect([answers.bytes, answers.size]).toEqual([0, 0]);
      }),
    );
  });

  it('keeps what it has when it is full, until that is over', () => {
    const { answers, clock, stored } = make();
    answers.put('a', stored(9000, 2000));
    answers.put('b', stored(9000, 60_000));
    expect([answers.get('a') !== null, answers.get('b')]).toEqual([true, null]);
    clock.nowMs += 2000;
    answers.put('b', stored(9000, 60_000));
    expect(answers.get('b')).not.toBeNull();
  });

  it('lets one ask for all, once', async () => {
    const { answers, stored } = make();
    const [first, second, other] = [answers.join('a'), answers.join('a'), answers.join('b')];
    expect([first.leader, second.leader, other.leader]).toEqual([true, false, true]);
    const made = stored(1, 1000);
    if (first.leader) first.land(made);
    if (!second.leader) expect(await second.landing).toBe(made);
    expect(answers.join('a').leader).toBe(true);
  });
});

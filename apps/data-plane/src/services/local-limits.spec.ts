/** Counters of one process (plugins, section 5.1). */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LocalLimits } from './local-limits.js';

const MINUTE_MS = 60_000;
const START_MS = 1_700_000_040_000;

function make(max?: number) {
  const clock = { nowMs: START_MS, upMs: 0 };
  const limits = new LocalLimits({ now: () => clock.nowMs, monotonic: () => clock.upMs }, max);
  /** As time does, which both clocks follow. */
  const pass = (ms: number) => {
    clock.nowMs += ms;
    clock.upMs += ms;
  };
  const take = (key: string, limit: number, share?: number) => limits.take([{ key, limit, windowMs: MINUTE_MS }], share);
  return { clock, limits, take, pass };
}

describe('a counter', () => {
  it('has room for its limit in each window, which are those of UTC', () => {
    const { clock, take, pass } = make();
    clock.nowMs = Math.floor(START_MS / MINUTE_MS) * MINUTE_MS + 59_000;
    expect([take('k', 2), take('k', 2), take('k', 2)]).toEqual([null, null, { at: 0, retryAfterMs: 1000 }]);
    pass(1000);
    expect([take('k', 2), take('other', 1)]).toEqual([null, null]);
  });

  it.each([-60, 60])('neither ends sooner nor later by a clock that is set by %d minutes', (minutes) => {
    const { clock, take, pass } = make();
    pass(20_000);
    const leftMs = MINUTE_MS - (clock.nowMs % MINUTE_MS);
    expect([take('k', 1), take('k', 1)]).toEqual([null, { at: 0, retryAfterMs: leftMs }]);
    clock.nowMs += minutes * MINUTE_MS;
    expect(take('k', 1)).toEqual({ at: 0, retryAfterMs: leftMs });
    pass(leftMs);
    expect([take('k', 1), take('k', 1)]).toEqual([null, { at: 0, retryAfterMs: MINUTE_MS }]);
  });

  it('may be a part of the limit, at least one', () => {
    const { take } = make();
    expect([take('a', 5, 1 / 2), take('a', 5, 1 / 2), take('a', 5, 1 / 2)]).toMatchObject([null, null, { at: 0 }]);
    expect([take('b', 1, 1 / 3), take('b', 1, 1 / 3)]).toMatchObject([null, { at: 0 }]);
  });

  it('is charged with all the others of a request, or not at all', () => {
    const step = fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), limit: fc.integer({ min: 1, max: 6 }) }), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { limits } = make();
        const model = new Map<string, number>();
        for (const asked of steps) {
          const counted = [...new Map(asked.map((each) => [each.key, { ...each, windowMs: MINUTE_MS }])).values()];
          const full = counted.findIndex(({ key, limit }) => (model.get(key) ?? 0) >= limit);
          expect(limits.take(counted)?.at ?? -1).toBe(full);
          if (full < 0) for (const { key } of counted) model.set(key, (model.get(key) ?? 0) + 1);
        }
      }),
    );
  });

  it('is forgotten, the oldest first, when there are too many', () => {
    const { limits, take } = make(3);
    for (const key of ['a', 'b', 'c', 'd']) take(key, 1);
    expect(limits.size).toBe(3);
    expect([take('b', 1), take('c', 1), take('d', 1)]).toMatchObject([{ at: 0 }, { at: 0 }, { at: 0 }]);
    expect(take('a', 1)).toBeNull();
  });
});

describe('a queue', () => {
  it('lets nobody go before the time is over', async () => {
    const { limits } = make();
    const early = await Promise.all(
      Array.from({ length: 200 }, async (_, n) => {
        await new Promise((resolve) => setTimeout(resolve, n / 10));
        const [ms, startMs] = [5 + n / 200, performance.now()];
        await limits.wait('k', ms, 1000);
        return Math.max(0, ms - (performance.now() - startMs));
      }),
    );
    expect(early.filter((eachMs) => eachMs > 0)).toEqual([]);
  });

  it('takes so many, and as many again when their time is over', async () => {
    const { limits } = make();
    const turns = [limits.wait('k', 5, 2), limits.wait('k', 5, 2)];
    expect([limits.wait('k', 5, 2), limits.wait('other', 5, 2) === null]).toEqual([null, false]);
    await Promise.all(turns);
    expect(limits.wait('k', 5, 2)).not.toBeNull();
  });
});

/** The local store forgets nothing before its time, and never grows past its capacity. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LocalNonces } from './local-nonces.js';
import { NonceCounters } from './nonce-counters.js';

const MINUTE_MS = 60_000;
const START_MS = 1_700_000_000_000;

function createStore(capacity = 1000) {
  const clock = { nowMs: START_MS };
  const counters = new NonceCounters();
  const store = new LocalNonces(counters, capacity, () => clock.nowMs);
  const use = (nonce: string, { key = 'K', minutes = 15, forced = false } = {}) =>
    store.use(key, nonce, clock.nowMs + minutes * MINUTE_MS, forced);
  return { clock, counters, store, use };
}

describe('a nonce', () => {
  it('passes once', () => {
    const { use } = createStore();
    expect([use('n'), use('n'), use('n')]).toEqual(['fresh', 'used', 'used']);
  });

  it('belongs to its AppKey', () => {
    const { use } = createStore();
    expect([use('n', { key: 'A' }), use('n', { key: 'B' }), use('n', { key: 'A' })]).toEqual(['fresh', 'fresh', 'used']);
  });

  it('is not mistaken when key and nonce are cut at another place', () => {
    const { use } = createStore();
    expect([use('bc', { key: 'a' }), use('c', { key: 'ab' })]).toEqual(['fresh', 'fresh']);
  });

  it('is the same whether the API insists on it or not', () => {
    const { use } = createStore();
    expect([use('n', { forced: true }), use('n', { forced: false })]).toEqual(['fresh', 'used']);
    expect([use('m', { forced: false }), use('m', { forced: true })]).toEqual(['fresh', 'used']);
  });

  it('is remembered until its time, and forgotten within the minute after it', () => {
    const { use, clock } = createStore();
    use('n');
    clock.nowMs = START_MS + 15 * MINUTE_MS;
    expect(use('n')).toBe('used');
    clock.nowMs += MINUTE_MS;
    expect(use('n')).toBe('fresh');
  });
});

it('keeps what is to be kept for years in few tables, until its time at least', () => {
  const { use, store, clock } = createStore(100_000);
  const years = fc.integer({ min: 15, max: 10 * 366 * 24 * 60 });
  const kept = fc.sample(years, { numRuns: 5000, seed: 1 }).map((minutes, n) => ({ nonce: `n${n}`, minutes }));
  for (const { nonce, minutes } of kept) expect(use(nonce, { minutes, forced: true })).toBe('fresh');
  // A table of its own for each minute would take 3 KB for each of them.
  expect(store.bytes).toBeLessThan(2_000_000);
  for (const part of [0.2, 0.7, 1]) {
    clock.nowMs = START_MS + Math.floor(part * 60 * 24 * 365) * MINUTE_MS;
    const due = kept.filter(({ minutes }) => START_MS + minutes * MINUTE_MS >= clock.nowMs).slice(0, 500);
    expect(due.filter(({ nonce }) => use(nonce, { forced: true }) !== 'used')).toEqual([]);
  }
  clock.nowMs = START_MS + 12 * 366 * 24 * 60 * MINUTE_MS;
  expect(use('n0', { forced: true })).toBe('fresh');
});

describe('a full store', () => {
  it('says so to an API that insists on nonces, and forgets the oldest minute for the others', () => {
    const { use, clock, counters } = createStore(4);
    use('old-1');
    use('old-2');
    clock.nowMs += MINUTE_MS;
    use('new-1');
    use('new-2');
    expect(use('forced', { forced: true })).toBe('unavailable');
    expect(use('new-1', { forced: true })).toBe('used');
    expect(use('new-3')).toBe('fresh');
    expect([use('new-1'), use('new-2'), use('new-3')]).toEqual(['used', 'used', 'used']);
    expect(use('old-1')).toBe('fresh');
    expect(counters).toMatchObject({ unavailable: 1, forgotten: 2 });
  });

  it('never forgets a forced nonce for an unforced one', () => {
    const { use, counters } = createStore(2);
    use('forced-1', { forced: true });
    use('forced-2', { forced: true });
    expect([use('other-1'), use('other-2')]).toEqual(['fresh', 'fresh']);
    expect([use('forced-1'), use('forced-2')]).toEqual(['used', 'used']);
    expect(counters.forgotten).toBe(2);
  });

  it('has room again when a minute is over', () => {
    const { use, clock } = createStore(1);
    use('n', { forced: true });
    expect(use('m', { forced: true })).toBe('unavailable');
    clock.nowMs += 16 * MINUTE_MS;
    expect(use('m', { forced: true })).toBe('fresh');
  });
});

it('agrees with a plain map of nonces and their minutes, whatever comes', () => {
  const step = fc.record({
    waitMs: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 5 * MINUTE_MS })),
    nonce: fc.integer({ min: 0, max: 300 }),
    minutes: fc.integer({ min: 15, max: 30 }),
    forced: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 1500, size: 'max' }), (steps) => {
      const { use, clock } = createStore();
      const model = new Map<number, number>();
      for (const { waitMs, nonce, minutes, forced } of steps) {
        clock.nowMs += waitMs;
        const known = (model.get(nonce) ?? 0) >= Math.floor(clock.nowMs / MINUTE_MS);
        if (!known) model.set(nonce, Math.floor((clock.nowMs + minutes * MINUTE_MS) / MINUTE_MS));
        expect(use(`n${nonce}`, { minutes, forced })).toBe(known ? 'used' : 'fresh');
      }
    }),
    { numRuns: 60 },
  );
});

it('finds each of 200,000 nonces again while its tables grow, in at most 48 bytes each', () => {
  const { use, store } = createStore(200_000);
  for (let n = 0; n < 200_000; n++) {
    if (use(`n${n}`) !== 'fresh') throw new Error(`nonce ${n} came once and is called used`);
    if (n % 5000 === 0 && n > 1000) expect(store.bytes).toBeLessThanOrEqual(n * 48);
  }
  for (let n = 0; n < 200_000; n++) if (use(`n${n}`) !== 'used') throw new Error(`nonce ${n} came twice and passed`);
});

it('stays within its memory under a flood of any length', () => {
  const { use, store, clock } = createStore(10_000);
  for (let n = 0; n < 60_000; n++) {
    if (n % 3000 === 0) clock.nowMs += MINUTE_MS;
    use(`n${n}`, { minutes: 15 + (n % 15) });
  }
  expect(store.bytes).toBeLessThan(10_000 * 48);
});

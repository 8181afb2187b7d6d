/** Times as JSON numbers. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { durationPrinter, timePrinter } from './print-ms.js';

const printMs = durationPrinter('');
const printTime = timePrinter('');

describe('a duration', () => {
  it('is printed as the number that it is, to the thousandth', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (duration) => {
        const text = printMs(duration);
        expect(text).toMatch(/^(?:0|[1-9][0-9]*)(?:\.[0-9]{3})?$/);
        expect(Number(text)).toBe(Math.round(duration * 1000) / 1000);
      }),
      { numRuns: 2000 },
    );
  });

  it('stands behind what comes before it, kept or not', () => {
    const print = durationPrinter(',"a":');
    for (const duration of [0, 1.5, 1.5, 5000.25, 5000.25]) expect(print(duration)).toBe(`,"a":${printMs(duration)}`);
  });

  it('has its zeros behind the point', () => {
    expect([0, 0.0004, 0.001, 1.02, 12.3, 45].map(printMs)).toEqual(['0', '0', '0.001', '1.020', '12.300', '45']);
  });

  it('is 0 when the clock went back, or is no number', () => {
    expect([-1, Number.NaN, -0].map(printMs)).toEqual(['0', '0', '0']);
  });
});

describe('a time', () => {
  it('is printed as the number that it is, in whole ms, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1e12, max: 4e12, noNaN: true }), { minLength: 1, maxLength: 5 }), (times) => {
        for (const time of times) expect(printTime(time)).toBe(String(Math.round(time)));
      }),
      { numRuns: 1000 },
    );
  });

  it('is right around the turn of a second', () => {
    const times = [1_700_000_000_999.4, 1_700_000_000_999.5, 1_700_000_001_000, 1_700_000_000_001];
    expect(times.map(printTime)).toEqual(['1700000000999', '1700000001000', '1700000001000', '1700000000001']);
  });
});

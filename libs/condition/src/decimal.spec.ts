/** Numbers are compared exactly. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareDecimals, type Decimal, decimalText, parseDecimal } from './decimal.js';

const decimal = (text: string) => parseDecimal(text) as Decimal;

describe('a decimal', () => {
  it.each(['', '-', '+1', '.5', '1.', '1e3', ' 1', '1 ', '0x1', '1_000', '１', '--1', '1.2.3', 'Infinity', '1\n'])(
    'is not %j',
    (text) => {
      expect(parseDecimal(text)).toBeNull();
    },
  );

  it.each([
    ['0', '-0.000', 0],
    ['00000000000000000000', '-0.0000000000000000000', 0],
    ['9007199254740993', '9007199254740992', 1],
    ['0.1', '0.1000000000000000055511151231257827', -1],
    ['-12345678901234567890', '-12345678901234567891', 1],
    ['12345678901234567890.10', '12345678901234567890.1', 0],
    ['0000000000000000000002', '1.9999999999999999999', 1],
  ])('%s against %s: %j', (a, b, expected) => {
    expect(Math.sign(compareDecimals(decimal(a), decimal(b))) + 0).toBe(expected);
    expect(Math.sign(compareDecimals(decimal(b), decimal(a))) + 0).toBe(0 - expected);
  });

  it('orders numbers too large for a double', () => {
    expect(compareDecimals(Infinity, decimal('9'.repeat(400)))).toBeGreaterThan(0);
    expect(compareDecimals(decimal('9'.repeat(400)), -Infinity)).toBeGreaterThan(0);
  });

  it.each([
    [0, '0'],
    [-0, '0'],
    [1e21, '1000000000000000000000'],
    [1.5e-7, '0.00000015'],
    [-1.25e30, '-1250000000000000000000000000000'],
    [88121, '88121'],
  ])('is written plainly: %j as %s', (value, text) => {
    expect(decimalText(value)).toBe(text);
  });

  it('reads back as the number it was written from', () => {
    const numbers = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(
        numbers,
        (value) => Number(decimalText(value)) === value && compareDecimals(decimal(decimalText(value)), value) === 0,
      ),
    );
    fc.assert(
      fc.property(
        numbers,
        numbers,
        (a, b) => Math.sign(compareDecimals(decimal(decimalText(a)), b)) === (a < b ? -1 : a > b ? 1 : 0),
      ),
    );
  });
});

/** Exact decimal numbers, cheap when they are short. */
// hot

/**
 * A number that is compared exactly. A double stands for the shortest decimal that reads back as it, which is exact for up
 * to 15 digits and keeps the order of doubles; more digits need a LongDecimal.
 */
export type Decimal = number | LongDecimal;

/** A decimal of more digits than a double keeps. */
export class LongDecimal {
  constructor(
    readonly negative: boolean,
    /** No leading zeros; '' for numbers below 1. */
    readonly whole: string,
    /** No trailing zeros. */
    readonly fraction: string,
  ) {}
}

const PLAIN = /^-?[0-9]+(?:\.[0-9]+)?$/;
const EXACT_LENGTH = 15;

/** The number that a text is, null when it is not plain decimal (conditions, section 6 rule 5): no blank, `+` or exponent. */
export function parseDecimal(text: string): Decimal | null {
  if (!PLAIN.test(text)) return null;
  return text.length <= EXACT_LENGTH ? Number(text) : longDecimal(text);
}

/** Below, equal or above zero as `a` is less than, equal to or greater than `b`. Linear in the digits. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'number' && !Number.isFinite(a)) return a;
  if (typeof b === 'number' && !Number.isFinite(b)) return -b;
  return compareLong(asLong(a), asLong(b));
}

/** Plain decimal text, without exponent, leading or trailing zeros. */
export function decimalText(value: Decimal): string {
  if (typeof value !== 'number')
    return `${value.negative ? '-' : ''}${value.whole || '0'}${value.fraction && `.${value.fraction}`}`;
  const text = String(value);
  return text.includes('e') ? expand(text) : text;
}

function asLong(value: Decimal): LongDecimal {
  return typeof value === 'number' ? longDecimal(decimalText(value)) : value;
}

function longDecimal(plain: string): LongDecimal {
  const start = plain.startsWith('-') ? 1 : 0;
  const dot = plain.indexOf('.');
  let from = start;
  const wholeEnd = dot === -1 ? plain.length : dot;
  while (from < wholeEnd && plain.charCodeAt(from) === ZERO) from++;
  let to = dot === -1 ? wholeEnd : plain.length;
  while (to > wholeEnd + 1 && plain.charCodeAt(to - 1) === ZERO) to--;
  const whole = plain.slice(from, wholeEnd);
  const fraction = plain.slice(wholeEnd + 1, to);
  return new LongDecimal(start === 1 && whole + fraction !== '', whole, fraction);
}

const ZERO = 0x30;

function compareLong(a: LongDecimal, b: LongDecimal): number {
  if (a.negative !== b.negative) return a.negative ? -1 : 1;
  const size = compareSize(a, b);
  return a.negative ? -size : size;
}

function compareSize(a: LongDecimal, b: LongDecimal): number {
  if (a.whole.length !== b.whole.length) return a.whole.length - b.whole.length;
  if (a.whole !== b.whole) return a.whole < b.whole ? -1 : 1;
  // Without trailing zeros a shorter fraction that is a prefix is the smaller number, as in the order of text.
  return a.fraction < b.fraction ? -1 : a.fraction > b.fraction ? 1 : 0;
}

/** `1.5e-7` and `1e+21`, as JavaScript writes very small and large numbers. */
function expand(text: string): string {
  const [mantissa = '', exponent = '0'] = text.split('e');
  const negative = mantissa.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = mantissa.slice(negative.length).split('.');
  const shift = Number(exponent);
  if (shift < 0) return `${negative}0.${'0'.repeat(-shift - 1)}${whole}${fraction}`;
  return `${negative}${whole}${fraction.padEnd(shift, '0')}`;
}

/** The values that a condition compares, and the rules for comparing them. */
// hot
import { compareDecimals, type Decimal, decimalText, LongDecimal, parseDecimal } from './decimal.js';

/**
 * What a request gives for a variable: text, number, boolean or null (conditions, section 6). A number is compared as the
 * shortest decimal that reads back as it, so integers up to 2^53 and what JSON prints are exact.
 */
export type ConditionValue = string | number | boolean | null;

/** As ConditionValue, with numbers of more than 15 digits, from a literal or a JSON body. */
export type Value = ConditionValue | LongDecimal;

/** Section 6 rules 1, 2 and 4 to 7. `!=` is always its opposite. */
export function equal(a: Value, b: Value): boolean {
  if (typeof a === 'string' && typeof b === 'string') return a === b;
  if (a === null || b === null) return a === b;
  if (typeof a === 'boolean' || typeof b === 'boolean') return textOf(a).toLowerCase() === textOf(b).toLowerCase();
  return compareNumbers(a, b) === 0;
}

/** Below, equal or above zero; NaN, which every comparison denies, where there is no order (section 6 rules 3, 4, 6). */
export function order(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  if (a === null || b === null || typeof a === 'boolean' || typeof b === 'boolean') return Number.NaN;
  return compareNumbers(a, b);
}

/** Text for `like` (section 6 rule 8). Null has none: the caller must have looked. */
export function textOf(value: Exclude<Value, null>): string {
  if (typeof value === 'string') return value;
  return typeof value === 'boolean' ? String(value) : decimalText(value);
}

function compareNumbers(a: string | Decimal, b: string | Decimal): number {
  const left = typeof a === 'string' ? parseDecimal(a) : a;
  const right = typeof b === 'string' ? parseDecimal(b) : b;
  return left === null || right === null ? Number.NaN : compareDecimals(left, right);
}

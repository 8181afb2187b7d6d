/** The JSONPath subset of `BodyJsonField` (conditions, section 2). */
// hot
import { parseDecimal } from './decimal.js';
import { numberText } from './json-number.js';
import type { Value } from './value.js';

/** Member names and, as numbers, array indexes, from the root down. */
export type JsonPath = readonly (string | number)[];

const START = /^\$/;
const STEP = /\.([A-Za-z_][A-Za-z0-9_-]*)|\['([^']*)'\]|\[([0-9]{1,9})\]/y;

/** Compiles `$`, then any of `.name`, `['any text']`, `[n]`. A number is where, from 0, it stops being that. */
export function parseJsonPath(text: string): JsonPath | number {
  if (!START.test(text)) return 0;
  const steps: (string | number)[] = [];
  let at = 1;
  while (at < text.length) {
    STEP.lastIndex = at;
    const match = STEP.exec(text);
    if (match === null) return at;
    steps.push(match[1] ?? match[2] ?? Number(match[3]));
    at = STEP.lastIndex;
  }
  return steps;
}

/**
 * The value a path leads to in a parsed body: objects and arrays as compact JSON text, null where the path leads nowhere
 * (conditions, section 6). Only what the document itself holds: `$.constructor` finds nothing.
 *
 * @param text what the document was parsed from: a number that a double cannot hold is then taken from it, digit by digit
 */
export function readJsonPath(document: unknown, path: JsonPath, text: string | null = null): Value {
  let value = document;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return null;
    if (Array.isArray(value) !== (typeof step === 'number') || !Object.hasOwn(value, step)) return null;
    value = (value as Record<string | number, unknown>)[step];
  }
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return text !== null && LONG_NUMBER.test(text) ? exact(text, path, value) : value;
    case 'object':
      return value === null ? null : compactText(value);
    default:
      return null;
  }
}

/** More digits than a double keeps, if they are a number's. */
const LONG_NUMBER = /[0-9][0-9.]{15}/;

/** A number with an exponent is what its double is. */
function exact(text: string, path: JsonPath, value: number): Value {
  const written = numberText(text, path);
  return (written === null ? null : parseDecimal(written)) ?? value;
}

/** A body of 16 KiB can hold brackets nested so deep that writing them exhausts the stack; such a value is not readable. */
function compactText(value: object): string | null {
  try {
    return JSON.stringify(value);
  } catch {
    return null;
  }
}

/** What a value of a declared parameter may be (wire contract 4.4 and 4.5). */
import { type ApiParameter, SYSTEM_PARAMETERS } from '@causeway/contract';
import { codePoints } from './code-points.js';
import { compileJsonSchema } from './json-schema/compile-schema.js';
import { compilePattern } from './pattern.js';

/** The reason for a refusal, or null. Never shows a pattern or a schema. */
type Check = (value: string) => string | null;

/** Refuses nothing. */
export const ANYTHING: Check = () => null;

/** Values of an Array. */
const MAX_VALUES = 1000;
/** Characters of all values of an Array that a pattern or a schema has to look at: as many as of a single value. */
const MAX_MATCHED = 8192;

/** Names that no declared parameter may take. */
export const SYSTEM_NAMES: ReadonlySet<string> = new Set(SYSTEM_PARAMETERS);

/** With the digits that count: none in a zero. Written so that no text takes more than one pass. */
const WHOLE = /^-?(?:0+|0*([1-9][0-9]*))$/;
const MOST_DIGITS = 19;
const DECIMAL = /^-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

/**
 * All checks on one value, or on one item of an Array; also used on defaults when a definition is saved.
 * @throws for a pattern or a schema that does not compile
 */
export function valueCheck(parameter: ApiParameter): Check {
  const check = typeCheck(parameter);
  if (parameter.in === 'path' || parameter.backend.in !== 'path') return check;
  // A request path cannot bring a dot segment, so no other place may smuggle one into the backend's.
  return (value) => (value === '.' || value === '..' ? 'may not be a dot segment' : check(value));
}

/** All checks on the values of an Array. */
export function listCheck(parameter: ApiParameter): (values: readonly string[]) => string | null {
  const check = valueCheck(parameter);
  const isMatched = parameter.pattern !== undefined || parameter.jsonSchema !== undefined;
  return (values) => {
    if (values.length > MAX_VALUES) return `has more than ${MAX_VALUES} values`;
    if (isMatched && values.reduce((sum, { length }) => sum + length, 0) > MAX_MATCHED) return 'is too long to be checked';
    for (const value of values) {
      const reason = check(value);
      if (reason !== null) return reason;
    }
    return null;
  };
}

function typeCheck(parameter: ApiParameter): Check {
  switch (parameter.type === 'Array' ? (parameter.items ?? 'String') : parameter.type) {
    case 'Int':
      return wholeCheck(parameter, -(2n ** 31n), 2n ** 31n - 1n);
    case 'Long':
      return wholeCheck(parameter, -(2n ** 63n), 2n ** 63n - 1n);
    case 'Float':
    case 'Double':
      return decimalCheck(parameter);
    case 'Boolean':
      return (value) => (/^(?:true|false)$/i.test(value) ? null : 'must be true or false');
    case 'String':
      return textCheck(parameter);
  }
}

function wholeCheck({ minimum, maximum, enum: allowed }: ApiParameter, least: bigint, greatest: bigint): Check {
  const options = allowed?.map((text) => BigInt(text));
  return (value) => {
    const found = WHOLE.exec(value);
    if (found === null) return 'must be a whole number';
    // The length first: making numbers of very long texts takes long.
    const number = (found[1]?.length ?? 0) > MOST_DIGITS ? null : BigInt(value);
    if (number === null || number < least || number > greatest) return `must be from ${least} to ${greatest}`;
    if (minimum !== undefined && number < minimum) return `must be at least ${minimum}`;
    if (maximum !== undefined && number > maximum) return `must be at most ${maximum}`;
    if (options !== undefined && !options.includes(number)) return 'is not one of the allowed values';
    return null;
  };
}

function decimalCheck({ minimum, maximum, enum: allowed }: ApiParameter): Check {
  const options = allowed?.map(Number);
  return (value) => {
    if (value.length > 400 || !DECIMAL.test(value)) return 'must be a decimal number';
    const number = Number(value);
    if (!Number.isFinite(number)) return 'must be a finite number';
    if (minimum !== undefined && number < minimum) return `must be at least ${minimum}`;
    if (maximum !== undefined && number > maximum) return `must be at most ${maximum}`;
    if (options !== undefined && !options.includes(number)) return 'is not one of the allowed values';
    return null;
  };
}

function textCheck(parameter: ApiParameter): Check {
  const checks = [lengthCheck(parameter), optionCheck(parameter), patternCheck(parameter), schemaCheck(parameter)].filter(
    (check) => check !== null,
  );
  if (checks.length === 0) return ANYTHING;
  return (value) => {
    for (const check of checks) {
      const reason = check(value);
      if (reason !== null) return reason;
    }
    return null;
  };
}

function lengthCheck({ minLength, maxLength }: ApiParameter): Check | null {
  if (minLength === undefined && maxLength === undefined) return null;
  return (value) => {
    const length = codePoints(value);
    if (minLength !== undefined && length < minLength) return `must have at least ${minLength} characters`;
    if (maxLength !== undefined && length > maxLength) return `must have at most ${maxLength} characters`;
    return null;
  };
}

function optionCheck({ enum: allowed }: ApiParameter): Check | null {
  if (allowed === undefined) return null;
  const options = new Set(allowed.map((text) => text.trim()));
  return (value) => (options.has(value) ? null : 'is not one of the allowed values');
}

function patternCheck({ pattern }: ApiParameter): Check | null {
  if (pattern === undefined) return null;
  const compiled = compilePattern(pattern);
  if (typeof compiled === 'string') throw new Error(`pattern ${compiled}`);
  return compiled.whole;
}

function schemaCheck({ jsonSchema }: ApiParameter): Check | null {
  if (jsonSchema === undefined) return null;
  const compiled = compileJsonSchema(jsonSchema);
  if (typeof compiled === 'string') throw new Error(`jsonSchema ${compiled}`);
  return compiled.check;
}

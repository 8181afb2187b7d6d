/** What each keyword of draft 4 demands of a value. */
import { codePoints } from '../code-points.js';
import type { SchemaCompiler } from './compile-schema.js';
import { canonical, isObject, type Json, type JsonObject, type Run, type Test, typeOf } from './json.js';

const TYPES = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'];

export interface Context {
  readonly compiler: SchemaCompiler;
  readonly schema: JsonObject;
  readonly at: string;
  readonly depth: number;
}

export type Keyword = (given: Json, context: Context) => Test;

/** Those that say something on their own. `additionalItems` and the `exclusive` ones belong to another; the rest are remarks. */
export const KEYWORDS = new Map<string, Keyword>([
  [
    'type',
    (given, { compiler, at }) => {
      const types = Array.isArray(given) ? given : [given];
      if (types.length === 0 || !types.every((type) => typeof type === 'string' && TYPES.includes(type)))
        return compiler.complain(at, `must be one or more of ${TYPES.join(', ')}`);
      const allowed = new Set<Json>(types);
      return (value) => allowed.has(typeOf(value)) || (allowed.has('integer') && Number.isInteger(value));
    },
  ],
  [
    'enum',
    (given, { compiler, at }) => {
      if (!Array.isArray(given) || given.length === 0) return compiler.complain(at, 'must be an array with at least one value');
      const unlimited = { left: Number.POSITIVE_INFINITY, depth: 0 };
      const options = new Set(given.map((option) => canonical(option, unlimited)));
      if (unlimited.left < 0) return compiler.complain(at, 'is nested too deep');
      return (value, run) => options.has(canonical(value, run));
    },
  ],
  ['minimum', (given, context) => numberLimit(given, context, 'exclusiveMinimum', (value, limit) => value - limit)],
  ['maximum', (given, context) => numberLimit(given, context, 'exclusiveMaximum', (value, limit) => limit - value)],
  ['exclusiveMinimum', (given, context) => companion(given, context, 'minimum')],
  ['exclusiveMaximum', (given, context) => companion(given, context, 'maximum')],
  [
    'multipleOf',
    (given, { compiler, at }) => {
      if (typeof given !== 'number' || given <= 0) return compiler.complain(at, 'must be a number above 0');
      return (value) => typeof value !== 'number' || isMultiple(value, given);
    },
  ],
  ['minLength', (given, context) => sizeLimit(given, context, (size, limit) => size >= limit, textSize)],
  ['maxLength', (given, context) => sizeLimit(given, context, (size, limit) => size <= limit, textSize)],
  ['minItems', (given, context) => sizeLimit(given, context, (size, limit) => size >= limit, listSize)],
  ['maxItems', (given, context) => sizeLimit(given, context, (size, limit) => size <= limit, listSize)],
  ['minProperties', (given, context) => sizeLimit(given, context, (size, limit) => size >= limit, objectSize)],
  ['maxProperties', (given, context) => sizeLimit(given, context, (size, limit) => size <= limit, objectSize)],
  [
    'pattern',
    (given, { compiler, at }) => {
      const matches = compiler.pattern(given, at);
      return (value, run) => typeof value !== 'string' || matches(value, run);
    },
  ],
  [
    'uniqueItems',
    (given, { compiler, at }) => {
      if (typeof given !== 'boolean') return compiler.complain(at, 'must be true or false');
      return (value, run) =>
        !given || !Array.isArray(value) || new Set(value.map((item) => canonical(item, run))).size === value.length;
    },
  ],
  ['items', compileItems],
  [
    'required',
    (given, { compiler, at }) => {
      const names = nameList(given);
      if (names === null) return compiler.complain(at, 'must be an array of names');
      return (value) => !isObject(value) || names.every((name) => Object.hasOwn(value, name));
    },
  ],
  ['properties', compileMembers],
  ['patternProperties', (given, context) => (context.schema.properties === undefined ? compileMembers(given, context) : PASS)],
  ['additionalProperties', compileAdditional],
  [
    'dependencies',
    (given, { compiler, at, depth }) => {
      if (!isObject(given)) return compiler.complain(at, 'must be an object');
      const all = Object.entries(given).map(([name, needs]): [string, Test] => {
        if (!Array.isArray(needs)) return [name, compiler.schema(needs, `${at}/${name}`, depth)];
        const names = nameList(needs);
        if (names === null) return [name, compiler.complain(`${at}/${name}`, 'must be a schema or an array of names')];
        return [name, (value) => isObject(value) && names.every((each) => Object.hasOwn(value, each))];
      });
      return (value, run) => !isObject(value) || all.every(([name, test]) => !Object.hasOwn(value, name) || test(value, run));
    },
  ],
  [
    'allOf',
    (given, { compiler, at, depth }) => {
      const tests = compiler.list(given, at, depth);
      return (value, run) => tests.every((test) => test(value, run));
    },
  ],
  [
    'anyOf',
    (given, { compiler, at, depth }) => {
      const tests = compiler.list(given, at, depth);
      return (value, run) => tests.some((test) => test(value, run));
    },
  ],
  [
    'oneOf',
    (given, { compiler, at, depth }) => {
      const tests = compiler.list(given, at, depth);
      return (value, run) => tests.filter((test) => test(value, run)).length === 1;
    },
  ],
  [
    'not',
    (given, { compiler, at, depth }) => {
      const test = compiler.schema(given, at, depth);
      return (value, run) => !test(value, run);
    },
  ],
]);

const PASS: Test = () => true;

function numberLimit(
  given: Json,
  { compiler, schema, at }: Context,
  exclusive: string,
  above: (value: number, limit: number) => number,
): Test {
  if (typeof given !== 'number') return compiler.complain(at, 'must be a number');
  const isExclusive = schema[exclusive] === true;
  return (value) => {
    if (typeof value !== 'number') return true;
    const distance = above(value, given);
    return isExclusive ? distance > 0 : distance >= 0;
  };
}

function companion(given: Json, { compiler, schema, at }: Context, of: string): Test {
  if (typeof given !== 'boolean' || schema[of] === undefined) return compiler.complain(at, `must be true or false beside ${of}`);
  return PASS;
}

function sizeLimit(
  given: Json,
  { compiler, at }: Context,
  holds: (size: number, limit: number) => boolean,
  sizeOf: (value: Json, run: Run) => number | null,
): Test {
  if (typeof given !== 'number' || !Number.isInteger(given) || given < 0)
    return compiler.complain(at, 'must be a whole number from 0');
  return (value, run) => {
    const size = sizeOf(value, run);
    return size === null || holds(size, given);
  };
}

function textSize(value: Json, run: Run): number | null {
  if (typeof value !== 'string') return null;
  run.left -= value.length >> 4;
  return codePoints(value);
}

function listSize(value: Json): number | null {
  return Array.isArray(value) ? value.length : null;
}

function objectSize(value: Json, run: Run): number | null {
  return isObject(value) ? membersOf(value, run).length : null;
}

function compileItems(given: Json, { compiler, schema, at, depth }: Context): Test {
  const { additionalItems } = schema;
  if (!Array.isArray(given)) {
    const test = compiler.schema(given, at, depth);
    return (value, run) => !Array.isArray(value) || value.every((item) => test(item, run));
  }
  const tests = compiler.list(given, at, depth);
  const rest = typeof additionalItems === 'boolean' || additionalItems === undefined ? additionalItems !== false : null;
  const restTest = rest === null ? compiler.schema(additionalItems!, `${at}/../additionalItems`, depth) : null;
  return (value, run) => {
    if (!Array.isArray(value)) return true;
    if (rest === false && value.length > tests.length) return false;
    return value.every((item, index) => (tests[index] ?? restTest)?.(item, run) ?? true);
  };
}

/** `properties` and `patternProperties` together, each member by all that name it. */
function compileMembers(_: Json, { compiler, schema, at, depth }: Context): Test {
  const { names, patterns } = members(compiler, schema, at, depth);
  return (value, run) =>
    !isObject(value) ||
    membersOf(value, run).every(
      ([name, member]) =>
        (names.get(name)?.(member, run) ?? true) &&
        patterns.every(({ matches, test }) => !matches(name, run) || test(member, run)),
    );
}

function compileAdditional(given: Json, { compiler, schema, at, depth }: Context): Test {
  const { properties = {}, patternProperties = {} } = schema;
  // What is no object is complained of where it stands.
  const names = new Set(isObject(properties) ? Object.keys(properties) : []);
  const patterns = (isObject(patternProperties) ? Object.keys(patternProperties) : []).map((expression) =>
    compiler.pattern(expression, `${at}/../patternProperties`),
  );
  const test = typeof given === 'boolean' ? (): boolean => given : compiler.schema(given, at, depth);
  return (value, run) =>
    !isObject(value) ||
    membersOf(value, run).every(
      ([name, member]) => names.has(name) || patterns.some((matches) => matches(name, run)) || test(member, run),
    );
}

function members(compiler: SchemaCompiler, schema: JsonObject, at: string, depth: number) {
  const { properties = {}, patternProperties = {} } = schema;
  return {
    names: compiler.each(properties, at, depth),
    patterns: [...compiler.each(patternProperties, at, depth)].map(([expression, test]) => ({
      matches: compiler.pattern(expression, at),
      test,
    })),
  };
}

function membersOf(value: JsonObject, run: Run): [string, Json][] {
  const found = Object.entries(value);
  run.left -= found.length;
  return found;
}

function nameList(given: Json): string[] | null {
  return Array.isArray(given) && given.length > 0 && given.every((name) => typeof name === 'string') ? given : null;
}

/** A quotient that is whole, or as near to it as the sum of decimal fractions is: 0.3 is a multiple of 0.1. */
function isMultiple(value: number, of: number): boolean {
  const quotient = value / of;
  return Math.abs(quotient - Math.round(quotient)) <= Math.abs(quotient) * Number.EPSILON;
}

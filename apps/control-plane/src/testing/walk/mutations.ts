/** Bodies that a schema does not take: each field in turn made wrong in every way that its schema names. */
import type { Schema } from './operations.js';
import { sampleOf } from './sample.js';

export interface Mutation {
  /** Where it is wrong, such as `network.internet`. */
  readonly path: string;
  readonly how: string;
  readonly body: unknown;
}

type Put = (value: unknown) => unknown;

/** Nothing that a client could mean. */
const ODD_STRINGS: Record<string, string> = {
  'a NUL': 'a\0b',
  'half a surrogate pair': 'a\ud800',
};

/** @param body one that the schema takes; fields that it lacks are added */
export function mutationsOf(schema: Schema, body: unknown, isPatch: boolean): Mutation[] {
  const mutations = [
    ...(isPatch ? ['text', 7, null, []] : ['text', 7, null, [], true]).map((value) => ({
      path: '',
      how: `is ${JSON.stringify(value)}`,
      body: value,
    })),
    ...objectMutations(schema, body as object, '', (value) => value, isPatch),
  ];
  // What is larger is refused unread.
  return mutations.filter((each) => JSON.stringify(each.body).length < 500_000);
}

function objectMutations(schema: Schema, body: object, path: string, put: Put, isPatch: boolean): Mutation[] {
  const mutations: Mutation[] = [];
  const required = new Set(isPatch ? [] : (schema.required ?? []));
  // A map takes any name.
  if (schema.properties !== undefined && schema.additionalProperties !== true) {
    for (const name of path === '' ? ['unknownField', 'ＮＡＭＥ', "x' OR 1=1 --"] : ['unknownField'])
      mutations.push({ path: join(path, name), how: 'is not known', body: put({ ...body, [name]: 1 }) });
  }
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const at = join(path, name);
    const { [name]: current, ...rest } = body as Record<string, unknown>;
    const putField: Put = (value) => put({ ...rest, [name]: value });
    if (required.has(name)) mutations.push({ path: at, how: 'is missing', body: put(rest) });
    // In a merge patch null takes a field away.
    if (!isPatch && field.nullable !== true && !isLoose(field))
      mutations.push({ path: at, how: 'is null', body: putField(null) });
    mutations.push(...valueMutations(field, current, at, putField, isPatch));
  }
  return mutations;
}

function valueMutations(field: Schema, current: unknown, path: string, put: Put, isPatch: boolean): Mutation[] {
  if (isLoose(field)) return [];
  const wrong = (how: string, value: unknown): Mutation => ({ path, how, body: put(value) });
  const mutations = wrongTypes(field).map((value) => wrong(`is ${JSON.stringify(value)}`, value));
  if (field.enum !== undefined) mutations.push(wrong('is none of its values', "RELEASE'; DROP TABLE groups; --"));
  else if (field.type === 'string') {
    for (const [how, text] of Object.entries(ODD_STRINGS)) mutations.push(wrong(`holds ${how}`, text));
    mutations.push(wrong('is very long', 'x'.repeat(300_000)));
    if (field.maxLength !== undefined) mutations.push(wrong('is too long', 'x'.repeat(field.maxLength + 1)));
    if ((field.minLength ?? 0) > 0) mutations.push(wrong('is too short', 'x'.repeat((field.minLength ?? 1) - 1)));
    if (field.pattern !== undefined)
      for (const text of SOME_TEXTS.filter((each) => !new RegExp(field.pattern ?? '', 'u').test(each)))
        mutations.push(wrong(`is ${text}`, text));
  }
  if (field.type === 'integer' || field.type === 'number') {
    if (field.minimum !== undefined) mutations.push(wrong('is too small', field.minimum - 1));
    if (field.maximum !== undefined) mutations.push(wrong('is too large', field.maximum + 1));
    if (field.type === 'integer') mutations.push(wrong('is broken', (field.minimum ?? 1) + 0.5));
  }
  if (field.type === 'array' && field.items !== undefined) {
    const first = Array.isArray(current) && current.length > 0 ? current[0] : sampleOrNone(field.items);
    if (field.maxItems !== undefined)
      mutations.push(
        wrong(
          'has too many',
          Array.from({ length: field.maxItems + 1 }, () => first ?? 'x'),
        ),
      );
    if ((field.minItems ?? 0) > 0) mutations.push(wrong('is empty', []));
    mutations.push(...valueMutations(field.items, first, `${path}[0]`, (value) => put([value]), isPatch));
  }
  if (field.properties !== undefined)
    mutations.push(
      ...objectMutations(
        field,
        (typeof current === 'object' && current !== null ? current : sampleOrNone(field)) as object,
        path,
        put,
        isPatch,
      ),
    );
  return mutations;
}

/** Values in which SQL, templates, shells, paths and terminals take an interest. */
export const HOSTILE_TEXTS: readonly string[] = [
  "' OR '1'='1",
  "'; DROP TABLE groups; --",
  '${7*7}{{7*7}}#{7*7}<%= 7*7 %>',
  '$(id)`id`|id;id&&id',
  '../../../../etc/passwd',
  '<script>alert(1)</script>',
  '%00%0d%0aX-Injected: 1',
  'a\r\nX-Injected: 1',
  '\u202eorders\u200b\u0301\ufeff',
  '𝟙𝟚𝟛ＡＢＣ',
  '__proto__',
];

/** For every field with a pattern. */
const SOME_TEXTS = HOSTILE_TEXTS.filter((_, index) => [1, 2, 7, 9].includes(index));

/** Several shapes, or any: what is wrong for one may be right for another. */
function isLoose({ type, oneOf, anyOf, enum: values }: Schema): boolean {
  return oneOf !== undefined || anyOf !== undefined || (type === undefined && values === undefined);
}

function wrongTypes({ type }: Schema): unknown[] {
  const all: Record<string, unknown> = { string: 'text', number: 7, boolean: true, array: ['text', 7], object: { a: 1 } };
  const right = type === 'integer' ? 'number' : (type ?? 'string');
  const wrong = Object.entries(all).filter(([name]) => name !== right);
  return wrong.map(([, value]) => value);
}

/** Of a field that the body lacks. */
function sampleOrNone(schema: Schema): unknown {
  const isBareText = schema.type === 'string' && schema.example === undefined && schema.enum === undefined;
  return isBareText ? 'x' : sampleOf(schema);
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** JSON Schema, draft 4: as the reference says, whatever schema and value are made of (wire contract 4.5). */

import { describe, expect, it } from '@jest/globals';
import Ajv from 'ajv-draft-04';
import fc from 'fast-check';
import { compileJsonSchema } from './compile-schema.js';

function check(schema: unknown, text: string): string | null {
  const made = compileJsonSchema(JSON.stringify(schema));
  if (typeof made === 'string') throw new Error(made);
  return made.check(text);
}

const conforms = (schema: unknown, value: unknown) => check(schema, JSON.stringify(value)) === null;
const complaint = (schema: unknown) => compileJsonSchema(typeof schema === 'string' ? schema : JSON.stringify(schema));

describe('a value', () => {
  it('must be JSON and conform', () => {
    const schema = { type: 'object', required: ['id'], properties: { id: { type: 'integer', minimum: 1 } } };
    expect(check(schema, '{"id":1,"more":[]}')).toBeNull();
    expect(check(schema, '{"id":0}')).toBe('does not conform to its schema');
    for (const text of ['', '{', '{id:1}', 'NaN', '{"id":1}x']) expect(check(schema, text)).toBe('must be JSON');
  });

  it.each<[schema: object, good: unknown[], bad: unknown[]]>([
    [{ type: ['string', 'null'] }, ['a', null], [1, {}, []]],
    [{ type: 'integer' }, [1, -2, 1.0], [1.5, '1']],
    [{ enum: [1, 'a', { a: 1, b: [2] }] }, [1, 'a', { b: [2], a: 1 }], [2, { a: 1 }, '1']],
    [{ minimum: 1, exclusiveMinimum: true, maximum: 3 }, [1.1, 3, 'x'], [1, 3.1]],
    [{ maximum: 3, exclusiveMaximum: true }, [2.9], [3]],
    [{ multipleOf: 0.1 }, [0.3, 1, 0], [0.35]],
    [{ minLength: 2, maxLength: 2 }, ['😀é', 5], ['a', 'abc']],
    [{ pattern: '^a.c' }, ['abcd', 1], ['xabc']],
    [{ items: { type: 'number' }, uniqueItems: true }, [[1, 2], []], [[1, 1.0], ['a']]],
    [
      { uniqueItems: true },
      [[{ a: 1 }, { a: 2 }]],
      [
        [
          { a: 1, b: 2 },
          { b: 2, a: 1 },
        ],
      ],
    ],
    [{ items: [{ type: 'string' }, {}], additionalItems: false }, [['a', 1], []], [['a', 1, 2], [1]]],
    [{ items: [{}], additionalItems: { type: 'string' } }, [[1, 'a']], [[1, 2]]],
    [{ minItems: 1, maxItems: 2 }, [[1], 'x'], [[], [1, 2, 3]]],
    [{ minProperties: 1, maxProperties: 1 }, [{ a: 1 }], [{}, { a: 1, b: 1 }]],
    [
      { properties: { a: {} }, patternProperties: { '^x-': { type: 'string' } }, additionalProperties: false },
      [{ a: 1, 'x-b': '' }, {}],
      [{ b: 1 }, { 'x-b': 1 }],
    ],
    [{ patternProperties: { a: { type: 'string' } } }, [{ a: '', b: 1 }], [{ ba: 1 }]],
    [{ properties: { a: {} }, additionalProperties: { type: 'string' } }, [{ a: 1, b: '' }], [{ b: 1 }]],
    [{ dependencies: { a: ['b'], c: { required: ['d'] } } }, [{ a: 1, b: 1 }, {}, []], [{ a: 1 }, { c: 1 }]],
    [{ allOf: [{ minimum: 1 }, { maximum: 2 }] }, [1, 2], [0, 3]],
    [{ anyOf: [{ type: 'string' }, { minimum: 5 }] }, ['a', 5], [4]],
    [{ oneOf: [{ minimum: 1 }, { maximum: 2 }] }, [0, 3], [1, 2]],
    [{ not: { type: 'string' } }, [1], ['a']],
    [{ $ref: '#/definitions/a', definitions: { a: { type: 'string' } } }, ['a'], [1]],
    [{ $ref: '#/definitions/a~1b%25', definitions: { 'a/b%': { type: 'string' } } }, ['a'], [1]],
    [{ properties: { next: { $ref: '#' }, v: { type: 'integer' } } }, [{ next: { next: { v: 1 } } }], [{ next: { v: 'x' } }]],
    [{ format: 'date', title: 't', default: 5, unknown: {} }, ['x'], []],
    [{ properties: { toString: { type: 'string' } }, required: ['toString'] }, [{ toString: 'a' }], [{}, { toString: 1 }]],
  ])('by %j: is judged', (schema, good, bad) => {
    for (const value of good) expect([value, conforms(schema, value)]).toEqual([value, true]);
    for (const value of bad) expect([value, conforms(schema, value)]).toEqual([value, false]);
  });

  it('with a member __proto__ has a member of that name, and nothing else comes of it', () => {
    const schema = { properties: { a: { type: 'string' } }, additionalProperties: false };
    expect(check(schema, '{"__proto__":{"a":1}}')).toBe('does not conform to its schema');
    expect(check({ required: ['__proto__'] }, '{"__proto__":1}')).toBeNull();
    expect(check({ required: ['__proto__'] }, '{}')).toBe('does not conform to its schema');
  });
});

describe('a schema', () => {
  it.each<[schema: unknown, message: string]>([
    ['{', 'is not JSON'],
    ['[]', 'must be a JSON object'],
    [{ $schema: 'http://json-schema.org/draft-07/schema#' }, 'must be of draft 4'],
    [{ type: 'text' }, '#/type must be one or more of'],
    [{ enum: [] }, '#/enum must be an array'],
    [{ minimum: '1' }, '#/minimum must be a number'],
    [{ exclusiveMinimum: 1 }, '#/exclusiveMinimum must be true or false beside minimum'],
    [{ maxLength: -1 }, '#/maxLength must be a whole number from 0'],
    [{ multipleOf: 0 }, '#/multipleOf must be a number above 0'],
    [{ required: true }, '#/required must be an array of names'],
    [{ properties: { a: { items: { type: 5 } } } }, '#/properties/a/items/type must be one'],
    [{ properties: [] }, '#/properties must be an object'],
    [{ definitions: { a: { type: 'x' } } }, '#/definitions/a/type must be one'],
    [{ allOf: [] }, '#/allOf must be an array'],
    [{ not: true }, '#/not must be an object'],
    [{ additionalProperties: 1 }, '#/additionalProperties must be an object'],
    [{ pattern: '(?=a)' }, '#/pattern is no expression without look-around'],
    [{ patternProperties: { '(a)\\1': {} } }, '#/patternProperties is no expression'],
    [{ $ref: 'http://example.com/schema' }, '#/$ref must be a pointer into this schema'],
    [{ $ref: '#/definitions/none' }, '#/definitions/none is referred to but not there'],
    [{ $ref: '#/__proto__' }, '#/__proto__ is referred to but not there'],
    [{ allOf: Array.from({ length: 21 }, (_, n) => ({ pattern: `a{${n + 1}}` })) }, 'is one of more than 20 patterns'],
  ])('%j is refused where it is wrong', (schema, message) => {
    expect(complaint(schema)).toEqual(expect.stringContaining(message));
  });

  it('nested very deep is refused, not run into', () => {
    const deep = `${'{"not":'.repeat(2000)}{}${'}'.repeat(2000)}`;
    expect(complaint(deep)).toMatch(/nested more than/);
    expect(complaint(`{"enum":[${'['.repeat(8000)}${']'.repeat(8000)}]}`)).toMatch(/nested too deep/);
  });
});

describe('hostile schemas and values end early', () => {
  const doubled = (levels: number, last: object) => ({
    $ref: '#/definitions/d0',
    definitions: Object.fromEntries([
      ...Array.from({ length: levels }, (_, n) => [
        `d${n}`,
        { allOf: [{ $ref: `#/definitions/d${n + 1}` }, { $ref: `#/definitions/d${n + 1}` }] },
      ]),
      [`d${levels}`, last],
    ]),
  });

  it.each<[name: string, schema: object, text: string]>([
    ['references that double at each step', doubled(60, {}), '1'],
    ['a reference to itself', { $ref: '#' }, '1'],
    [
      'a choice of itself in each item',
      { anyOf: [{ items: { $ref: '#' } }, { items: { $ref: '#' } }], not: {} },
      '[[[[[[[[1]]]]]]]]',
    ],
    ['a negation of what never ends', { not: doubled(60, {}), definitions: doubled(60, {}).definitions }, '1'],
    ['a value nested deep', { items: { $ref: '#' } }, `${'['.repeat(30_000)}${']'.repeat(30_000)}`],
    ['a value nested deep, compared', { enum: [1] }, `${'['.repeat(30_000)}${']'.repeat(30_000)}`],
    [
      'a pattern over much text',
      { items: { pattern: '(a|b|ab)*c'.repeat(20) } },
      `["${'ab'.repeat(4000)}"${',"abababab"'.repeat(3000)}]`,
    ],
  ])('%s', (_, schema, text) => {
    const started = performance.now();
    expect(check(schema, text)).not.toBeNull();
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it('large patterns over long texts, each of which matches', () => {
    const patterns = Array.from({ length: 20 }, (_, n) => ({ pattern: `(?:[ab]?){${500 + n}}` }));
    const schema = { items: { allOf: patterns } };
    expect(check(schema, '["ab"]')).toBeNull();
    const texts = JSON.stringify(Array.from({ length: 8 }, () => 'ab'.repeat(1000)));
    expect(check(schema, texts)).toBe('takes too long to be checked by its schema');
  });

  it('a value of more than 64 KiB', () => {
    expect(check({}, JSON.stringify('a'.repeat(65_000)))).toBeNull();
    expect(check({}, JSON.stringify('a'.repeat(65_536)))).toBe('is too long to be checked by its schema');
  });

  it('a long value that is only long is checked to its end', () => {
    const many = JSON.stringify(Array.from({ length: 9000 }, (_, n) => n));
    expect(check({ items: { type: 'integer', minimum: 0, enum: [...Array(100).keys()] } }, many)).toBe(
      'does not conform to its schema',
    );
    expect(check({ items: { type: 'integer', minimum: 0 }, uniqueItems: true }, many)).toBeNull();
  });
});

it('agrees with another implementation on made-up schemas and values', () => {
  const { schema } = fc.letrec((tie) => {
    const size = fc.nat({ max: 3 });
    const sub = tie('schema');
    return {
      schema: fc.oneof(
        { maxDepth: 3, depthIdentifier: 'schema' },
        fc
          .record({
            type: fc.constantFrom('string', 'integer', 'number', 'boolean', 'array', 'object', 'null', ['string', 'null']),
            enum: fc.uniqueArray(fc.constantFrom(0, 1, 'a', 'ab', null, true), { minLength: 1, maxLength: 3 }),
            minimum: size,
            maximum: size,
            minLength: size,
            maxLength: size,
            minItems: size,
            maxItems: size,
            uniqueItems: fc.boolean(),
            minProperties: size,
            maxProperties: size,
            multipleOf: fc.constantFrom(1, 2, 3),
            pattern: fc.constantFrom('a', '^b', 'a+b$'),
            required: fc.uniqueArray(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 2 }),
          })
          .chain(someOf(2)),
        fc
          .record({
            properties: fc.dictionary(fc.constantFrom('a', 'b'), sub, { maxKeys: 2 }),
            patternProperties: fc.dictionary(fc.constantFrom('a', '^b', 'c'), sub, { maxKeys: 2 }),
            additionalProperties: fc.oneof(fc.boolean(), sub),
            dependencies: fc.dictionary(fc.constantFrom('a', 'b'), fc.oneof(fc.constant(['c']), sub), { maxKeys: 2 }),
            items: fc.oneof(sub, fc.array(sub, { minLength: 1, maxLength: 2 })),
            additionalItems: fc.oneof(fc.boolean(), sub),
            allOf: fc.array(sub, { minLength: 1, maxLength: 2 }),
            anyOf: fc.array(sub, { minLength: 1, maxLength: 2 }),
            oneOf: fc.array(sub, { minLength: 1, maxLength: 3 }),
            not: sub,
          })
          .chain(someOf(3)),
      ),
    };
  });
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'value' },
      fc.constantFrom(null, true, 0, 1, 2, 1.5, '', 'a', 'ab', 'aab'),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), { maxKeys: 3 }),
    ),
  }));
  const ajv = new Ajv.default({ strict: false, allErrors: false });
  let agreed = 0;
  fc.assert(
    fc.property(schema, fc.array(value, { minLength: 5, maxLength: 10 }), (made, values) => {
      const validate = ajv.compile(made as object);
      for (const each of values) {
        const expected = validate(JSON.parse(JSON.stringify(each))) as boolean;
        if (expected) agreed++;
        expect([made, each, conforms(made, each)]).toEqual([made, each, expected]);
      }
      ajv.removeSchema();
    }),
    { numRuns: 500 },
  );
  expect(agreed).toBeGreaterThan(200);
});

/** A few of the keywords: all together would let nothing pass. */
function someOf(count: number) {
  return (all: Record<string, unknown>) =>
    fc
      .subarray(Object.keys(all), { maxLength: count })
      .map((names) => Object.fromEntries(names.map((name) => [name, all[name]])));
}

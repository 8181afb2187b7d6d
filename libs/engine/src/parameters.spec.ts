/** Declared parameters: where they are read, and what their types accept (wire contract 4.3 to 4.5). */

import { ApiParameter } from '@causeway/contract';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { arrayValues, compileParameters } from './parameters.js';
import { type Made, makeExchange } from './testing/make-exchange.js';
import { valueCheck } from './value-check.js';

const declare = (changed: object) =>
  ApiParameter.parse({ name: 'p', in: 'query', backend: { name: 'p', in: 'query' }, ...changed });
const reason = (changed: object, value: string) => valueCheck(declare(changed))(value);
const passes = (changed: object, value: string) => reason(changed, value) === null;

function read(declared: readonly object[], target: string, made: Made & { pathValues?: string[] } = {}) {
  const x = makeExchange(target, made);
  x.pathValues = made.pathValues ?? [];
  const answer = compileParameters(declared.map(declare), ['p', 'r'])?.(x);
  return { code: answer?.errorCode ?? null, message: answer?.errorMessage ?? null, values: x.parameters && [...x.parameters] };
}

describe('a declared parameter', () => {
  it.each([
    ['the query, decoded', { in: 'query' }, '/a?x=1&p=%C3%A9+1&p=2', {}, 'é 1'],
    ['a header of any letter case', { in: 'header', name: 'X-P' }, '/a', { headers: ['x-p', '\u00c3\u00a9', 'X-P', '2'] }, 'é'],
    ['a form', { in: 'form' }, '/a?p=query', { form: 'p=%41' }, 'A'],
    ['the path, in which + is +', { in: 'path' }, '/a', { pathValues: ['a+%2F%20'] }, 'a+/ '],
    ['the query, where it has no =', { in: 'query' }, '/a?p', {}, ''],
  ] as const)('is read from %s', (_, changed, target, made, value) => {
    const { values } = read([changed], target, made as Made);
    expect(values?.[0]?.[1]).toBe(value);
  });

  it('that is missing is refused, has its default, or is not there', () => {
    expect(read([{ required: true }], '/a')).toMatchObject({ code: 'I400MP', message: 'Parameter `p` is Required' });
    expect(read([{ default: 'd' }], '/a').values).toEqual([['p', 'd']]);
    expect(read([{}], '/a').values).toEqual([]);
    expect(read([{ in: 'form' }], '/a?p=1').values).toEqual([]);
  });

  it('that fails is named with the reason, the first in order of definition', () => {
    const declared = [
      { name: 'a', type: 'Int' },
      { name: 'b', type: 'Boolean' },
      { name: 'c', required: true },
    ];
    const { code, message } = read(declared, '/a?a=1&b=x');
    expect([code, message]).toEqual(['I400IP', 'Invalid Parameter `b` must be true or false']);
  });

  it('costs no step where there is none', () => {
    expect(compileParameters([], [])).toBeNull();
  });

  it('may not bring a dot segment into the path of the backend', () => {
    const into = { backend: { name: 'p', in: 'path' } };
    for (const text of ['.', '..']) expect(read([into], `/a?p=${text}`).code).toBe('I400IP');
    expect(read([into], '/a?p=...').code).toBeNull();
    expect(read([{}], '/a?p=..').code).toBeNull();
  });
});

describe('an Array', () => {
  const array = (changed: object = {}) => ({ type: 'Array', ...changed });

  it.each([
    ['a query', { in: 'query' }, '/a?p=1&x=2&p=%C3%A9&p', {}, ['1', 'é', '']],
    ['header lines', { in: 'header', name: 'X-P' }, '/a', { headers: ['X-P', 'a,b', 'x-p', 'c'] }, ['a,b', 'c']],
    ['a form', { in: 'form' }, '/a?p=0', { form: 'p=1&p=2+3' }, ['1', '2 3']],
  ] as const)('takes all values of %s, and shows conditions the first', (_, changed, target, made, values) => {
    const declared = declare(array(changed));
    expect(read([array(changed)], target, made as Made).values?.[0]?.[1]).toBe(values[0]);
    expect(arrayValues(declared)(makeExchange(target, made as Made))).toEqual(values);
  });

  it('that is absent is refused, has its default as its one value, or is not there', () => {
    expect(read([array({ required: true })], '/a')).toMatchObject({ code: 'I400MP', message: 'Parameter `p` is Required' });
    expect(read([array({ default: 'd' })], '/a').values).toEqual([['p', 'd']]);
    expect(arrayValues(declare(array({ default: 'd' })))(makeExchange('/a'))).toEqual(['d']);
    expect(arrayValues(declare(array()))(makeExchange('/a'))).toEqual([]);
  });

  it('has each item checked', () => {
    const numbers = array({ items: 'Int', maximum: 5 });
    expect(read([numbers], '/a?p=1&p=5').code).toBeNull();
    expect(read([numbers], '/a?p=1&p=6').message).toBe('Invalid Parameter `p` must be at most 5');
    expect(read([numbers], '/a?p=1&p').message).toBe('Invalid Parameter `p` must be a whole number');
    expect(read([array({ enum: ['a'] })], '/a?p=a&p=b').code).toBe('I400IP');
  });

  it('has at most so many values, and no more text for a pattern than a single value may have', () => {
    const of = (count: number, text: string) => `/a?${Array.from({ length: count }, () => `p=${text}`).join('&')}`;
    expect(read([array()], of(1000, 'x')).code).toBeNull();
    expect(read([array()], of(1001, 'x')).message).toBe('Invalid Parameter `p` has more than 1000 values');
    const matched = array({ pattern: 'x*' });
    expect(read([matched], of(2, 'x'.repeat(4096))).code).toBeNull();
    expect(read([matched], of(2, 'x'.repeat(4097))).message).toBe('Invalid Parameter `p` is too long to be checked');
  });
});

describe('type String', () => {
  it('is checked in the order length, list, pattern, schema', () => {
    const all = { minLength: 2, enum: ['ab', '12', '[]'], pattern: '[0-9\\[\\]]+', jsonSchema: '{"type":"array"}' };
    expect(['a', 'abc', 'ab', '12', '[]'].map((value) => reason(all, value))).toEqual([
      'must have at least 2 characters',
      'is not one of the allowed values',
      'does not match its pattern',
      'does not conform to its schema',
      null,
    ]);
  });

  it('shows clients neither pattern nor schema', () => {
    const { message } = read([{ pattern: 'secret-[0-9]+' }], '/a?p=x');
    expect(message).toBe('Invalid Parameter `p` does not match its pattern');
    expect(read([{ jsonSchema: '{"enum":["secret"]}' }], '/a?p=%22x%22').message).toBe(
      'Invalid Parameter `p` does not conform to its schema',
    );
  });

  it('counts code points', () => {
    expect(passes({ maxLength: 2 }, '😀😀')).toBe(true);
    expect(passes({ maxLength: 2 }, '😀😀a')).toBe(false);
    expect(passes({ minLength: 3 }, '😀😀')).toBe(false);
    expect(passes({ minLength: 1 }, '')).toBe(false);
    expect(passes({}, '')).toBe(true);
  });

  it('is one of a list, whose items are trimmed', () => {
    expect(passes({ enum: [' a ', 'b'] }, 'a')).toBe(true);
    expect(passes({ enum: [' a ', 'b'] }, ' a ')).toBe(false);
    expect(passes({ enum: ['a'] }, 'A')).toBe(false);
  });
});

describe.each([
  ['Int', 2n ** 31n],
  ['Long', 2n ** 63n],
] as const)('type %s', (type, beyond) => {
  it('takes whole numbers of its range, exactly', () => {
    for (const text of ['0', '-0', '7', '007', '-7', '0'.repeat(100), String(beyond - 1n), String(-beyond)])
      expect([text, reason({ type }, text)]).toEqual([text, null]);
    for (const text of [String(beyond), String(-beyond - 1n), '9'.repeat(8000), `-${'9'.repeat(20)}`])
      expect(reason({ type }, text)).toMatch(/^must be from -/);
  });

  it.each(['', '-', '+1', '1.0', '1e3', ' 1', '1 ', '0x10', '١', '--1', '1-', `${'0'.repeat(8000)}x`])(
    'does not take "%s"',
    (text) => {
      expect(reason({ type }, text)).toBe('must be a whole number');
    },
  );

  it('has limits that belong to the range, and lists that compare by value', () => {
    expect(passes({ type, minimum: 1, maximum: 3 }, '1') && passes({ type, minimum: 1, maximum: 3 }, '3')).toBe(true);
    expect(passes({ type, minimum: 1 }, '0') || passes({ type, maximum: 3 }, '4')).toBe(false);
    expect(passes({ type, enum: ['1', '20'] }, '020')).toBe(true);
    expect(passes({ type, enum: ['1', '20'] }, '2')).toBe(false);
  });

  it('has limits beyond 2^53 as near as a JSON number comes', () => {
    expect(passes({ type: 'Long', minimum: 2 ** 53, maximum: 2 ** 63 }, String(2n ** 63n - 1n))).toBe(true);
    expect(passes({ type: 'Long', minimum: 2 ** 53 }, String(2n ** 53n - 1n))).toBe(false);
    expect(passes({ type: 'Long', maximum: 2 ** 53 }, String(2n ** 53n + 1n))).toBe(false);
    expect(passes({ type: 'Long', enum: ['9007199254740993'] }, '9007199254740992')).toBe(false);
  });

  it('agrees with arithmetic', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }), (number) => {
        expect(passes({ type }, String(number))).toBe(number >= -beyond && number < beyond);
      }),
    );
  });
});

describe.each(['Float', 'Double'])('type %s', (type) => {
  it.each(['0', '-0.5', '1e3', '1.5E-3', '00.1', '1e+2'])('takes %s', (text) => {
    expect(passes({ type }, text)).toBe(true);
  });

  it.each(['', '.5', '1.', '+1', 'NaN', 'Infinity', '1e', '1e999', '0x1', '1,5', ' 1'])('does not take "%s"', (text) => {
    expect(passes({ type }, text)).toBe(false);
  });

  it('compares by value', () => {
    expect(passes({ type, minimum: 0.5, maximum: 1.5, enum: ['1.50', '0.5'] }, '15e-1')).toBe(true);
    expect(passes({ type, maximum: 1.5 }, '1.51')).toBe(false);
    expect(passes({ type, minimum: 0.5 }, '0.49')).toBe(false);
    expect(passes({ type, enum: ['1'] }, '2')).toBe(false);
  });
});

it('type Boolean takes two words in any letter case', () => {
  for (const text of ['true', 'FALSE', 'True']) expect(passes({ type: 'Boolean' }, text)).toBe(true);
  for (const text of ['', '1', 'yes', ' true']) expect(passes({ type: 'Boolean' }, text)).toBe(false);
});

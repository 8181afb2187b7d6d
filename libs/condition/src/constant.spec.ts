/** Conditions that no request can change. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type CompiledParameters,
  compileCondition,
  compileParameters,
  constantComparisons,
  isConstant,
  parseCondition,
  rangesOf,
} from './index.js';

it.each([
  ['1 = 1', true],
  ["'a' like '%b'", false],
  ['!(1 = 1)', false],
  ['$a = $a', null],
  ['Random() < 2', true],
  ['Random() < 50', true],
  ['0.5 > Random()', null],
  ['Random() < 1', true],
  ['Random() < 0.99', null],
  ['Random() >= 0', true],
  ['Random() > 0', null],
  ["Random() = 'a'", false],
  ['TimeOfDay() >= 86400000', false],
  ['TimeOfDay() >= 86399999', null],
  ['Timestamp() < 0', null],
  ['1 = 1 or $a = 1', true],
  ['$a = 1 or 1 = 1', true],
  ['$a = 1 and 1 = 2', false],
  ['1 = 1 and $a = 1', null],
  ['1 = 1 xor $a = 1', null],
  ['1 = 1 xor 1 = 1 or $a = 1', false],
  ["'10.0.0.1' in_cidr '10.0.0.0/8' and 1.0 = 1", true],
])('%s is %j', (text, expected) => {
  const result = parseCondition(text);
  expect('ast' in result && isConstant(result.ast)).toBe(expected);
});

describe('with variables that are always a number', () => {
  const parameters = compileParameters({ code: 'StatusCode', why: 'Header:X-Why' }, 'response') as CompiledParameters;
  const ranges = rangesOf(parameters, new Map([...['own', 'code', 'why'].map((name) => [name, [0, 5]] as const)]));

  it.each([
    ['$code >= 100', true],
    ['$code > 999', false],
    ['$code = 1000', false],
    ['$code != 99', true],
    ['$code = 200', null],
    ['$code > 599', null],
    ["$code = '200'", null],
    ["$code <> 'OK'", true],
    ['$code = null', false],
    ['$code = true', false],
    ["$code like '2%'", null],
    ['$own > 5', false],
    ['5 >= $own', true],
    ['$own = $own', null],
    ['$why < 0', null],
    ['$code < 100 or $own > 3000', false],
  ])('%s is %j', (text, expected) => {
    const result = parseCondition(text);
    expect('ast' in result && isConstant(result.ast, ranges)).toBe(expected);
  });

  it.each([
    ["$code = 'OK' or ($own < 3000 and $a = 1)", ['1 false', '18 true']],
    ['!(Random() < 50)', ['3 true']],
    ['1 = 1 and $code > 499 and Random() < 0.5 and $a > 3000', []],
  ])('tells which comparisons of %s no request can change', (text, expected) => {
    const parsed = parseCondition(text);
    const found = 'ast' in parsed ? constantComparisons(parsed.ast, ranges) : [];
    expect(found.map(({ column, result }) => `${column} ${result}`)).toEqual(expected);
  });

  it('no number of the range changes what is called constant', () => {
    const limits = fc.integer({ min: -3, max: 9 });
    const numbers = fc.oneof(limits.map(String), fc.constantFrom('0.5', '4.999', "'5'", "'x'", 'null', 'true', 'false', "'3.0'"));
    const operators = fc.constantFrom('=', '!=', '<', '<=', '>', '>=');
    const sides = fc.tuple(numbers, operators, fc.boolean());
    fc.assert(
      fc.property(sides, fc.double({ min: 0, max: 5, noNaN: true }), ([number, operator, turned], own) => {
        const parsed = parseCondition(turned ? `${number} ${operator} $own` : `$own ${operator} ${number}`);
        if (!('ast' in parsed)) throw new Error('does not parse');
        const test = compileCondition(parsed.ast, { parameters, pluginVariables: ['own'] });
        const constant = isConstant(parsed.ast, ranges);
        const result = test({ pluginVariable: () => own } as never);
        if (constant !== null) expect(result).toBe(constant);
      }),
      { numRuns: 2000 },
    );
  });
});

/** Conditions that no request can change. */
import { expect, it } from '@jest/globals';
import { isConstant, parseCondition } from './index.js';

it.each([
  ['1 = 1', true],
  ["'a' like '%b'", false],
  ['!(1 = 1)', false],
  ['$a = $a', null],
  ['Random() < 2', null],
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

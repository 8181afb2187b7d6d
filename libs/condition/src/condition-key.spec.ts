/** Which conditions are taken for the same. */
import { expect, it } from '@jest/globals';
import { conditionKey, parseCondition } from './index.js';

function keyOf(text: string): string | null {
  const parsed = parseCondition(text);
  if (!('ast' in parsed)) throw new Error(`${text} does not parse`);
  return conditionKey(parsed.ast);
}

it.each([
  ['$a=1', '  1 == ${a} '],
  ['$a != "x"', "'x' <> $a"],
  ['$a > 1', '1 < $a'],
  ['$a >= $b', '$b <= $a'],
  ['$a = 1 and $b = 2 and $c = 3', '(($c = 3) AND ($b = 2 and $a = 1))'],
  ['$a = 1 or $b = 2 and $c = 3', '$a = 1 or ($c = 3 and $b = 2)'],
  ['TimeOfDay() < 5', 'timeofday() < 5'],
])('%s is %s', (one, other) => expect(keyOf(one)).toBe(keyOf(other)));

it.each([
  ['$a = 1', "$a = '1'"],
  ['$a < 1', '1 < $a'],
  ['$a = 1 and $b = 2 or $c = 3', '($a = 1 and $b = 2) or $c = 3'],
  ['$a = 1 xor $a = 1', '$a = 1'],
  ["$a = '$b'", '$a = $b'],
  ["$a = 'x and y'", "$a = 'x' and $y = 1"],
])('%s is not %s', (one, other) => expect(keyOf(one)).not.toBe(keyOf(other)));

it('one that draws lots is the same as none, not even itself', () => {
  expect(keyOf('$a = 1 and Random() < 0.5')).toBeNull();
  expect(keyOf("$a = 'Random()'")).not.toBeNull();
});

/** The explanation an operator reads. */
import { expect, it } from '@jest/globals';
import {
  type CompiledParameters,
  type ConditionValue,
  compileParameters,
  explainCondition,
  parseCondition,
  type ValueSource,
} from './index.js';

const values: Record<string, ConditionValue> = { a: "it's", b: 7, c: null, long: 'x'.repeat(200) };
const source: ValueSource = {
  nowMs: 86_400_005,
  random: () => 0.25,
  system: () => 'TEST',
  apiParameter: () => undefined,
  pluginVariable: () => null,
  read: ({ name }) => values[name ?? ''] ?? null,
};

function explain(text: string): string {
  const parsed = parseCondition(text);
  if (!('ast' in parsed)) throw new Error(parsed.problems[0]?.message);
  const map = { a: 'Query:a', b: 'Token:b', c: 'Header:C', long: 'Query:long' };
  const parameters = compileParameters(map, 'request') as CompiledParameters;
  return explainCondition(parsed.ast, { parameters }, source).lines.join('\n');
}

it.each([
  ["$a = 'x'", `false: $a = 'x' ($a from Query:a is "it's")`],
  ['null = ${c}', 'true: null = $c ($c from Header:C is null)'],
  ["$CaStage like 'T%'", "true: $CaStage like 'T%' ($CaStage is 'TEST')"],
  ['TimeOfDay() < Random()', 'false: TimeOfDay() < Random() (TimeOfDay() is 5, Random() is 0.25)'],
  ['1.50 = 1.5', 'true: 1.50 = 1.5'],
  ['!($b = 7)', 'false: not\n  true: $b = 7 ($b from Token:b is 7)'],
  [
    '$b = 7 and (1 = 2 or true = true)',
    'true: right to left,\n  true: $b = 7 ($b from Token:b is 7)\nand\n  true: right to left,\n    false: 1 = 2\n  or\n    true: true = true',
  ],
])('explains %s', (text, expected) => {
  expect(explain(text)).toBe(expected);
});

it('shows only the start of a long value', () => {
  expect(explain('$long = 1')).toBe(`false: $long = 1 ($long from Query:long is '${'x'.repeat(100)}…')`);
});

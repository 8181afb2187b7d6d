/** What a save reports. */
import { describe, expect, it } from '@jest/globals';
import { checkCondition, parseCondition } from './index.js';

describe('checkCondition', () => {
  it('tells the problems of the condition and of the map together', () => {
    const { problems, warnings } = checkCondition('$a = ', { parameters: { a: 'Cookie:x' }, phase: 'request' });
    expect(problems.map(({ parameter, column }) => [parameter, column])).toEqual([
      [undefined, 6],
      ['a', 1],
    ]);
    expect(warnings).toEqual([]);
  });

  it('warns of every chain that mixes operators, at its start', () => {
    const text = '1 = 1 and 2 = 2 or (3 = 3 xor 4 = 4 and 5 = 5) and (6 = 6 or 7 = 7)';
    const expected = [
      { code: 'mixed-operators', column: 1 },
      { code: 'mixed-operators', column: 21 },
    ];
    const context = { parameters: {}, phase: 'request' as const };
    expect(checkCondition(text, context).warnings).toMatchObject(expected);
    const parsed = parseCondition(text);
    expect('ast' in parsed && checkCondition(parsed.ast, context).warnings).toMatchObject(expected);
  });
});

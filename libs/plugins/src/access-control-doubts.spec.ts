/** What is said of an accessControl configuration is so for every request. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { accessControl } from './access-control.js';
import { checkPlugin } from './check.js';
import { doubtsOf, without } from './testing/doubts-of.js';
import { compileContext, makeExchange } from './testing/make-exchange.js';

interface Rule {
  readonly condition?: string;
  readonly assertParameterName?: string;
  readonly assertInDataset?: string;
  readonly ifTrue?: string | undefined;
  readonly ifFalse?: string | undefined;
  readonly errorMessage?: string;
}

const parameters = { a: 'Query:a', b: 'Query:b' };
const configOf = (rules: readonly Rule[]) => ({ parameters, rules: rules.map((rule, n) => ({ name: `r${n}`, ...rule })) });
const doubts = (...rules: Rule[]) => doubtsOf('accessControl', configOf(rules)).filter((each) => !each.startsWith('unused'));
const listed = (ifTrue: string) => ({ assertParameterName: 'a', assertInDataset: 'd1', ifTrue });

describe('rules of accessControl', () => {
  it.each<[string, Rule[], string[]]>([
    [
      'each for itself',
      [{ condition: "$a = 'x'", ifTrue: 'ALLOW' }, { condition: "$b = 'x'", ifFalse: 'DENY' }, listed('DENY')],
      [],
    ],
    [
      'behind one that always decides',
      [
        { condition: "$a = 'x'", ifTrue: 'ALLOW', ifFalse: 'DENY' },
        { condition: "$b = 'x'", ifTrue: 'DENY' },
      ],
      ['never-reached rules[1]'],
    ],
    [
      'behind one whose condition always holds',
      [
        { condition: "$a = 'x'", ifTrue: 'ALLOW' },
        { condition: '1 = 1', ifTrue: 'DENY' },
        { condition: "$b = 'x'", ifTrue: 'DENY' },
      ],
      ['never-reached rules[2]'],
    ],
    [
      'that ask again what was decided',
      [
        { condition: "$a = 'x'", ifTrue: 'DENY' },
        { condition: "'x' == $a", ifTrue: 'ALLOW' },
      ],
      ['no-effect rules[1]'],
    ],
    [
      'that ask again, and say something for what is left',
      [
        { condition: "$a = 'x'", ifTrue: 'DENY' },
        { condition: "$a = 'x'", ifTrue: 'DENY', ifFalse: 'ALLOW' },
        { condition: "$b = 'x'", ifTrue: 'DENY' },
      ],
      ['no-effect rules[1].ifTrue', 'never-reached rules[2]'],
    ],
    ['that look into the same dataset', [listed('DENY'), listed('ALLOW')], ['no-effect rules[1]']],
    [
      'that draw lots',
      [
        { condition: 'Random() < 0.5', ifTrue: 'DENY' },
        { condition: 'Random() < 0.5', ifTrue: 'DENY' },
      ],
      [],
    ],
    ['whose condition never holds', [{ condition: '1 = 2', ifTrue: 'DENY' }, listed('DENY')], ['no-effect rules[0]']],
    ['that let everybody pass', [{ condition: "$a = 'x'", ifTrue: 'ALLOW' }], ['admits-everybody rules']],
    [
      'that let nobody pass',
      [
        { condition: "$a = 'x'", ifTrue: 'DENY' },
        { condition: '1 = 1', ifTrue: 'DENY' },
      ],
      ['refuses-everybody rules'],
    ],
    [
      'that have a text for a refusal, and refuse nobody',
      [{ condition: "$a = 'x'", ifTrue: 'ALLOW', errorMessage: 'no' }, listed('DENY')],
      ['no-effect rules[0].errorMessage'],
    ],
  ])('%s', (_, rules, expected) => expect(doubts(...rules)).toEqual(expected));

  it('read variables in conditions, texts and for datasets', () => {
    const rules = [{ ...listed('DENY'), errorMessage: '${b}' }];
    expect(doubtsOf('accessControl', configOf(rules))).toEqual([]);
    expect(doubtsOf('accessControl', configOf([listed('DENY')]))).toEqual(['unused-parameter parameters.b']);
  });

  it('that are never reached or decide nothing can be left out, and nothing changes', () => {
    const verdict = fc.constantFrom('ALLOW', 'DENY', undefined);
    const rule = fc
      .record({
        condition: fc.constantFrom("$a = 'x'", "'x' = $a", "$b = 'x'", "!($a = 'x')", '1 = 1', '1 = 2', 'Random() < 0.6'),
        ifTrue: verdict,
        ifFalse: verdict,
      })
      .filter(({ ifTrue, ifFalse }) => ifTrue !== undefined || ifFalse !== undefined);
    const values = fc.constantFrom('x', 'y');
    const outcome = (config: object, target: string, random: number) => {
      const { config: checked } = checkPlugin('accessControl', config);
      if (checked === null) throw new Error('does not fit');
      const answer = accessControl.compile(checked as never, compileContext({ random: () => random })).request!(
        makeExchange(target),
      );
      return answer === undefined ? 'passes' : 'refused';
    };
    fc.assert(
      fc.property(
        fc.array(rule, { minLength: 2, maxLength: 6 }),
        values,
        values,
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        (rules, a, b, random) => {
          const config = configOf(rules);
          const target = `/?a=${a}&b=${b}`;
          const real = outcome(config, target, random);
          for (const doubt of doubtsOf('accessControl', config)) {
            const [code, path = ''] = doubt.split(' ');
            if (code === 'admits-everybody') expect(real).toBe('passes');
            if (code === 'refuses-everybody') expect(real).toBe('refused');
            if (/^(never-reached|no-effect)$/.test(code ?? '')) expect(outcome(without(config, path), target, random)).toBe(real);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

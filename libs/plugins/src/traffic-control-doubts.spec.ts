/** What is said of a trafficControl configuration is so for every sequence of requests. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkPlugin } from './check.js';
import { type LimitStore, NO_SERVICES } from './kit/services.js';
import { doubtsOf } from './testing/doubts-of.js';
import { compileContext, makeExchange } from './testing/make-exchange.js';
import { trafficControl } from './traffic-control.js';

const doubts = (config: object) => doubtsOf('trafficControl', config);

describe('limits of APIs, accounts and apps', () => {
  const own = (value: number, type = 'APP', key = '7') => ({ type, policies: [{ key, value }] });

  it.each<[object, string[]]>([
    [{ apiDefault: 100, userDefault: 50, appDefault: 10 }, []],
    [{ apiDefault: 100, userDefault: 100, appDefault: 10 }, ['limit-never-bites userDefault']],
    [{ apiDefault: 100, userDefault: 50, appDefault: 50 }, ['limit-never-bites appDefault']],
    [{ apiDefault: 100, appDefault: 100 }, ['limit-never-bites appDefault']],
    [{ apiDefault: 100, appDefault: 10, specials: [own(100)] }, []],
    [{ apiDefault: 100, specials: [own(50)] }, []],
    [{ apiDefault: 100, specials: [own(100)] }, ['limit-never-bites specials[0].policies[0].value']],
    [{ apiDefault: 100, appDefault: 10, specials: [own(20), own(30), own(20, 'USER')] }, ['overridden specials[0].policies[0]']],
  ])('%j: %j', (config, expected) => expect(doubts({ unit: 'MINUTE', ...config })).toEqual(expected));
});

const parameters = { a: 'Query:a', b: 'Query:b' };
const rule = (limit: number, period: string, more: object = {}) => ({ limit, period, ...more });
const configOf = (rules: object[], more: object = {}) => ({
  parameters,
  rules: rules.map((each, n) => ({ name: `r${n}`, ...each })),
  ...more,
});
const ruleDoubts = (rules: object[], more: object = {}) =>
  doubts(configOf(rules, more)).filter((each) => !each.startsWith('unused'));
const by = (byParameters: string, more: object = {}) => ({ byParameters, ...more });

describe('limits by rules', () => {
  const never = (...paths: string[]) => paths.map((path) => `limit-never-bites ${path}`);

  it.each<[string, object[], object, string[]]>([
    ['a longer one below a shorter one', [rule(500, 'MINUTE')], { defaultLimit: 10, defaultPeriod: 'SECOND' }, []],
    [
      'a longer one that a shorter one keeps from being reached',
      [rule(600, 'MINUTE')],
      { defaultLimit: 10, defaultPeriod: 'SECOND' },
      never('rules[0].limit'),
    ],
    [
      'a shorter one above a longer one',
      [rule(100, 'SECOND')],
      { defaultLimit: 100, defaultPeriod: 'MINUTE' },
      never('rules[0].limit'),
    ],
    ['a shorter one below a longer one', [rule(99, 'SECOND')], { defaultLimit: 100, defaultPeriod: 'MINUTE' }, []],
    ['a default above a rule for all', [rule(5, 'HOUR')], { defaultLimit: 5, defaultPeriod: 'HOUR' }, never('rules[0].limit')],
    ['a default far above a rule for all', [rule(5, 'HOUR')], { defaultLimit: 6, defaultPeriod: 'HOUR' }, never('defaultLimit')],
    ['by a value, and all', [rule(10, 'HOUR', by('a')), rule(20, 'HOUR')], {}, []],
    ['by two values, and by one of them', [rule(10, 'HOUR', by('a, b')), rule(10, 'HOUR', by('b'))], {}, never('rules[0].limit')],
    ['by different values', [rule(10, 'HOUR', by('a')), rule(10, 'HOUR', by('b'))], {}, []],
    [
      'of which one leaves out requests without a value',
      [rule(10, 'HOUR', by('a', { bypassEmptyValue: true })), rule(10, 'HOUR', by('a, b'))],
      {},
      [],
    ],
    [
      'with the same condition',
      [
        rule(10, 'HOUR', { condition: "$a = 'x'" }),
        rule(10, 'DAY', { condition: "$b = 'x'" }),
        rule(240, 'DAY', { condition: "'x' = $a" }),
      ],
      {},
      never('rules[2].limit'),
    ],
    ['with a condition, below all', [rule(10, 'HOUR', { condition: "$a = 'x'" }), rule(10, 'HOUR')], {}, never('rules[0].limit')],
    [
      'that draw lots',
      [rule(10, 'HOUR', { condition: 'Random() < 0.5' }), rule(9, 'HOUR', { condition: 'Random() < 0.5' })],
      {},
      [],
    ],
    [
      'whose condition never holds',
      [rule(1, 'HOUR', { condition: '1 = 2' }), rule(5, 'HOUR')],
      {},
      ['never-holds rules[0].condition'],
    ],
    ['that count by nothing', [rule(1, 'HOUR', { bypassEmptyValue: true })], {}, ['no-effect rules[0].bypassEmptyValue']],
  ])('%s', (_, rules, more, expected) => expect(ruleDoubts(rules, more)).toEqual(expected));

  it('read variables in conditions and lists', () => {
    expect(doubts(configOf([rule(1, 'HOUR', by('a'))]))).toEqual(['unused-parameter parameters.b']);
    expect(doubts(configOf([rule(1, 'HOUR', by('a', { condition: "$b = '1'" }))]))).toEqual([]);
  });

  it('that never bite can be left out, and the same requests pass', () => {
    const rules = fc.array(
      fc.record({
        limit: fc.integer({ min: 1, max: 8 }),
        period: fc.constantFrom('SECOND', 'MINUTE'),
        byParameters: fc.constantFrom('a', 'b', 'a,b', undefined),
        condition: fc.constantFrom("$a = 'x'", "'x' = $a", '1 = 1', undefined),
        bypassEmptyValue: fc.boolean(),
      }),
      { minLength: 2, maxLength: 4 },
    );
    const requests = fc.array(
      fc.record({ a: fc.constantFrom('x', 'y', ''), b: fc.constantFrom('x', ''), ms: fc.constantFrom(0, 10, 400, 1000, 20_000) }),
      { minLength: 5, maxLength: 40 },
    );
    fc.assert(
      fc.property(rules, requests, (made, asked) => {
        const config = configOf(made);
        const passing = passes(config, asked);
        for (const doubt of doubts(config)) {
          const n = /^(?:limit-never-bites|never-holds) rules\[(\d+)\]/.exec(doubt)?.[1];
          if (n !== undefined) expect(passes({ ...config, rules: config.rules.toSpliced(Number(n), 1) }, asked)).toEqual(passing);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

/** Which requests pass, one after the other, on a clock of their own; nobody waits. */
function passes(config: object, requests: ReadonlyArray<{ a: string; b: string; ms: number }>): boolean[] {
  let nowMs = 0;
  const counts = new Map<string, number>();
  const limits: LimitStore = {
    take(counted) {
      const keys = counted.map(({ key, windowMs }) => `${key} ${windowMs} ${Math.floor(nowMs / windowMs)}`);
      const at = counted.findIndex(({ limit }, n) => (counts.get(keys[n]!) ?? 0) >= limit);
      if (at >= 0) return { at, retryAfterMs: 1 };
      for (const key of new Set(keys)) counts.set(key, (counts.get(key) ?? 0) + 1);
      return null;
    },
    wait: () => null,
  };
  const context = compileContext({ services: { ...NO_SERVICES, limits } });
  const { request } = trafficControl.compile(checkPlugin('trafficControl', config).config as never, context);
  return requests.map(({ a, b, ms }) => {
    nowMs += ms;
    return request!(makeExchange(`/?a=${a}&b=${b}`)) === undefined;
  });
}

/** What is said of a routing configuration is so for every request. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkPlugin } from './check.js';
import { routing } from './routing.js';
import { doubtsOf, without } from './testing/doubts-of.js';
import { compileContext, makeExchange } from './testing/make-exchange.js';

const backend = { type: 'HTTP', address: 'x.example.com' };
const routes = (...conditions: string[]) => ({
  parameters: { a: 'Query:a', b: 'Query:b' },
  routes: conditions.map((condition, n) => ({ name: `r${n}`, condition, backend })),
});
const doubts = (...conditions: string[]) => doubtsOf('routing', routes(...conditions)).filter((each) => !/^unused/.test(each));

describe('routes that no request takes', () => {
  it.each<[string[], string[]]>([
    [["$a = 'x'", "$a = 'y'", '1 = 1'], []],
    [
      ["$a = 'x'", '1 = 1', "$b = 'x'", "$b = 'y'"],
      ['never-reached routes[2]', 'never-reached routes[3]'],
    ],
    [["$a = 'x' and $b = 1", "$b = '1'", "1 == $b AND 'x' = ${a}"], ['never-reached routes[2]']],
    [["$a = 'x'", '1 = 2'], ['never-holds routes[1].condition']],
    [
      ["$a = 'x'", "$a = 'x'", "$a = 'x'"],
      ['never-reached routes[1]', 'never-reached routes[2]'],
    ],
    // Each draws for itself.
    [['Random() < 0.5', 'Random() < 0.5', "$a = 'x'"], []],
    [
      ['Random() < 50', "$a = 'x'"],
      ['constant-comparison routes[0].condition', 'never-reached routes[1]'],
    ],
    [
      ['TimeOfDay() > 86400000', "$a = 'x'"],
      ['constant-comparison routes[0].condition', 'never-holds routes[0].condition'],
    ],
  ])('of %j: %j', (conditions, expected) => expect(doubts(...conditions)).toEqual(expected));

  it('can be left out, and nothing changes', () => {
    const conditions = fc.constantFrom(
      "$a = 'x'",
      "'x' = $a",
      "$a = 'x' and $b = 'x'",
      "($b = 'x' and $a = 'x')",
      "$b = 'x' or $a = 'y'",
      "!($a = 'x')",
      '1 = 1',
      '1 = 2',
      'Random() < 0.6',
      'Random() < 60',
    );
    const values = fc.constantFrom('x', 'y', 'z');
    const taken = (config: object, target: string, random: number) => {
      const { config: checked } = checkPlugin('routing', config);
      const steps = routing.compile(checked as never, compileContext({ random: () => random }));
      const x = makeExchange(target);
      steps.request?.(x);
      return x.routeName;
    };
    fc.assert(
      fc.property(
        fc.array(conditions, { minLength: 2, maxLength: 6 }),
        values,
        values,
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        (made, a, b, random) => {
          const config = routes(...made);
          const [found] = doubtsOf('routing', config).filter((each) => /^never/.test(each));
          const path = found?.split(' ')[1]?.replace('.condition', '');
          if (path === undefined || made.length < 2) return;
          const target = `/?a=${a}&b=${b}`;
          expect(taken(without(config, path), target, random)).toBe(taken(config, target, random));
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('fields that nothing looks at', () => {
  it.each<[object, string[]]>([
    [{ type: 'HTTP', address: 'x.example.com', path: '/x', method: 'GET', timeout: 1000 }, []],
    [{ type: 'HTTP-VPC', vpcAccessName: 'orders', path: '/x' }, []],
    [{ type: 'MOCK', statusCode: 503, body: 'x', headers: [] }, []],
    [{ address: 'x.example.com', statusCode: 200 }, []],
    [{ type: 'MOCK', body: 'x', mockBody: 'y' }, ['overridden routes[0].backend.mockBody']],
    [{ type: 'MOCK', address: 'x.example.com' }, ['no-effect routes[0].backend.address']],
    [
      { type: 'http', address: 'x.example.com', vpcAccessName: 'orders', body: 'x' },
      ['no-effect routes[0].backend.vpcAccessName', 'no-effect routes[0].backend.body'],
    ],
    [{ type: 'HTTP_VPC', vpcAccessName: 'orders', address: 'x.example.com' }, ['no-effect routes[0].backend.address']],
  ])('of the backend %j: %j', (named, expected) => {
    expect(doubtsOf('routing', { routes: [{ name: 'r', condition: "$x = '1'", backend: named }] })).toEqual(expected);
  });

  it('are constants of a MOCK backend, and variables that no condition names', () => {
    const constants = [{ name: 'X-A', location: 'header', value: '1' }];
    const route = { name: 'r', condition: "$b = '1'", backend: { type: 'MOCK' }, 'constant-parameters': constants };
    expect(doubtsOf('routing', { parameters: { a: 'Query:a', b: 'Query:b' }, routes: [route] })).toEqual([
      'no-effect routes[0].constant-parameters',
      'unused-parameter parameters.a',
    ]);
  });
});

/** What is said of an errorMapping configuration is so for every answer. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkPlugin } from './check.js';
import { errorMapping } from './error-mapping.js';
import { Answer } from './kit/answer.js';
import { doubtsOf, without } from './testing/doubts-of.js';
import { compileContext, makeExchange } from './testing/make-exchange.js';

const least = { parameters: { code: 'Header:X-Code' }, errorCondition: "$code <> 'OK'", errorCode: 'code' };
const doubts = (changed: object) => doubtsOf('errorMapping', { ...least, ...changed });
const byCode = (code: string) => ({ code, statusCode: 400 });
const where = (condition: string) => ({ condition, statusCode: 400 });
const rest = { statusCode: 500 };

describe('mappings', () => {
  it.each<[string, object, string[]]>([
    ['each for itself', { mappings: [byCode('A'), byCode('B'), where("$code like 'C%'")], defaultMapping: rest }, []],
    ['of a code that stood before', { mappings: [byCode('A'), byCode('B'), byCode('A')] }, ['never-reached mappings[2]']],
    [
      'with the condition of an earlier one',
      { mappings: [byCode('A'), where("$code = 'B'"), where("'B' == $code")] },
      ['never-reached mappings[2]'],
    ],
    [
      'behind one that fits all',
      { mappings: [byCode('A'), where('1 = 1'), byCode('B')], defaultMapping: rest },
      ['never-reached mappings[2]', 'never-reached defaultMapping'],
    ],
    [
      'behind one that asks what makes an error',
      { mappings: [byCode('A'), where("'OK' != $code")], defaultMapping: rest },
      ['never-reached defaultMapping'],
    ],
    ['that fit none', { mappings: [byCode('A'), where('1 = 2')] }, ['never-holds mappings[1].condition']],
    ['without a code', { mappings: [where("$code = 'B'")] }, ['no-effect errorCode']],
  ])('%s', (_, changed, expected) => expect(doubts(changed)).toEqual(expected));

  it('that are never reached can be left out, and nothing changes', () => {
    const mapping = fc.oneof(
      fc.constantFrom('A', 'B').map((code) => ({ code })),
      fc
        .constantFrom("$code = 'A'", "'A' = $code", "$code <> 'OK'", "$code like 'B%'", '1 = 1', '1 = 2')
        .map((condition) => ({ condition })),
    );
    const statusOf = (config: object, code: string) => {
      const answer = new Answer(200, ['X-Code', code], null);
      answer.fromBackend = true;
      const { config: checked } = checkPlugin('errorMapping', config);
      const respond = errorMapping.compile(checked as never, compileContext()).response!;
      return (respond(makeExchange('/'), answer) as Answer).status;
    };
    fc.assert(
      fc.property(
        fc.array(mapping, { minLength: 2, maxLength: 6 }),
        fc.boolean(),
        fc.constantFrom('OK', 'A', 'B', 'BC', 'D'),
        (made, hasDefault, code) => {
          const mappings = made.map((each, n) => ({ ...each, statusCode: 400 + n }));
          const config = { ...least, mappings, ...(hasDefault && { defaultMapping: rest }) };
          for (const doubt of doubtsOf('errorMapping', config)) {
            const path = /^never-\w+ (.*?)(?:\.condition)?$/.exec(doubt)?.[1];
            if (path !== undefined) expect(statusOf(without(config, path), code)).toBe(statusOf(config, code));
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

it.each<[string, string[]]>([
  ['$status = 200', []],
  ['$status > 599', []],
  ["$status = 'OK'", ['constant-comparison errorCondition', 'never-holds errorCondition']],
  ['$status < 100 or $status = 500', ['constant-comparison errorCondition']],
  ['$status >= 100', ['constant-comparison errorCondition']],
])('the status is a number of three digits: %s', (errorCondition, expected) => {
  expect(
    doubtsOf('errorMapping', { parameters: { status: 'StatusCode' }, errorCondition, mappings: [where("$a = 'x'")] }),
  ).toEqual(expected);
});

it('variables are read by conditions, codes and texts of all mappings', () => {
  const parameters = { a: 'Header:A', b: 'Header:B', c: 'Header:C', d: 'Header:D', e: 'Header:E', f: 'Header:F' };
  const config = {
    parameters,
    errorCondition: "$a = '1'",
    errorCode: 'b',
    mappings: [{ code: 'x', statusCode: 400, errorMessage: '${c}' }, where("$d = '1'")],
    defaultMapping: { statusCode: 500, responseBody: '${e}' },
  };
  expect(doubtsOf('errorMapping', config)).toEqual(['unused-parameter parameters.f']);
});

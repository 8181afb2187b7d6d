/** Values inside a JSON body. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareDecimals, type Decimal, parseDecimal } from './decimal.js';
import { type JsonPath, parseJsonPath, readJsonPath } from './json-path.js';
import { textOf } from './value.js';

const body = JSON.parse('{"a":{"b-c":[1,"x",{"d":true}]},"it\\"s":0.5,"n":null,"__proto__":{"p":1},"0":"zero"}');

it.each([
  ['$.a["b"]', null],
  ["$.a['b-c'][0]", 1],
  ['$.a.b-c[1]', 'x'],
  ['$.a.b-c[2].d', true],
  ['$.a.b-c', '[1,"x",{"d":true}]'],
  ['$.a.b-c[3]', null],
  ['$.a.b-c.length', null],
  ["$.a['b-c']['0']", null],
  ['$[0]', null],
  ["$['0']", 'zero'],
  ["$['it\"s']", 0.5],
  ['$.n', null],
  ['$.n.x', null],
  ['$.a.b-c[1].length', null],
  ['$.constructor', null],
  ['$.__proto__', '{"p":1}'],
  ['$.a.__proto__', null],
])('%s is %j', (text, expected) => {
  const path = parseJsonPath(text);
  expect(typeof path === 'number' ? null : readJsonPath(body, path)).toBe(expected);
});

it('a value nested too deep to be written is null', () => {
  expect(readJsonPath(JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`), [])).toBeNull();
});

it('nothing is found without a body', () => {
  expect(readJsonPath(undefined, [])).toBeNull();
  expect(readJsonPath(null, ['a'])).toBeNull();
});

describe('a number of many digits', () => {
  const long = '12345678901234567891';
  const read = (text: string, path: string) => {
    const value = readJsonPath(JSON.parse(text), parseJsonPath(path) as JsonPath, text);
    return value === null ? null : textOf(value);
  };

  it.each([
    [`{"a":${long}}`, '$.a', long],
    [long, '$', long],
    [` [ 1 , { "a" : [ 2, -${long} , 3 ] } ] `, '$[1].a[1]', `-${long}`],
    [`{"x":{"a":1},"a":0.1000000000000000055511151231257827}`, '$.a', '0.1000000000000000055511151231257827'],
    [`{"\\u0061":1,"b\\"}":[${long}],"a":2}`, `$['b"}'][0]`, long],
    [`{"a":1.0000000000000000001}`, '$.a', '1.0000000000000000001'],
    [`{"a":${long},"a":1${long}}`, '$.a', `1${long}`],
    [`{"a":{"b":${long}},"a":{"b":3}}`, '$.a.b', '3'],
    [`[[${long}],[5]]`, '$[1][0]', '5'],
    [`{"0":${long},"a":[7]}`, '$.a[0]', '7'],
    [`{"a":123456789012345678901e-1}`, '$.a', '12345678901234567000'],
    [`{"a":"${long}"}`, '$.a', long],
  ])('of %s at %s is %s', (text, path, expected) => expect(read(text, path)).toBe(expected));

  it('is found wherever JSON.parse finds it', () => {
    const digits = fc.stringMatching(/^-?[1-9][0-9]{0,30}(\.[0-9]{1,20})?$/);
    const json = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        digits.map((number) => ({ number })),
        fc.string(),
        fc.constantFrom(null, true),
        fc.array(tie('node'), { maxLength: 4 }),
        fc.dictionary(fc.string({ maxLength: 3 }), tie('node'), { maxKeys: 4 }).map((members) => ({ members })),
      ),
    })).node;
    fc.assert(
      fc.property(json, fc.constantFrom('', ' ', '\n\t'), (document, blank) => {
        const numbers: [JsonPath, string][] = [];
        const text = write(document, [], numbers, blank);
        const parsed: unknown = JSON.parse(text);
        for (const [path, number] of numbers) {
          const value = readJsonPath(parsed, path, text);
          expect(compareDecimals(value as Decimal, parseDecimal(number) as Decimal) === 0).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

/** The text of a generated document; notes where its numbers stand. */
function write(node: unknown, path: JsonPath, numbers: [JsonPath, string][], blank: string): string {
  const pad = (text: string) => `${blank}${text}${blank}`;
  if (Array.isArray(node)) return pad(`[${node.map((each, at) => write(each, [...path, at], numbers, blank)).join(',')}]`);
  if (typeof node !== 'object' || node === null) return pad(JSON.stringify(node));
  if ('number' in node) {
    numbers.push([path, node.number as string]);
    return pad(node.number as string);
  }
  const members = Object.entries((node as { members: object }).members);
  return pad(
    `{${members.map(([name, each]) => `${pad(JSON.stringify(name))}:${write(each, [...path, name], numbers, blank)}`).join(',')}}`,
  );
}

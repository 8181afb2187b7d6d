/** Values inside a JSON body. */
import { expect, it } from '@jest/globals';
import { parseJsonPath, readJsonPath } from './json-path.js';

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

/** Patterns, also hostile ones. */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compileLike } from './like.js';
import { compileSearch } from './search.js';

it.each([
  ['', '', true],
  ['', 'a', false],
  ['%', '', true],
  ['%%', 'a\nb', true],
  ['a%a', 'a', false],
  ['a%a', 'aa', true],
  ['%ab%b', 'ab', false],
  ['%a%b%', 'xaxbx', true],
  ['%a%b%', 'xbxax', false],
  ['a.c', 'abc', false],
  ['a_c', 'abc', false],
  ['\\%', '\\x', true],
])('%j against %j is %j', (pattern, text, expected) => {
  expect(compileLike(pattern)(text)).toBe(expected);
});

it('finds long parts where indexOf does', () => {
  const ab = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 4 });
  const part = fc
    .tuple(ab, fc.integer({ min: 33, max: 60 }))
    .map(([unit, length]) => (unit || 'a').repeat(length).slice(0, length));
  fc.assert(
    fc.property(part, fc.array(fc.oneof(ab, part), { maxLength: 6 }), fc.nat(40), (needle, pieces, from) => {
      const text = pieces.join('');
      expect(compileSearch(needle)(text, from)).toBe(text.indexOf(needle, from));
      expect(compileSearch(needle)(text + needle, 0)).toBe((text + needle).indexOf(needle));
    }),
    { numRuns: 1000 },
  );
});

it('stays linear when pattern and text are made to be slow', () => {
  // Length times length: some 10 s. Linear: some 10 ms.
  const text = 'a'.repeat(400_000);
  const started = performance.now();
  expect(compileLike(`%aab${'a'.repeat(100_000)}%`)(text)).toBe(false);
  expect(compileLike(`${'%a'.repeat(100_000)}%b%`)(text)).toBe(false);
  expect(performance.now() - started).toBeLessThan(2000);
});

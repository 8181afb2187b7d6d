/** Lists and texts as a summary says them. */
import { expect, it } from '@jest/globals';
import { allOf, counted, listed, onOneLine, shown } from './words.js';

it('lists name what they hold, and count the rest', () => {
  const many = [...'abcdefgh'];
  expect([0, 1, 2, 3, 6, 7, 8].map((length) => listed(many.slice(0, length)))).toEqual([
    '',
    'a',
    'a and b',
    'a, b and c',
    'a, b, c, d, e and f',
    'a, b, c, d, e and 2 more',
    'a, b, c, d, e and 3 more',
  ]);
  expect(listed(['a', 'b'], 'or')).toBe('a or b');
  expect([allOf('header', ['A']), allOf('header', ['A', 'B'])]).toEqual(['the header A', 'the headers A and B']);
  expect([counted(1, 'call'), counted(2, 'call')]).toEqual(['1 call', '2 calls']);
});

it('texts stand on one line, cut where somebody wrote much', () => {
  expect(onOneLine(" $a =\n\t'x' ")).toBe("$a = 'x'");
  expect(shown(`${'x'.repeat(120)}`)).toHaveLength(120);
  expect(shown(`${'x'.repeat(121)}`)).toBe(`${'x'.repeat(120)}…`);
});

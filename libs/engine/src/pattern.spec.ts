/** Patterns of parameters match whole values, take time in proportion, and show nothing of themselves (wire contract 4.5). */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compilePattern, type Pattern } from './pattern.js';

function pattern(expression: string): Pattern {
  const made = compilePattern(expression);
  if (typeof made === 'string') throw new Error(made);
  return made;
}

describe('a pattern', () => {
  it('must match the whole value', () => {
    const { whole } = pattern('a|b+');
    for (const value of ['a', 'bb']) expect(whole(value)).toBeNull();
    for (const value of ['', 'ab', 'xa', 'a\n', 'bb!']) expect(whole(value)).toBe('does not match its pattern');
  });

  it('says nothing of itself to clients', () => {
    expect(pattern('secret[0-9]{3}').whole('x')).not.toMatch(/secret|\[|3/);
  });

  it.each(['(?=a)b', '(?!a)b', '(?<=a)b', '(?<!a)b', '(a)\\1', '(?<n>a)\\k<n>', '(', 'a{2,1}', '['])(
    '%s is refused when it is written',
    (expression) => {
      expect(compilePattern(expression)).toEqual(expect.stringMatching(/^is no expression/));
    },
  );

  it('is refused where it would fill memory', () => {
    expect(compilePattern('\\pL{1000}'.repeat(40))).toMatch(/^is too large/);
    expect(compilePattern('(?:(?:a{30}){30}){30}')).toMatch(/^is no expression/);
    expect(compilePattern('a'.repeat(513))).toBe('has more than 512 characters');
    expect(typeof compilePattern('.{1,1000}')).toBe('object');
  });

  it('takes values of up to 8 KiB', () => {
    const { whole } = pattern('[aé]*');
    expect(whole('a'.repeat(8192))).toBeNull();
    expect(whole('a'.repeat(8193))).toBe('is too long to be compared with its pattern');
    expect(whole('é'.repeat(4096))).toBeNull();
    expect(whole('é'.repeat(4097))).toMatch(/too long/);
  });

  it('knows letters beyond the basic plane', () => {
    expect(pattern('.').whole('😀')).toBeNull();
    expect(pattern('\\p{Han}+').whole('查询')).toBeNull();
  });

  it.each(['(a*)*b', '(a|a)*b', '(x+x+)+y', '([ab]*a[ab]{20}){40}', '(?:a?){300}a{300}', '((a*b*)*){100}'])(
    '%s does not hang on what it nearly matches',
    (expression) => {
      const { whole } = pattern(expression);
      const started = performance.now();
      for (const value of ['a'.repeat(8192), 'ab'.repeat(4096), 'x'.repeat(8192)]) whole(value);
      // A backtracking engine takes longer than the age of the universe; this one was seen to take 0.3 s.
      expect(performance.now() - started).toBeLessThan(5000);
    },
  );

  it('agrees with the engine of the language where both know an expression', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '\\d', '(?:ab)', 'x?', 'a*', 'b+', '[^a]', 'a{1,2}');
    const expression = fc
      .array(
        fc.array(atom, { minLength: 1, maxLength: 4 }).map((atoms) => atoms.join('')),
        { minLength: 1, maxLength: 3 },
      )
      .map((choices) => choices.join('|'));
    fc.assert(
      fc.property(expression, fc.stringMatching(/^[abx1]{0,6}$/), (text, value) => {
        const made = pattern(text);
        expect(made.whole(value) === null).toBe(new RegExp(`^(?:${text})$`, 'u').test(value));
        expect(made.part(value)).toBe(new RegExp(text, 'u').test(value));
      }),
      { numRuns: 500 },
    );
  });
});

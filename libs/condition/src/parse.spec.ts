/** What the parser refuses, and where it points. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Problem, parseCondition } from './index.js';

function problemsOf(text: string): readonly Problem[] {
  const result = parseCondition(text);
  return 'problems' in result ? result.problems : [];
}

describe('a syntax error', () => {
  it.each([
    ['', 1, 'a variable, a string', 'the end'],
    ['   ', 4, 'a variable, a string', 'the end'],
    ['$a', 3, 'an operator', 'the end'],
    ['$a =', 5, 'a variable, a string', 'the end'],
    ["$a = 'x' and", 13, 'a variable, a string', 'the end'],
    ["$a = 'x' $b", 10, 'and, or, xor or the end', '"$b"'],
    ["($a = 'x'", 10, 'and, or, xor or ")"', 'the end'],
    ["$a = 'x')", 9, 'and, or, xor or the end', '")"'],
    ["$a = 'x", 6, "a closing '", '"\'x"'],
    ['${a = 1', 1, 'a variable such as $name or ${name}', '"${a"'],
    ['$1a = 1', 1, 'a variable such as', '"$1a"'],
    ['$a-b = 1', 3, 'a number such as', '"-b"'],
    ['$a = 1.', 6, 'a number such as', '"1."'],
    ['$a = .5', 6, 'a variable, a string', '"."'],
    ['1 = 1and 2 = 2', 5, 'a number such as', '"1and"'],
    ['$a = x', 6, 'a variable, a string', '"x"'],
    ['$a === 1', 6, 'a variable, a string', '"="'],
    ['$a ! like 1', 4, 'an operator', '"!"'],
    ['!$a = 1', 2, 'a group in parentheses after "!"', '"$a"'],
    ['!!($a = 1)', 2, 'a group in parentheses', '"!"'],
    ['Random = 1', 8, '"()" after Random', '"="'],
    ['Random(1) = 1', 8, '")": Random takes no arguments', '"1"'],
    ['Sleep() = 1', 1, 'a variable, a string', '"Sleep"'],
    ['$a = 1 ☃', 8, 'and, or, xor or the end', '"☃"'],
    ['$like $a', 7, 'an operator', '"$a"'],
  ])('in %j is at column %i', (text, column, expected, found) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ column, expected: expect.stringContaining(expected) });
    expect(problems[0]?.message).toContain(`at column ${column} but found ${found}`);
  });

  it('is a right side that can never match, as far as it is literal, and all of them are told', () => {
    const problems = problemsOf("$a like 5 or $b in_cidr '10.0.0.0/33' or $c !in_cidr null or $d !LIKE true");
    expect(problems.map(({ column }) => column)).toEqual([9, 25, 54, 71]);
    expect(problemsOf("$a in_cidr $b or $a like Random() or $a in_cidr '2001:db8::/32'")).toEqual([]);
  });
});

describe('the grammar', () => {
  it.each([
    "$a='x'and$b='y'",
    '$a<-1',
    "!($a='')",
    "$a!like'x'",
    '$a=null or$b=null',
    "'a'='a'xor(1=1)",
    "$a\r\n=\t'\n'",
    'timeofday ( )>0',
  ])('needs no blanks where tokens stay apart: %j', (text) => expect(problemsOf(text)).toEqual([]));

  it('holds exactly 512 characters and 32 nested groups', () => {
    expect(problemsOf(`$a = '${'x'.repeat(505)}'`)).toEqual([]);
    expect(problemsOf(`$a = '${'x'.repeat(506)}'`)).toMatchObject([{ column: 513 }]);
    expect(problemsOf(`${'('.repeat(32)}1 = 1${')'.repeat(32)}`)).toEqual([]);
    expect(problemsOf(`${'('.repeat(33)}1 = 1${')'.repeat(33)}`)).toMatchObject([{ column: 33 }]);
    expect(problemsOf(`${'(1 = 1) or '.repeat(40)}1 = 1`)).toEqual([]);
  });

  it('gives a tree or problems for any text, without a throw', () => {
    const scraps = fc.constantFrom(
      '$a',
      '${b}',
      "'x'",
      '"',
      "'",
      '1',
      '-',
      '.5',
      '=',
      '!',
      '!like',
      '<',
      '>',
      '(',
      ')',
      ' ',
      'and',
      'OR',
      'null',
      'Random',
      '()',
      'in_cidr',
      '💥',
      '\0',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(scraps, { maxLength: 40 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, (any) => {
        const result = parseCondition(any);
        if ('problems' in result) {
          expect(result.problems.length).toBeGreaterThan(0);
          for (const { column } of result.problems) {
            expect(column).toBeGreaterThanOrEqual(1);
            expect(column).toBeLessThanOrEqual(Math.min(any.length, 512) + 1);
          }
        }
      }),
      { numRuns: 3000 },
    );
  });
});

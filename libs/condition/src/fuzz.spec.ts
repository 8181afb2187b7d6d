/** Whatever text comes, as a condition, a location or a value: an answer within the limits, and no throw. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type CompiledParameters,
  type Condition,
  checkCondition,
  compileCondition,
  compileParameters,
  DEFAULT_LIMITS,
  explainCondition,
  isConstant,
  parseCondition,
  parseLocation,
  readJsonPath,
  type Value,
  type ValueSource,
} from './index.js';
import { readToken } from './tokens.js';

const { cases }: { cases: { expr: string; parameters: Record<string, string> }[] } = JSON.parse(
  readFileSync(new URL('../test-data/condition-cases.json', import.meta.url), 'utf8'),
);

const bytes = fc.uint8Array({ maxLength: 600 }).map((some) => Buffer.from(some).toString('latin1'));
const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 600 }).map((all) => String.fromCharCode(...all));
const words = [
  '$a',
  '${b}',
  "'x'",
  '"',
  "'",
  '1',
  '-',
  '.5',
  '==',
  '!',
  '!like',
  '(',
  ')',
  ' and ',
  ' xor ',
  'null',
  'Random',
  '()',
  ' in_cidr ',
  '\0',
];
const scraps = fc.array(fc.constantFrom(...words), { maxLength: 200 }).map((all) => all.join(''));
/** A real one with a few pieces taken out, put in or doubled: these come further than noise. */
const mutants = fc
  .tuple(
    fc.constantFrom(...cases.map(({ expr }) => expr)),
    fc.array(fc.tuple(fc.nat(600), fc.nat(4), fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 3 }))), {
      maxLength: 4,
    }),
  )
  .map(([expr, edits]) =>
    edits.reduce((text, [at, length, piece]) => {
      const from = at % (text.length + 1);
      return text.slice(0, from) + piece + text.slice(from + length);
    }, expr),
  );
const texts = fc.oneof(bytes, units, scraps, { arbitrary: mutants, weight: 3 });
const values: fc.Arbitrary<Value> = fc.oneof(
  units,
  bytes,
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.constant('9'.repeat(5000)),
);

const parameters = compileParameters({ a: 'Query:a', b: 'XFF:-1' }, 'request') as CompiledParameters;

function sourceOf(value: Value): ValueSource {
  const read = () => value;
  const plain = () => (typeof value === 'object' ? null : value);
  return { nowMs: 1, random: () => 0.5, read, system: plain, apiParameter: plain, pluginVariable: plain };
}

/** Nodes and nesting of a tree. */
function sizeOf(ast: Condition): { nodes: number; depth: number } {
  if (ast.kind === 'comparison') return { nodes: 1, depth: 1 };
  const inner = (ast.kind === 'not' ? [ast.term] : ast.terms).map(sizeOf);
  return { nodes: 1 + inner.reduce((sum, { nodes }) => sum + nodes, 0), depth: 1 + Math.max(...inner.map(({ depth }) => depth)) };
}

describe('any text', () => {
  it('as a condition is refused, or runs on any value to true or false', () => {
    let accepted = 0;
    fc.assert(
      fc.property(texts, values, (text, value) => {
        const context = { parameters: { a: 'Query:a' }, phase: 'request' as const };
        const { problems } = checkCondition(text, context);
        const result = parseCondition(text);
        expect(problems.length > 0).toBe('problems' in result);
        if ('problems' in result) return;
        accepted++;
        const { nodes, depth } = sizeOf(result.ast);
        expect(nodes).toBeLessThanOrEqual(text.length);
        // A group may hold a chain, and `!` is a node of its own.
        expect(depth).toBeLessThanOrEqual(2 * DEFAULT_LIMITS.nesting + 2);
        const held = compileCondition(result.ast, { parameters })(sourceOf(value));
        expect(typeof held).toBe('boolean');
        const told = explainCondition(result.ast, { parameters }, sourceOf(value));
        expect(told.result).toBe(held);
        expect(told.lines.length).toBeLessThanOrEqual(text.length);
        expect([true, false, null]).toContain(isConstant(result.ast));
      }),
      { numRuns: 5000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it('is read to its end, one token further each time', () => {
    fc.assert(
      fc.property(texts, (text) => {
        let at = 0;
        for (;;) {
          const { token, next } = readToken(text, at);
          if (token.kind === 'end') return expect(token.column).toBe(text.length + 1);
          expect(next).toBeGreaterThan(at);
          at = next;
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('as a location is refused with a column, or found', () => {
    const heads = fc.constantFrom('Query', 'path', 'Header', 'System', 'XFF', 'BodyJson', 'StatusCode', 'Cookie', '');
    const locations = fc.oneof(
      texts,
      fc.tuple(heads, fc.constantFrom(':', ' : ', ''), texts).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(locations, fc.constantFrom('request' as const, 'response' as const), (text, phase) => {
        const found = parseLocation(text);
        if ('message' in found) expect(found.column).toBeGreaterThanOrEqual(1);
        const map = compileParameters({ v: text }, phase);
        if ('message' in found) expect('problems' in map).toBe(true);
        if ('byName' in map) expect(map.byName.get('v')?.read(sourceOf(null))).toBeNull();
      }),
      { numRuns: 5000 },
    );
  });

  it('as the name of a variable is refused or taken as it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'a')), (name) => {
        const map = compileParameters(Object.fromEntries([[name, 'Path']]), 'request');
        expect('byName' in map).toBe(/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
      }),
    );
  });
});

describe('deep and long', () => {
  it.each<[string, string]>([
    ['groups', '('.repeat(1_000_000)],
    ['negated groups', '!('.repeat(1_000_000)],
    ['closing groups', `1=1${')'.repeat(1_000_000)}`],
    ['a string', `'${'x'.repeat(1_000_000)}`],
    ['a number', '1'.repeat(1_000_000)],
    ['blanks', ' '.repeat(1_000_000)],
  ])('%s of a million characters are refused by their length, unread', (_, text) => {
    expect(parseCondition(text)).toMatchObject({ problems: [{ column: 513 }] });
  });

  it('groups up to the last character are refused where they go too deep', () => {
    for (const open of ['(', '!(']) {
      const text = open.repeat(512 / open.length);
      expect(parseCondition(text)).toMatchObject({ problems: [{ column: 32 * open.length + open.length }] });
    }
  });

  it('the largest condition and values of a megabyte come to a result', () => {
    const chain = `$a${'=$a or $a'.repeat(56)}='x'`;
    const deep = `${'!('.repeat(32)}$a like '%${'a%'.repeat(100)}b' xor $a in_cidr $a${')'.repeat(32)}`;
    for (const text of [chain, deep]) {
      const parsed = parseCondition(text);
      if (!('ast' in parsed)) throw new Error(JSON.stringify(parsed));
      const test = compileCondition(parsed.ast, { parameters });
      for (const value of ['a'.repeat(1_000_000), '%a'.repeat(500_000), '9'.repeat(1_000_000), '['.repeat(1_000_000)])
        expect(typeof test(sourceOf(value))).toBe('boolean');
    }
  });

  it('a JSON path and a body of many steps lead somewhere or nowhere', () => {
    const steps = 8000;
    const found = parseLocation(`BodyJson:$${'[0]'.repeat(steps)}`);
    if ('message' in found) throw new Error(found.message);
    const body = `${'['.repeat(steps)}12345678901234567${']'.repeat(steps)}`;
    expect(readJsonPath(JSON.parse(body), found.path, body)).not.toBeNull();
    expect(readJsonPath(JSON.parse(body), [...found.path, 0], body)).toBeNull();
  });
});

/** Every row of wire contract 1.4 and 1.5, and agreement with a slow reference. */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeSegment, parsePathPattern, pathShape, type Segment } from './path-pattern.js';
import { PathTable } from './path-table.js';

type Entry = readonly [method: string, path: string];

function parse(path: string): readonly Segment[] {
  const segments = parsePathPattern(path);
  if (typeof segments === 'string') throw new Error(`${path} ${segments}`);
  return segments;
}

function tableOf(entries: readonly Entry[]): PathTable<string> {
  return PathTable.of(entries.map(entryOf));
}

function entryOf([method, path]: Entry) {
  return { segments: parse(path), method, found: `${method} ${path}` };
}

describe('a path', () => {
  it.each([
    ['/request/to/[path]', '/request/to/user1', ['user1'], ''],
    ['/[path1]/[path2]', '/group1/user1', ['group1', 'user1'], ''],
    ['/[root]/*', '/root/user1', ['root'], 'user1'],
    ['/a/*', '/a/', [], ''],
    ['/a/*', '/a/b//c/', [], 'b//c/'],
    ['/*', '/', [], ''],
    ['/a', '/%61', [], ''],
    ['/%61', '/a', [], ''],
    ['/a%2Fb', '/a%2fb', [], ''],
    ['/%2541', '/%2541', [], ''],
    ['/[x]', '/a%2Fb', ['a%2Fb'], ''],
    ['/a//b', '/a//b', [], ''],
    ['/', '/', [], ''],
  ] as const)('%s takes %s', (pattern, path, values, rest) => {
    expect(tableOf([['GET', pattern]]).find('GET', path)).toEqual({ found: `GET ${pattern}`, values, rest });
  });

  it.each([
    ['/[root]', '/root/user1'],
    ['/[root]', '/'],
    ['/a/[x]', '/a/'],
    ['/a/*', '/a'],
    ['/a', '/a/'],
    ['/a/', '/a'],
    ['/a', '/A'],
    ['/a/b', '/a%2Fb'],
    ['/a%2Fb', '/a/b'],
    ['/a%2Fb', '/a%252Fb'],
    ['/%2541', '/%41'],
    ['/a/b', '/a//b'],
    ['/a', ''],
  ])('%s does not take %s', (pattern, path) => {
    expect(tableOf([['GET', pattern]]).find('GET', path)).toBeNull();
  });
});

describe('of several paths', () => {
  it.each([
    ['a literal beats a placeholder', ['GET /a/[x]', 'GET /a/b'], '/a/b', 'GET /a/b'],
    ['a placeholder beats a star', ['GET /a/*', 'GET /a/[x]'], '/a/b', 'GET /a/[x]'],
    ['the first difference from the left decides', ['GET /[x]/b', 'GET /a/*'], '/a/b', 'GET /a/*'],
    ['the exact method beats ANY', ['ANY /a', 'GET /a'], '/a', 'GET /a'],
    ['the better path beats the exact method', ['GET /[x]', 'ANY /a'], '/a', 'ANY /a'],
    ['a better path of another method is no candidate', ['POST /a', 'GET /[x]'], '/a', 'GET /[x]'],
    ['a literal that leads nowhere is taken back', ['GET /a/b/c', 'GET /[x]/b/d'], '/a/b/d', 'GET /[x]/b/d'],
    ['a star is taken where nothing else fits', ['GET /a/[x]/c', 'GET /a/*'], '/a/b/d', 'GET /a/*'],
  ])('%s', (_, texts, path, best) => {
    const entries = texts.map((text) => text.split(' ') as unknown as Entry);
    expect(tableOf(entries).find('GET', path)?.found).toBe(best);
    expect(tableOf(entries.toReversed()).find('GET', path)?.found).toBe(best);
  });

  it.each(['HEAD', 'OPTIONS'])('%s is met by its own method and by ANY alone', (method) => {
    expect(tableOf([['GET', '/a']]).find(method, '/a')).toBeNull();
    expect(tableOf([['ANY', '/a']]).find(method, '/a')?.found).toBe('ANY /a');
    expect(
      tableOf([
        ['ANY', '/a'],
        [method, '/a'],
      ]).find(method, '/a')?.found,
    ).toBe(`${method} /a`);
  });

  it('the values of a way that was taken back are forgotten', () => {
    const table = tableOf([
      ['GET', '/[a]/[b]/x'],
      ['GET', '/[a]/*'],
    ]);
    expect(table.find('GET', '/1/2/y')).toEqual({ found: 'GET /[a]/*', values: ['1'], rest: '2/y' });
  });

  it('it agrees with comparing every one of them', () => {
    const literal = fc.constantFrom('a', 'b', '', 'a%2Fb', '%41', '%2541', 'A');
    const segment = fc.oneof({ weight: 3, arbitrary: literal }, fc.constant('[]'));
    const pattern = fc.tuple(fc.array(segment, { minLength: 1, maxLength: 4 }), fc.boolean()).map(([segments, star]) => {
      const named = segments.map((each, n) => (each === '[]' ? `[p${n}]` : each));
      return `/${(star ? [...named, '*'] : named).join('/')}`;
    });
    const entries = fc.uniqueArray(fc.tuple(fc.constantFrom('GET', 'POST', 'ANY'), pattern), {
      maxLength: 12,
      selector: ([method, path]) => `${method} ${pathShape(parse(path))}`,
    });
    const path = fc.array(literal, { minLength: 1, maxLength: 5 }).map((segments) => `/${segments.join('/')}`);
    fc.assert(
      fc.property(entries, fc.constantFrom('GET', 'POST', 'HEAD'), path, (made, method, wanted) => {
        expect(tableOf(made).find(method, wanted)).toEqual(slowFind(made, method, wanted));
      }),
      { numRuns: 500 },
    );
  });

  it('it agrees with one made anew after any changes, and the one before them stays as it was', () => {
    const literal = fc.constantFrom('a', 'b', 'c', '%41', 'a%2Fb');
    const segment = fc.oneof({ weight: 4, arbitrary: literal }, fc.constant('[p]'), fc.constant('*'));
    const pattern = fc
      .array(segment, { minLength: 1, maxLength: 4 })
      .map(
        (all) =>
          `/${all.map((each, n) => (each === '[p]' ? `[p${n}]` : each === '*' && n < all.length - 1 ? 'd' : each)).join('/')}`,
      );
    const entry = fc.tuple(fc.constantFrom('GET', 'POST', 'ANY'), pattern);
    const path = fc.array(fc.oneof(literal, fc.constant('d')), { minLength: 1, maxLength: 5 }).map((all) => `/${all.join('/')}`);
    const places = fc.uniqueArray(entry, { maxLength: 14, selector: ([method, text]) => `${method} ${pathShape(parse(text))}` });
    fc.assert(
      fc.property(places, fc.array(fc.array(fc.nat(13), { maxLength: 8 }), { maxLength: 6 }), path, (all, rounds, wanted) => {
        let live = new Set<number>();
        let table = PathTable.of<string>([]);
        const entries = all.map(entryOf);
        const ask = (of: PathTable<string>) => ['GET', 'POST', 'HEAD'].map((method) => of.find(method, wanted));
        for (const round of rounds) {
          const touched = new Set(round.filter((n) => n < all.length));
          const [removed, added] = [[...touched].filter((n) => live.has(n)), [...touched].filter((n) => !live.has(n))];
          const [former, told] = [table, ask(table)];
          table = table.change(
            removed.map((n) => entries[n]!),
            added.map((n) => entries[n]!),
          );
          live = new Set([...[...live].filter((n) => !touched.has(n)), ...added]);
          expect(ask(table)).toEqual(ask(PathTable.of([...live].map((n) => entries[n]!))));
          expect(table.isEmpty).toBe(live.size === 0);
          expect(ask(former)).toEqual(told);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('what took the place of something is not removed with it', () => {
    const segments = parse('/a');
    const moved = PathTable.of([{ segments, method: 'GET', found: 'new' }]).change(
      [{ segments, method: 'GET', found: 'old' }],
      [],
    );
    expect(moved.find('GET', '/a')?.found).toBe('new');
  });
});

/** All candidates, best first by wire contract 1.5. */
function slowFind(entries: readonly Entry[], method: string, path: string) {
  const wire = path.slice(1).split('/');
  const ranks = { literal: 0, parameter: 1, rest: 2 };
  const candidates = entries
    .filter(([own]) => own === method || own === 'ANY')
    .map(([own, text]) => ({ own, text, segments: parse(text) }))
    .filter(({ segments }) => matches(segments, wire));
  candidates.sort((a, b) => {
    for (const [at, segment] of a.segments.entries()) {
      const difference = ranks[segment.kind] - ranks[(b.segments[at] as Segment).kind];
      if (difference !== 0) return difference;
    }
    return Number(a.own === 'ANY') - Number(b.own === 'ANY');
  });
  const best = candidates[0];
  if (best === undefined) return null;
  const star = best.segments.at(-1)?.kind === 'rest';
  return {
    found: `${best.own} ${best.text}`,
    values: best.segments.flatMap(({ kind }, at) => (kind === 'parameter' ? [wire[at]] : [])),
    rest: star ? wire.slice(best.segments.length - 1).join('/') : '',
  };
}

function matches(segments: readonly Segment[], wire: readonly string[]): boolean {
  for (const [at, segment] of segments.entries()) {
    const text = wire[at];
    if (text === undefined) return false;
    if (segment.kind === 'rest') return true;
    if (segment.kind === 'parameter' ? text === '' : decodeSegment(text) !== segment.text) return false;
  }
  return segments.length === wire.length;
}

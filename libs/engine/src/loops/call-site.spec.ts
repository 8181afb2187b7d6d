/** A call finds the APIs that the data plane would choose, and says when it cannot know. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parsePathPattern, type Segment } from '../path-pattern.js';
import { PathTable } from '../path-table.js';
import { CallSite } from './call-site.js';
import type { CallSegment } from './relate-paths.js';

/** `<x>` is a value that is not empty, `<x?>` one that may be, `*` a rest. */
function call(path: string): CallSegment[] {
  return path
    .slice(1)
    .split('/')
    .map((text) =>
      text === '*'
        ? { kind: 'rest' }
        : text.startsWith('<')
          ? { kind: 'value', mayBeEmpty: text.includes('?') }
          : { kind: 'literal', text },
    );
}

function targets(apis: string[], path: string, methods = ['GET'], basePath = '/') {
  const listed = apis.map((id) => ({ id, method: id.split(' ')[0] ?? '', path: id.split(' ')[1] ?? '' }));
  const { ids, mayMiss } = new CallSite(basePath, listed).targets(call(path), new Set(methods));
  return [...ids, ...(mayMiss ? ['-'] : [])];
}

describe('a call', () => {
  it('of a plain path finds one API, or none', () => {
    expect(targets(['GET /a', 'GET /b'], '/a')).toEqual(['GET /a']);
    expect(targets(['GET /a'], '/c')).toEqual(['-']);
    expect(targets(['POST /a'], '/a')).toEqual(['-']);
  });

  it('finds the best path first, and on it the exact method first', () => {
    const all = ['ANY /[x]', 'GET /*', 'ANY /a', 'GET /a'];
    expect(targets(all, '/a')).toEqual(['GET /a']);
    expect(targets(all, '/a', ['POST'])).toEqual(['ANY /a']);
    expect(targets(all, '/b')).toEqual(['ANY /[x]']);
    expect(targets(all, '/b/c')).toEqual(['GET /*']);
  });

  it('with several methods finds what each of them finds', () => {
    expect(targets(['GET /a', 'ANY /a'], '/a', ['GET', 'POST'])).toEqual(['GET /a', 'ANY /a']);
    expect(targets(['GET /a'], '/a', ['GET', 'POST'])).toEqual(['GET /a', '-']);
  });

  it('with a value in its path finds all that could match, up to one that always does', () => {
    expect(targets(['GET /u/[id]', 'GET /*'], '/u/<id>')).toEqual(['GET /u/[id]']);
    expect(targets(['GET /u/me', 'GET /u/[id]', 'GET /*'], '/u/<id>')).toEqual(['GET /u/me', 'GET /u/[id]']);
    expect(targets(['GET /u/[id]'], '/u/<id?>')).toEqual(['GET /u/[id]', '-']);
    expect(targets(['GET /u/me'], '/u/<id>')).toEqual(['GET /u/me', '-']);
  });

  it('with a rest of unknown length finds every path below', () => {
    expect(targets(['GET /f/a/b', 'GET /f/[x]', 'GET /f/*', 'GET /g'], '/f/*')).toEqual(['GET /f/a/b', 'GET /f/[x]', 'GET /f/*']);
  });

  it('must lie under the base path', () => {
    expect(targets(['GET /a'], '/v1/a', ['GET'], '/v1')).toEqual(['GET /a']);
    expect(targets(['GET /a'], '/a', ['GET'], '/v1')).toEqual(['-']);
    expect(targets(['GET /'], '/v1', ['GET'], '/v1')).toEqual(['GET /']);
    expect(targets(['GET /a'], '/<version>/a', ['GET'], '/v1')).toEqual(['GET /a', '-']);
    expect(targets(['GET /a'], '/*', ['GET'], '/v1')).toEqual(['GET /a', '-']);
  });
});

describe('an API', () => {
  const site = new CallSite('/', [
    { id: 'any', method: 'ANY', path: '/a/[x]' },
    { id: 'get', method: 'GET', path: '/a/[y]' },
    { id: 'put', method: 'PUT', path: '/a/b' },
  ]);

  it('with a method is reached with it', () => {
    expect([...site.methodsOf('get')]).toEqual(['GET']);
  });

  it('with any method is reached with those that no other API on the same path takes', () => {
    expect([...site.methodsOf('any')]).toEqual(['POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS']);
  });
});

const word = fc.constantFrom('a', 'b', 'c');
const method = fc.constantFrom('GET', 'POST', 'ANY');
const patternText = fc.tuple(fc.array(fc.oneof(word, fc.constant('[]')), { maxLength: 3 }), fc.boolean()).map(([parts, rest]) => {
  const named = parts.map((part, at) => (part === '[]' ? `[p${at}]` : part));
  return `/${[...named, ...(rest ? ['*'] : [])].join('/')}`;
});
const apis = fc.uniqueArray(fc.record({ method, path: patternText }), {
  maxLength: 8,
  selector: (each) => `${each.method} ${each.path.replace(/\[[^\]]*\]/g, '[]')}`,
});

it('agrees with the path table of the data plane, whatever is published and called', () => {
  const value = fc.constantFrom('a', 'b', 'z');
  fc.assert(
    fc.property(
      apis,
      patternText,
      fc.constantFrom('GET', 'POST'),
      fc.array(value, { minLength: 4, maxLength: 4 }),
      (published, pattern, asked, values) => {
        const listed = published.map((each) => ({ ...each, id: `${each.method} ${each.path}` }));
        const table = PathTable.of(
          listed.map(({ path, method, id }) => ({ segments: parsePathPattern(path) as readonly Segment[], method, found: id })),
        );
        const segments = (parsePathPattern(pattern) as readonly Segment[]).map(
          (each): CallSegment => (each.kind === 'parameter' ? { kind: 'value', mayBeEmpty: false } : each),
        );
        const { ids, mayMiss } = new CallSite('/', listed).targets(segments, new Set([asked]));
        const fill = segments.map((each, at) =>
          each.kind === 'literal' ? each.text : each.kind === 'rest' ? `${values[3]}` : values[at],
        );
        const found = table.find(asked, `/${fill.join('/')}`)?.found ?? null;
        if (found === null) expect(mayMiss).toBe(true);
        else expect([...ids]).toContain(found);
        if (segments.every(({ kind }) => kind === 'literal')) expect([...ids]).toEqual(found === null ? [] : [found]);
      },
    ),
    { numRuns: 3000 },
  );
});

/** What a path pattern may say, and when two of them are the same. */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeSegment, parsePathPattern, pathShape } from './path-pattern.js';

describe('a path pattern', () => {
  it('is read into literal segments, placeholders and a final star', () => {
    expect(parsePathPattern('/request/to/[path]/*')).toEqual([
      { kind: 'literal', text: 'request' },
      { kind: 'literal', text: 'to' },
      { kind: 'parameter', name: 'path' },
      { kind: 'rest' },
    ]);
    expect(parsePathPattern('/')).toEqual([{ kind: 'literal', text: '' }]);
    expect(parsePathPattern('/a/')).toEqual([
      { kind: 'literal', text: 'a' },
      { kind: 'literal', text: '' },
    ]);
    expect(parsePathPattern('/caf%C3%A9')).toEqual([{ kind: 'literal', text: 'café' }]);
  });

  it('takes brackets as text where they are escaped, and a final star as a star', () => {
    expect(parsePathPattern('/[a]/b[c/*', true)).toEqual([
      { kind: 'literal', text: '[a]' },
      { kind: 'literal', text: 'b[c' },
      { kind: 'rest' },
    ]);
    expect(parsePathPattern('/*[a]', true)).toMatch(/whole segment/);
    expect(pathShape(parsePathPattern('/[a]', true) as never)).not.toBe(pathShape(parsePathPattern('/[a]') as never));
  });

  it.each([
    ['a/b', /start with/],
    ['', /start with/],
    ['/a b', /URL path/],
    ['/é', /URL path/],
    ['/a?b', /URL path/],
    ['/a#b', /URL path/],
    ['/a\\b', /URL path/],
    ['/a|b', /URL path/],
    ['/*/a', /last segment/],
    ['/a*', /whole segment/],
    ['/a[b]', /whole segment/],
    ['/[]', /whole segment/],
    ['/[1a]', /whole segment/],
    ['/[a]/[a]', /twice/],
    ['/%zz', /triplet/],
    ['/%ff', /triplet/],
    ['/a/../b', /\. or \.\./],
    ['/%2e', /\. or \.\./],
  ])('may not be "%s"', (path, reason) => {
    expect(parsePathPattern(path)).toEqual(expect.stringMatching(reason));
  });
});

describe('the shape of a pattern', () => {
  const shape = (path: string) => {
    const segments = parsePathPattern(path);
    if (typeof segments === 'string') throw new Error(`${path} ${segments}`);
    return pathShape(segments);
  };

  it('leaves the names of placeholders out and the spelling of literals', () => {
    expect(shape('/a/[x]/*')).toBe(shape('/%61/[y]/*'));
  });

  it.each([
    ['/%5B%5D', '/[x]'],
    ['/%2A', '/*'],
    ['/a%2Fb', '/a/b'],
    ['/%252F', '/%2F'],
    ['/a', '/a/'],
  ])('tells %s from %s', (one, other) => {
    expect(shape(one)).not.toBe(shape(other));
  });
});

describe('a segment on the wire', () => {
  it('gives the text that was encoded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(decodeSegment(encodeURIComponent(text))).toBe(text);
      }),
    );
  });

  it.each(['%', '%4', '%zz', '%ff', '%C3', '%ED%A0%80', '%C0%AF'])('%s is none', (segment) => {
    expect(decodeSegment(segment)).toBeNull();
  });
});

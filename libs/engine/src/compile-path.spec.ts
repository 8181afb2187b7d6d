/** Backend paths and where their placeholders take values from (wire contract 4.6 rule 4, 5.1 rule 1). */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PathFiller } from './backend.js';
import { compilePath, type PathSources } from './compile-path.js';
import { makeExchange } from './testing/make-exchange.js';

const SOURCES: PathSources = {
  placeholders: ['a', 'b'],
  mapped: new Map([
    ['own', 'b'],
    ['q', 'query-parameter'],
  ]),
  fixed: new Map<string, string | PathFiller>([
    ['constant', 'a/b'],
    ['system', (x) => x.host],
    ['b', 'wins'],
  ]),
  hasRest: true,
};

function fill(pattern: string, parameter?: string) {
  const made = compilePath(pattern, SOURCES);
  if ('problem' in made) return made;
  const x = makeExchange('/');
  x.pathValues = ['1%2F2', 'b+'];
  x.pathRest = 'c//%20d/';
  if (parameter !== undefined) x.parameters = new Map([['query-parameter', parameter]]);
  return typeof made.path === 'string' ? { constant: made.path } : made.path(x);
}

describe('a backend path', () => {
  it('without placeholders is the same for every request', () => {
    expect(fill('/x/y%20z/')).toEqual({ constant: '/x/y%20z/' });
  });

  it('takes segments and the rest as they are on the wire', () => {
    expect(fill('/x/[a]/y/*')).toBe('/x/1%2F2/y/c//%20d/');
    expect(fill('/[own]')).toBe('/b+');
    expect(fill('/*')).toBe('/c//%20d/');
  });

  it('takes any other value percent-encoded', () => {
    expect(fill('/[q]', "a/b?é'")).toBe('/a%2Fb%3F%C3%A9%27');
    expect(fill('/x/[q]/y', '')).toBe('/x//y');
    expect(fill('/[q]')).toBeNull();
  });

  it('says which placeholder nothing fills', () => {
    expect(fill('/[other]')).toEqual({ problem: 'path placeholder [other] has no value' });
    expect(compilePath('/*', { ...SOURCES, hasRest: false })).toEqual({
      problem: 'path ends in * but the request path does not',
    });
    expect(compilePath('x', SOURCES)).toEqual({ problem: 'path must start with /' });
  });

  it('keeps one segment one segment, whatever fills it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(fill('/x/[q]/y', text)).toMatch(/^\/x\/[A-Za-z0-9._~%-]*\/y$/);
      }),
    );
  });
});

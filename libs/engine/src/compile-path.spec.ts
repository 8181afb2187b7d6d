/** Backend paths and where their placeholders take values from (wire contract 4.6 rule 4, 5.1 rule 1). */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PathFiller } from './backend.js';
import { compilePath, type PathSources, pathSources, withPathParameters } from './compile-path.js';
import { parsePathPattern, type Segment } from './path-pattern.js';
import { makeExchange } from './testing/make-exchange.js';
import { defineApi } from './testing/make-program.js';

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
  key: 'as above',
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

  it('takes constants and system parameters before what a client sends', () => {
    expect(fill('/x/[constant]/y')).toEqual({ constant: '/x/a%2Fb/y' });
    expect(fill('/[b]')).toEqual({ constant: '/wins' });
    expect(fill('/[system]')).toBe('/api.example.com');
  });

  it('says which placeholder nothing fills', () => {
    expect(fill('/[other]')).toEqual({ problem: 'path placeholder [other] has no value' });
    expect(compilePath('/*', { ...SOURCES, hasRest: false, key: 'without rest' })).toEqual({
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

describe('the sources of a definition', () => {
  const api = defineApi({
    request: { method: 'GET', path: '/[a]/*' },
    parameters: [{ name: 'a', in: 'path', backend: { name: 'b', in: 'path' } }],
    constants: [
      { name: 'c', in: 'path', value: 'é' },
      { name: 'q', in: 'query', value: '1' },
      { name: 'dots', in: 'path', value: '..' },
    ],
    system: [
      { name: 'ua', in: 'path', parameter: 'CaClientUa' },
      { name: 'app', in: 'path', parameter: 'CaAppId' },
    ],
  });
  const sources = pathSources(api, parsePathPattern('/[a]/*') as Segment[]);
  const filled = (pattern: string, userAgent: string) => {
    const made = compilePath(pattern, sources);
    const x = makeExchange('/', { headers: ['User-Agent', userAgent] });
    x.pathValues = ['v'];
    x.pathRest = 'r';
    return 'problem' in made ? made : typeof made.path === 'string' ? made.path : made.path(x);
  };

  it('are its parameters, constants and system parameters', () => {
    expect(filled('/[b]/[c]/[ua]/*', 'a/b')).toBe('/v/%C3%A9/a%2Fb/r');
    expect(filled('/[q]', 'x')).toEqual({ problem: 'path placeholder [q] has no value' });
  });

  it('bring no dot segment, whatever a client calls itself', () => {
    for (const agent of ['.', '..']) expect(filled('/[ua]', agent)).toBeNull();
    expect(filled('/[ua]', '...')).toBe('/...');
    expect(filled('/[dots]', 'x')).toEqual({ problem: 'path placeholder [dots] has no value' });
  });

  it('without a value are none', () => {
    expect(filled('/[app]', 'x')).toBeNull();
  });

  it('give way to what a plugin fills, which is no dot segment either', () => {
    const by = (value: string | null) => {
      const filledBy = withPathParameters(sources, [{ name: 'b', key: `claim ${value}`, value: () => value }]);
      const made = compilePath('/[b]/[c]', filledBy);
      if ('problem' in made || typeof made.path === 'string') throw new Error('nothing to fill');
      const x = makeExchange('/');
      x.pathValues = ['v'];
      return made.path(x);
    };
    expect(['a/b', '..', null].map(by)).toEqual(['/a%2Fb/%C3%A9', null, null]);
  });
});

/** Request targets that are refused before anybody routes by them. */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkTarget } from './target.js';

const code = (target: string) => checkTarget(target)?.errorCode ?? null;

describe('a request target', () => {
  it.each([
    '/',
    '/a/b-c_d~e',
    "/a!$&'()*+,;=:@b",
    '/a//b/',
    '/a.b/..c/...',
    '/caf%C3%A9',
    '/a%2Fb',
    '/a?',
    '/a?b=[1]&c={2}|\\^"<>`',
    '/a?b=%41&..=../..',
    '/a??b',
  ])('%s passes', (target) => {
    expect(code(target)).toBeNull();
  });

  it.each(['/.', '/..', '/a/./b', '/a/../b', '/%2e', '/.%2E', '/%2e%2e/', '/a/%2E./b', '/%', '/%4', '/%zz', '/%ff', '/%C0%AE'])(
    '%s is refused for its path',
    (target) => {
      expect(code(target)).toBe('I400PA');
    },
  );

  it.each(['/a b', '/a\tb', '/\u0000', '/a\u007f', '/\u00e9', '/a#b', '/a?b#c', '/a?b=%', '/a?%4', '/a?b=%zz', '*', 'a', ''])(
    '"%s" is refused as a whole',
    (target) => {
      expect(code(target)).toBe('I400RU');
    },
  );

  it.each([...'"<>[\\]^`{|}'])('with %s in its path is refused', (character) => {
    expect(code(`/a${character}b`)).toBe('I400RU');
    expect(code(`/a?x=${character}`)).toBeNull();
  });

  it('that passes has a path in which every reader finds the same segments', () => {
    const piece = fc.constantFrom('/', '.', '..', '%2e', '%2F', '%', 'a', '?', '\\', '%C3%A9', '%ff', ' ', ';', '~');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const target = `/${pieces.join('')}`;
        if (code(target) !== null) return;
        const [path = ''] = target.split('?');
        expect(new URL(`http://h${path.replaceAll('//', '/x/')}`).pathname).toBe(path.replaceAll('//', '/x/'));
      }),
      { numRuns: 500 },
    );
  });
});

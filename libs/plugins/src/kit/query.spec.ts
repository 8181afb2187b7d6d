/** Queries and forms are read as a slow reader would read them. */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allValues, firstValue, overlaid, withoutNames } from './query.js';

describe('the first value of a name', () => {
  it.each([
    ['a=1&b=2', 'b', '2'],
    ['a=1&a=2', 'a', '1'],
    ['a', 'a', ''],
    ['a=', 'a', ''],
    ['?a=1', 'a', null],
    ['=x&b=1', '', null],
    ['=x&b=1', 'b', '1'],
    ['a=1', 'A', null],
    ['aa=1&a=2', 'a', '2'],
    ['&&a=1', 'a', '1'],
    ['a=b=c', 'a', 'b=c'],
    ['%61=1', 'a', '1'],
    ['a+b=1', 'a b', '1'],
    ['a+b=1', 'a+b', null],
    ['a%2Bb=1', 'a+b', '1'],
    ['a%20b=1', 'a%20b', null],
    ['a=x+y%20z', 'a', 'x y z'],
    ['a=%C3%A9', 'a', 'é'],
    ['a=%ff', 'a', '\ufffd'],
    ['a=%zz%', 'a', '%zz%'],
    ['', 'a', null],
  ])('of %s under "%s" is %j', (encoded, name, value) => {
    expect(firstValue(encoded, name)).toBe(value);
  });

  it('is what URLSearchParams finds', () => {
    const piece = fc.stringMatching(/^[ab+=&é]{0,3}(?:%61|%2B|%26|%C3%A9)?[ab]?$/);
    const name = fc.constantFrom('a', 'b', 'ab', 'a b', 'a+b', ' ', '+', 'é', 'a%2B', 'a&', '%');
    fc.assert(
      fc.property(fc.array(piece), name, (pieces, wanted) => {
        const encoded = pieces.join('&');
        const reference = new URLSearchParams(`?${encoded}`);
        expect(firstValue(encoded, wanted)).toBe(reference.get(wanted));
        expect(allValues(encoded, wanted)).toEqual(reference.getAll(wanted));
      }),
      { numRuns: 1000 },
    );
  });
});

it('all values of a name are there, in order', () => {
  expect(allValues('a=1&b=2&a&%61=%C3%A9&=x&&a=', 'a')).toEqual(['1', '', 'é', '']);
  expect(allValues('', 'a')).toEqual([]);
});

describe('a query without some names', () => {
  it('keeps the rest as it is on the wire', () => {
    expect(withoutNames('a=1&%61=2&b=%41&&a&c=+', new Set(['a']))).toBe('b=%41&&c=+');
    expect(withoutNames('a=1', new Set(['a']))).toBe('');
    expect(withoutNames('a=1', new Set())).toBe('a=1');
  });

  it('has nothing left under them, and all others', () => {
    const name = fc.constantFrom('a', 'b', '%61', 'a+', 'c');
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.stringMatching(/^[0-9+%]{0,3}$/))), (list) => {
        const encoded = list.map(([each, value]) => `${each}=${value}`).join('&');
        const left = withoutNames(encoded, new Set(['a', 'b']));
        expect([firstValue(left, 'a'), firstValue(left, 'b')]).toEqual([null, null]);
        for (const other of ['c', 'a ']) expect(firstValue(left, other)).toBe(firstValue(encoded, other));
      }),
    );
  });
});

it('what is laid over a query wins, however the client spells its names', () => {
  expect(overlaid('a=1&b=2&%61=3', 'a=own&c=')).toBe('b=2&a=own&c=');
  expect(overlaid('', 'a=own')).toBe('a=own');
  expect(overlaid('a', 'a=own')).toBe('a=own');
});

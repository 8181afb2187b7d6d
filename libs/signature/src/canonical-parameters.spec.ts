/** The parameters of a string to sign, against a slow reading of wire contract 2.3. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalParameters } from './canonical-parameters.js';

describe('canonicalParameters', () => {
  it.each([
    ['', null, ''],
    ['?=', null, '?'],
    ['=a', null, ''],
    ['=a&b=1', null, 'b=1'],
    ['flag', null, 'flag'],
    ['flag=', '', 'flag'],
    ['a=1=2', null, 'a=1=2'],
    ['a=+&b=%20', null, 'a= &b= '],
    ['a=1&a=2&&', null, 'a=1'],
    ['a=1', 'a=2&a=3&b=', 'a=2&b'],
    ['%61=1&a=2', null, 'a=1'],
    ['a=%', null, 'a=%'],
    ['a=%4&b=%zz', null, 'a=%4&b=%zz'],
    ['a=%E6%9D', null, 'a=\ufffd'],
    ['a=%FF%41', null, 'a=\ufffdA'],
    ['a=%F0%9F%98%80', null, 'a=😀'],
    ['%EF%BB%BFa=1', null, '\ufeffa=1'],
    // U+FF5E before U+1F600 by code point, after it by code unit (0xD83D).
    ['%EF%BD%9E=1&%F0%9F%98%80=2', null, '😀=2&～=1'],
  ])('writes %j with form %j as %j', (query, form, expected) => {
    expect(canonicalParameters(query, form, false)).toBe(expected);
  });

  it('keeps the equals sign of an empty value for a back end', () => {
    expect(canonicalParameters('e', null, true)).toBe('e=');
    expect(canonicalParameters('e=&a=1', 'f', true)).toBe('a=1&e=&f=');
  });

  const piece = fc.stringMatching(/^[a-cA%=+é💡0-9]{0,6}$/u);
  const pieces = fc.array(piece, { maxLength: 6 }).map((all) => all.join('&'));
  it('agrees with the slow reference on any text', () => {
    fc.assert(
      fc.property(pieces, fc.option(pieces), fc.boolean(), (query, form, keep) => {
        expect(canonicalParameters(query, form, keep)).toBe(reference(query, form, keep));
      }),
      { numRuns: 1000 },
    );
  });

  it('agrees with URLSearchParams on well-formed text', () => {
    const pairs = fc.uniqueArray(
      fc.tuple(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string({ unit: 'grapheme', minLength: 1 })),
      {
        selector: ([key]) => key,
      },
    );
    fc.assert(
      fc.property(pairs, (all) => {
        const expected = [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map((pair) => pair.join('='));
        expect(canonicalParameters(new URLSearchParams(all).toString(), null, false)).toBe(expected.join('&'));
      }),
    );
  });
});

function reference(query: string, form: string | null, keepEqualsOnEmpty: boolean): string {
  const pairs = [form ?? '', query].flatMap((text) => text.split('&')).map((text) => /^([^=]*)=?(.*)$/su.exec(text) ?? []);
  const decoded = pairs.map(([, key = '', value = '']) => [decode(key), decode(value)] as const);
  const first = decoded.filter(([key], index) => key !== '' && decoded.findIndex(([other]) => other === key) === index);
  first.sort(([a], [b]) => (a < b ? -1 : 1));
  return first.map(([key, value]) => (value === '' && !keepEqualsOnEmpty ? key : `${key}=${value}`)).join('&');
}

function decode(text: string): string {
  const bytes: number[] = [];
  for (const [part] of text.replaceAll('+', ' ').matchAll(/%[0-9a-fA-F]{2}|./gsu)) {
    if (part.length === 3) bytes.push(Number.parseInt(part.slice(1), 16));
    else bytes.push(...new TextEncoder().encode(part));
  }
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes));
}

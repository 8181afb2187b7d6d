/** Forms of four charsets become text, and their bytes stay what they were (wire contract 4.1). */
import { canonicalParameters } from '@causeway/signature';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { charsetOf, countPairs, formText } from './form-text.js';

const FORM = 'application/x-www-form-urlencoded';

/** What is signed of a form: decoded, sorted. */
function read(bytes: Buffer | string, charset: string): string {
  const found = charsetOf(`${FORM}; charset=${charset}`);
  if (found === null) throw new Error(`${charset} is not known`);
  return canonicalParameters('', formText(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, found), false);
}

describe('the text of a form', () => {
  it.each([
    ['UTF-8', 'a=%E4%BD%A0', 'a=你'],
    ['utf8', 'a=\u00e4\u00bd\u00a0', 'a=你'],
    ['ISO-8859-1', 'a=%E9+%80\u00ff', 'a=é \u0080ÿ'],
    ['GBK', 'a=%C4%E3%BA%C3', 'a=你好'],
    ['gbk', '\u00c4\u00e3=\u00ba\u00c3', '你=好'],
    ['GB18030', 'a=%81%30%81%30', 'a=\u0080'],
    ['GB18030', 'a=\u0095\u0032\u0082\u0036', 'a=𠀀'],
    ['gbk', 'a=%81', 'a=\ufffd'],
    ['gbk', 'b=%26%3D%2B%25&a=1=2&&c', 'a=1=2&b=&=+%&c'],
    ['iso-8859-1', 'a=%zz&%61=2&=x', 'a=%zz'],
    ['iso-8859-1', '', ''],
  ])('in %s, of %j, is %j', (charset, bytes, expected) => {
    expect(read(bytes, charset)).toBe(expected);
  });

  it('is ISO-8859-1 and not windows-1252: every byte is the character of its number', () => {
    const bytes = Buffer.from(Array.from({ length: 128 }, (_, n) => n + 128));
    expect(read(Buffer.concat([Buffer.from('a='), bytes]), 'iso-8859-1')).toBe(`a=${bytes.toString('latin1')}`);
  });

  it('of any bytes is read without a throw, and leaves them as they were', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.constantFrom('iso-8859-1', 'gbk', 'gb18030'), (given, charset) => {
        const bytes = Buffer.from(given);
        read(bytes, charset);
        expect([...bytes]).toEqual([...given]);
      }),
    );
  });

  it('means the same pairs however its characters are written', () => {
    const pair = fc.tuple(fc.string({ unit: fc.nat(255).map((n) => String.fromCharCode(n)), minLength: 1 }), fc.string());
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 5 }), (pairs) => {
        const latin1 = pairs.map(([name, value]) => [name, value.replace(/[^\u0000-\u00ff]/g, '')] as const);
        const written = (encode: (text: string) => string) => latin1.map((each) => each.map(encode).join('=')).join('&');
        const triplets = written((text) =>
          [...Buffer.from(text, 'latin1')].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
        );
        const plain = written(encodeURIComponent);
        expect(read(triplets, 'iso-8859-1')).toBe(read(plain, 'utf-8'));
      }),
    );
  });
});

it.each(['', '; charset=utf-8', '; CharSet="UTF-8"', '; boundary=x; charset = gbk'])('reads %j', (parameters) => {
  expect(charsetOf(FORM + parameters)).not.toBe(null);
});

it.each(['windows-1252', 'utf-16', 'big5', 'toString', '__proto__'])('does not read %s', (name) => {
  expect(charsetOf(`${FORM}; charset=${name}`)).toBe(null);
});

it('counts as many pairs as there can be', () => {
  expect(['', 'a', 'a&b', 'a&&b='].map((text) => countPairs(Buffer.from(text)))).toEqual([1, 1, 2, 3]);
});

/** The signed headers of a client's request. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { headersBlock } from './headers-block.js';

const lookup = (name: string) => ({ 'x-ca-key': 'K', 'x-role': 'a:', empty: '' })[name] ?? null;

describe('headersBlock', () => {
  it.each([
    [null, 'X-Ca-Key:K\n'],
    ['', ''],
    [' , ,', ''],
    [' x-ca-key\t,, empty ,absent', 'absent:\nempty:\nx-ca-key:K\n'],
    ['b,X-b,Z', 'X-b:\nZ:\nb:\n'],
    ['X-CA-KEY,x-ca-key', 'X-CA-KEY:K\n'],
    ['Date,ACCEPT,content-md5,Content-Type,x-ca-signature,X-Ca-Signature-Headers', ''],
  ])('writes the list %j as %j', (list, expected) => {
    expect(headersBlock(list, lookup)).toBe(expected);
    expect(headersBlock(list, lookup)).toBe(expected);
  });

  it('does not let a listed name with a colon imitate a header and its value', () => {
    expect(headersBlock('x-role', lookup)).toBe('x-role:a:\n');
    expect(headersBlock('x-role:a', lookup)).toBe('');
  });

  it('gives the same block for every order of the list, and reads each header by its lower-case name', () => {
    const name = fc.stringMatching(/^[A-Za-z-]{1,8}$/);
    fc.assert(
      fc.property(fc.uniqueArray(name, { selector: (text) => text.toLowerCase() }), (names) => {
        const value = (lowerCase: string) => `<${lowerCase}>`;
        const block = headersBlock(names.join(), value);
        expect(headersBlock([...names].reverse().join(' , '), value)).toBe(block);
        const signed = names.filter((text) => !['date', 'accept'].includes(text.toLowerCase()));
        expect(block).toBe(
          [...signed]
            .sort()
            .map((text) => `${text}:<${text.toLowerCase()}>\n`)
            .join(''),
        );
      }),
    );
  });

  it('stays right when a client sends ever new lists', () => {
    for (let round = 0; round < 2000; round++) {
      expect(headersBlock(`y-${round},x-ca-key`, lookup)).toBe(`x-ca-key:K\ny-${round}:\n`);
    }
  });
});

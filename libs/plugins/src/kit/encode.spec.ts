/** Text on the wire is the text that was meant. */

import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeUnreserved, wireText } from './encode.js';
import { wireToText } from './values.js';

it('percent-encoded text holds unreserved characters only, and decodes to itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const encoded = encodeUnreserved(text);
      expect(encoded).toMatch(/^(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})*$/);
      expect(decodeURIComponent(encoded)).toBe(text.toWellFormed());
    }),
  );
});

it('half a surrogate pair is replaced, not thrown at', () => {
  expect(encodeUnreserved('\ud800')).toBe('%EF%BF%BD');
});

it('a header value is one character per byte, and reads back without the blanks around it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const value = wireText(text);
      expect(value).toMatch(/^[\u0000-\u00ff]*$/);
      expect(wireToText(value)).toBe(text.replace(/^[ \t]+|[ \t]+$/g, ''));
    }),
  );
  expect(wireText(' \t ')).toBe('');
  expect(wireText('\u00a0a\u3000')).toBe('\u00c2\u00a0a\u00e3\u0080\u0080');
});

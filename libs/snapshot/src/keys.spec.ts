/** Keys: read from text, derived for an instance, each purpose its own. */
import { describe, expect, it } from '@jest/globals';
import { deriveInstanceKeyring, deriveSubkeys } from './instance-key.js';
import { formatKeyring, parseKeyring } from './keyring.js';

const base64 = (byte: number, length = 32) => Buffer.alloc(length, byte).toString('base64');

describe('a keyring', () => {
  it('is read from text and written back', () => {
    const text = `new:${base64(1)},old:${base64(2)}`;
    const keyring = parseKeyring(text);
    expect(keyring.map(({ id }) => id)).toEqual(['new', 'old']);
    expect(formatKeyring(keyring)).toBe(text);
  });

  it.each([
    ['', 'Key 1 must look like id:base64'],
    [base64(1), 'Key 1 must look like id:base64'],
    [`a.b:${base64(1)}`, 'Key 1 must look like id:base64'],
    [`a:${base64(1, 31)}`, 'Key 1 must be 32 bytes'],
    [`a:${base64(1)},b:nonsense!`, 'Key 2 must be 32 bytes'],
    [`a:${base64(1)},a:${base64(2)}`, 'same id'],
  ])('%j is refused', (text, message) => {
    expect(() => parseKeyring(text)).toThrow(message);
  });

  it('never shows key material in an error', () => {
    const secret = 'c2VjcmV0LXRoYXQtaXMtdG9vLXNob3J0';
    for (const text of [secret, `id:${secret}`, `a:${base64(1)},${secret}`]) {
      let message = '';
      try {
        parseKeyring(text);
      } catch (error) {
        message = String(error);
      }
      expect(message).not.toBe('');
      expect(message).not.toContain(secret);
    }
  });
});

describe('derivation', () => {
  // Written down once: another value would make every running deployment unreadable.
  it('gives the keys it has always given', () => {
    const [{ id, key }] = deriveInstanceKeyring(parseKeyring(`m:${base64(7)}`), 'i1');
    const { seal, iv, manifest } = deriveSubkeys(key);
    expect({ id, keys: [key, seal, iv, manifest].map((each) => each.toString('hex')) }).toEqual({
      id: 'm',
      keys: GOLDEN,
    });
  });

  it('gives each instance, each master key and each purpose another key', () => {
    const keys = [1, 2].flatMap((byte) =>
      ['i1', 'i2'].flatMap((instance) => {
        const [{ key }] = deriveInstanceKeyring(parseKeyring(`m:${base64(byte)}`), instance);
        return [key, ...Object.values(deriveSubkeys(key))].map((each: Buffer) => each.toString('hex'));
      }),
    );
    expect(new Set(keys).size).toBe(keys.length);
  });
});

/** HKDF-SHA256 (RFC 5869) without salt, computed by another implementation. */
const GOLDEN = [
  '45b7d842e00fabb2d4947772786947c4f9cf20ad792b377b72e009e821d5bcec',
  '7978e4dd2fb0b43424fd3e09411939899bd60015b9c9df2cac2045c493044cf5',
  '7a2c30044bd86d611e753695f59d25550287de9549229ba03068dbe78cd94ea7',
  '1f3ff91feaf603ca58f9d4470d7e561fb7feff70addbbc4b5f5aa89ac6bb472d',
];

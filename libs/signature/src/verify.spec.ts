/** What is refused as a signature. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  frontendStringToSign,
  hmacBase64,
  prepareSecret,
  type SignatureMethod,
  type SignedFields,
  verifySignature,
} from './index.js';

const secret = prepareSecret('TESTSECRET');
const text = 'GET\n\n\n\n\nx-ca-key:TESTKEY\n/business1';
const methods: SignatureMethod[] = ['HmacSHA256', 'HmacSHA1'];

describe.each(methods)('verifySignature with %s', (method) => {
  const right = hmacBase64(method, secret, text);

  it('accepts the signature and nothing else', () => {
    expect(verifySignature(method, secret, text, right)).toBe(true);
    const other = methods.find((candidate) => candidate !== method) as SignatureMethod;
    const wrong = [
      '',
      '=',
      right.slice(0, -1),
      `${right}=`,
      `${right} `,
      ` ${right}`,
      `${right}\n`,
      hmacBase64(other, secret, text),
    ];
    for (const given of wrong) expect(verifySignature(method, secret, text, given)).toBe(false);
    expect(verifySignature(method, prepareSecret('TESTSECRET '), text, right)).toBe(false);
  });

  it('refuses other spellings that decode to the same bytes', () => {
    const bytes = Buffer.from(right, 'base64');
    // The last character before the padding carries bits that decoding ignores.
    const at = right.indexOf('=') - 1;
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    const spellings = [...alphabet].map((letter) => right.slice(0, at) + letter + right.slice(at + 1));
    const same = spellings.filter((given) => given !== right && Buffer.from(given, 'base64').equals(bytes));
    expect(same).toHaveLength(3);
    for (const given of [...same, bytes.toString('base64url')]) expect(verifySignature(method, secret, text, given)).toBe(false);
  });

  it('refuses letters outside ASCII whose low byte would fit', () => {
    const shifted = String.fromCharCode(right.charCodeAt(0) + 0x100) + right.slice(1);
    expect(verifySignature(method, secret, text, shifted)).toBe(false);
  });

  it('never throws and accepts no other text', () => {
    const given = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'binary', minLength: right.length, maxLength: right.length }),
      fc.base64String(),
    );
    fc.assert(fc.property(given, (other) => verifySignature(method, secret, text, other) === (other === right)));
  });
});

describe('a signed request', () => {
  const value = fc.string({ unit: fc.constantFrom('a', 'b', ':', '/', ' ', 'é'), maxLength: 8 });
  const request = fc.record<SignedFields>({
    method: fc.constantFrom('GET', 'POST'),
    accept: value,
    contentMd5: value,
    contentType: value,
    date: value,
    path: value.map((rest) => `/${rest.replaceAll(' ', '')}`),
    query: fc.constantFrom('', 'a=1', 'b=2'),
    form: fc.constantFrom(null, 'c=3', 'd=4'),
  });

  it('is refused after a change of any one field', () => {
    const names: (keyof SignedFields)[] = ['method', 'accept', 'contentMd5', 'contentType', 'date', 'path', 'query', 'form'];
    fc.assert(
      fc.property(request, request, fc.constantFrom(...names), value, (signed, other, name, key) => {
        fc.pre(signed[name] !== other[name]);
        const block = `x-ca-key:${key}\n`;
        const signature = hmacBase64('HmacSHA256', secret, frontendStringToSign(signed, block));
        const changed = { ...signed, [name]: other[name] };
        expect(verifySignature('HmacSHA256', secret, frontendStringToSign(signed, block), signature)).toBe(true);
        expect(verifySignature('HmacSHA256', secret, frontendStringToSign(changed, block), signature)).toBe(false);
      }),
    );
  });

  it('is refused after a change of one byte of its string', () => {
    fc.assert(
      fc.property(request, fc.nat(), fc.integer({ min: 1, max: 127 }), (signed, place, shift) => {
        const string = frontendStringToSign(signed, 'x-ca-key:K\n');
        const at = place % string.length;
        const byte = String.fromCharCode((string.charCodeAt(at) + shift) % 256);
        const changed = string.slice(0, at) + byte + string.slice(at + 1);
        const signature = hmacBase64('HmacSHA1', secret, string);
        expect(verifySignature('HmacSHA1', secret, changed, signature)).toBe(changed === string);
      }),
    );
  });
});

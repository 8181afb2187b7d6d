import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { prepareSecret, SigningKey } from './index.js';

it('gives the HMAC of node:crypto for any key and text', () => {
  const key = fc.oneof(fc.uint8Array({ maxLength: 63 }), fc.uint8Array({ minLength: 64, maxLength: 200 }));
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ minLength: 5000, maxLength: 9000 }));
  fc.assert(
    fc.property(key, text, fc.constantFrom('sha256' as const, 'sha1' as const), (secret, message, algorithm) => {
      const signing = new SigningKey(secret);
      for (const encoding of ['base64', 'base64url'] as const) {
        expect(signing.hmac(algorithm, message, encoding)).toBe(
          createHmac(algorithm, secret).update(message, 'utf8').digest(encoding),
        );
      }
    }),
  );
});

it('signs a text that does not fit into the shared room', () => {
  const text = 'ä'.repeat(100_000);
  const expected = createHmac('sha256', 'secret').update(text, 'utf8').digest('base64');
  expect(prepareSecret('secret').hmac('sha256', text, 'base64')).toBe(expected);
});

it('shows nothing of the secret when it is printed', () => {
  const shown = inspect(prepareSecret('a very secret text'), { depth: 10, showHidden: true });
  expect(shown).not.toContain('secret text');
  expect(JSON.stringify(prepareSecret('a very secret text'))).toBe('{}');
});

it('gives one object for equal secrets', () => {
  expect(prepareSecret('one')).toBe(prepareSecret('one'));
  expect(prepareSecret('one')).not.toBe(prepareSecret('other'));
});

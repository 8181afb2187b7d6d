import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FRONTEND_SIGNED_HEADERS, gatewayHeadersBlock, headersBlock } from './index.js';

it('the block of the headers that a gateway signs is that of any list', () => {
  const value = fc.string({ maxLength: 40 });
  fc.assert(
    fc.property(value, value, value, value, (key, nonce, method, timestamp) => {
      const values = new Map([
        ['x-ca-key', key],
        ['x-ca-nonce', nonce],
        ['x-ca-signature-method', method],
        ['x-ca-timestamp', timestamp],
      ]);
      const block = headersBlock(FRONTEND_SIGNED_HEADERS, (name) => values.get(name) ?? null);
      expect(gatewayHeadersBlock(key, nonce, method, timestamp)).toBe(block);
    }),
  );
});

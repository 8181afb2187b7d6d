/** Addresses of X-Forwarded-For. */
import { expect, it } from '@jest/globals';
import { forwardedAddress } from './forwarded-for.js';

it.each([
  [0, '198.51.100.1'],
  [1, '203.0.113.7'],
  [-1, '203.0.113.7'],
  [-2, '198.51.100.1'],
  [2, null],
  [-3, null],
])('item %i', (index, expected) => {
  expect(forwardedAddress('198.51.100.1 ,, 203.0.113.7,', index)).toBe(expected);
});

it('is null without the header', () => {
  expect(forwardedAddress(null, 0)).toBeNull();
  expect(forwardedAddress('', 0)).toBeNull();
});

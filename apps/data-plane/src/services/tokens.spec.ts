/** Verified tokens are kept as long as there is room, and never take more. */
import { expect, it } from '@jest/globals';
import { Tokens } from './tokens.js';

it('gives again what was put, and nothing else', () => {
  const tokens = new Tokens();
  const read = { claims: {} };
  tokens.put('a', read, 500);
  expect([tokens.get('a'), tokens.get('b'), tokens.get('__proto__')]).toEqual([read, undefined, undefined]);
});

it('forgets the oldest when all take too much, however many come', () => {
  const tokens = new Tokens(100_000);
  for (let n = 0; n < 10_000; n++) tokens.put(`t${n}`, { n }, n % 2 === 0 ? 500 : 16_384);
  expect(tokens.bytes).toBeLessThanOrEqual(100_000);
  expect([tokens.get('t9999'), tokens.get('t0')]).toEqual([{ n: 9999 }, undefined]);
});

it('counts what is put twice once', () => {
  const tokens = new Tokens();
  tokens.put('a', {}, 500);
  const once = tokens.bytes;
  tokens.put('a', {}, 500);
  expect(tokens.bytes).toBe(once);
});

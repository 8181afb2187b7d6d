/** X-Ca-Hop: what is trusted, and what is not. */

import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openHop, prepareSecret, sealHop } from './index.js';

const key = prepareSecret('hop key');
const now = 1_700_000_000_000;
const hop = { id: '23853B41-C54D-45E9-8C43-EE4C1E8A7889', chain: ['api1', 'api2'], t: now };
const token = sealHop(hop, 'GET', '/business1?a=1', key);

const open = (text: string, at = now) => openHop(text, 'GET', '/business1?a=1', key, at);

/** A token with a right mac over any payload text. */
function forge(payload: string): string {
  const signed = `v1.${Buffer.from(payload, 'utf8').toString('base64url')}`;
  return `${signed}.${createHmac('sha256', 'hop key').update(`${signed}\nGET\n/business1?a=1`).digest('base64url')}`;
}

describe('a hop token', () => {
  it('has the published form', () => {
    expect(token).toBe(forge(JSON.stringify(hop)));
    expect(token).toMatch(/^v1\.[\w-]+\.[\w-]{43}$/);
  });

  it('opens for its own method and target only', () => {
    expect(open(token)).toEqual(hop);
    expect(openHop(token, 'POST', '/business1?a=1', key, now)).toBeNull();
    expect(openHop(token, 'GET', '/business1?a=2', key, now)).toBeNull();
    expect(openHop(token, 'GET', '/business1?a=1', prepareSecret('other'), now)).toBeNull();
  });

  it('opens with any of several keys while keys change', () => {
    const others = [prepareSecret('newer'), prepareSecret('newest')];
    expect(openHop(token, 'GET', '/business1?a=1', [...others, key], now)).toEqual(hop);
    expect(openHop(token, 'GET', '/business1?a=1', others, now)).toBeNull();
    expect(openHop(token, 'GET', '/business1?a=1', [], now)).toBeNull();
  });

  it('is good for 60 seconds before and after its time', () => {
    for (const age of [-60_000, 0, 60_000]) expect(open(token, now + age)).toEqual(hop);
    for (const age of [-60_001, 60_001, Number.NaN]) expect(open(token, now + age)).toBeNull();
  });

  it('is refused after a change of any one character', () => {
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.string({ unit: 'binary', maxLength: 2 }), (at, other) => {
        const changed = token.slice(0, at) + other + token.slice(at + 1);
        expect(open(changed)).toEqual(changed === token ? hop : null);
      }),
    );
  });

  it('is refused, without a throw, for any other text', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          text.map((rest) => `v1.${rest}`),
          fc.tuple(text, text).map(([a, b]) => `v1.${a}.${b}`),
        ),
        (given) => open(given) === null,
      ),
    );
    for (const given of ['', 'v1', 'v1.', 'v1..', 'v2.e30.e30', `${token}.x`, `v1.${'A'.repeat(100_000)}.x`])
      expect(open(given)).toBeNull();
  });

  it.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['null', 'null'],
    ['a missing field', JSON.stringify({ id: hop.id, t: now })],
    ['an extra field', JSON.stringify({ ...hop, admin: true })],
    ['an empty id', JSON.stringify({ ...hop, id: '' })],
    ['a long id', JSON.stringify({ ...hop, id: 'x'.repeat(65) })],
    ['a chain of numbers', JSON.stringify({ ...hop, chain: [1] })],
    ['a chain that is text', JSON.stringify({ ...hop, chain: 'api1' })],
    ['a long chain', JSON.stringify({ ...hop, chain: Array(65).fill('x') })],
    ['a time that is no number', JSON.stringify({ ...hop, t: String(now) })],
    ['a time between milliseconds', JSON.stringify({ ...hop, t: now + 0.5 })],
  ])('is refused with %s even under the right key', (_, payload) => {
    expect(open(forge(payload))).toBeNull();
  });

  it('carries the longest chain it allows', () => {
    const longest = { id: 'x'.repeat(64), chain: Array(64).fill('y'.repeat(64)), t: now };
    expect(open(sealHop(longest, 'GET', '/business1?a=1', key))).toEqual(longest);
  });
});

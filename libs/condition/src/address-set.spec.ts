/** A set of blocks says of every address what asking each block would say. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseBlock } from './address.js';
import { AddressSet } from './address-set.js';

const NOW_MS = 1000;

function setOf(...blocks: string[]): AddressSet {
  const set = new AddressSet();
  for (const block of blocks) expect(set.add(block)).toBe(true);
  return set;
}

const ipv4 = fc.tuple(fc.nat(3), fc.nat(3), fc.nat(255), fc.nat(255)).map((octets) => octets.join('.'));
const ipv6 = fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 }).map((parts) => parts.map((n) => n.toString(16)).join(':'));
const mapped = ipv4.map((text) => `::ffff:${text}`);
const address = fc.oneof(ipv4, ipv6, mapped);
const block = fc.oneof(
  address,
  fc.tuple(ipv4, fc.nat(32)).map(([text, bits]) => `${text}/${bits}`),
  fc.tuple(ipv6, fc.nat(128)).map(([text, bits]) => `${text}/${bits}`),
  fc.tuple(mapped, fc.nat(128)).map(([text, bits]) => `${text}/${bits}`),
);

describe('a set of addresses', () => {
  it('agrees with its blocks, one by one', () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 40 }), fc.array(address, { minLength: 1, maxLength: 20 }), (blocks, asked) => {
        const set = setOf(...blocks);
        const each = blocks.map((text) => parseBlock(text)!);
        for (const text of asked) expect(set.has(text, NOW_MS)).toBe(each.some((holds) => holds(text)));
      }),
      { numRuns: 500 },
    );
  });

  it.each(['', 'x', '1.2.3', '1.2.3.4/33', '::/129', '01.2.3.4', '1.2.3.4/', 'fe80::1%eth0'])('does not take "%s"', (text) => {
    expect(new AddressSet().add(text)).toBe(false);
  });

  it('holds no text that is no address', () => {
    const set = setOf('0.0.0.0/0', '::/0');
    expect(['', 'localhost', '1.2.3.4, 5.6.7.8', ' 1.2.3.4'].map((text) => set.has(text, NOW_MS))).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it('forgets a block at its time, and keeps what a wider or longer one holds', () => {
    const set = new AddressSet();
    set.add('10.0.0.0/8', 2000);
    set.add('10.1.0.0/16', 3000);
    set.add('10.1.0.0/16', 1500);
    expect([1999, 2000, 2999, 3000].map((nowMs) => set.has('10.1.2.3', nowMs))).toEqual([true, true, true, false]);
    expect([1999, 2000].map((nowMs) => set.has('10.2.2.3', nowMs))).toEqual([true, false]);
  });
});

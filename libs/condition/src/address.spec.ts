/** Blocks and addresses. */

import { BlockList } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseBlock } from './address.js';

describe('parseBlock', () => {
  it.each([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.1.2.3/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['200.0.0.0/7', '201.255.255.255', true],
    ['255.255.255.255', '255.255.255.255', true],
    ['0.0.0.0/0', '8.8.8.8', true],
    ['0.0.0.0/0', '::1', false],
    ['::/0', '8.8.8.8', false],
    ['::/0', '::ffff:8.8.8.8', false],
    ['10.0.0.0/8', '::ffff:10.1.1.1', true],
    ['10.0.0.0/8', '::FFFF:a01:101', true],
    ['::ffff:10.0.0.0/104', '10.1.1.1', true],
    ['::ffff:10.0.0.0/104', '11.1.1.1', false],
    ['2001:db8::/33', '2001:db8:7fff::1', true],
    ['2001:db8::/33', '2001:db8:8000::1', false],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['::1', '0:0:0:0:0:0:0:1', true],
    ['64:ff9b::/96', '64:ff9b::1.2.3.4', true],
    ['10.0.0.0/8', '', false],
    ['10.0.0.0/8', ' 10.0.0.1', false],
    ['10.0.0.0/8', '10.0.0.1:80', false],
    ['10.0.0.0/8', '012.0.0.1', false],
    ['10.0.0.0/8', '167772161', false],
    ['10.0.0.0/8', '10.1', false],
    ['10.0.0.0/8', '10.0.0.0/8', false],
  ])('%s and %j: %j', (block, address, expected) => {
    expect(parseBlock(block)?.(address)).toBe(expected);
  });

  it.each([
    '',
    'x',
    '10.0.0',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0.0/ 8',
    '010.0.0.0/8',
    '::/129',
    '::g',
    'fe80::1%eth0',
    '0x7f.1',
    '1'.repeat(1000),
  ])('refuses %j', (text) => expect(parseBlock(text)).toBeNull());

  it('agrees with node:net', () => {
    const cases = fc.oneof(
      fc.tuple(fc.ipV4(), fc.ipV4(), fc.nat(32), fc.constant('ipv4' as const)),
      fc.tuple(fc.ipV6(), fc.ipV6(), fc.nat(128), fc.constant('ipv6' as const)),
    );
    fc.assert(
      fc.property(cases, fc.boolean(), ([network, other, bits, family], same) => {
        const address = same ? network : other;
        const list = new BlockList();
        list.addSubnet(network, bits, family);
        expect(parseBlock(`${network}/${bits}`)?.(address)).toBe(list.check(address, family));
      }),
      { numRuns: 500 },
    );
  });
});

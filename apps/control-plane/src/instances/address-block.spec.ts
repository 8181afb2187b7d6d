/** Blocks are stored in one form, and what is none of their family is not taken. */
import { expect, it } from '@jest/globals';
import { canonicalBlock, type Family } from './address-block.js';

it.each<[Family, string, string]>([
  ['ipv4', '10.1.2.3', '10.1.2.3'],
  ['ipv4', '10.1.2.3/32', '10.1.2.3'],
  ['ipv4', '10.1.2.3/8', '10.0.0.0/8'],
  ['ipv4', '255.255.255.255/1', '128.0.0.0/1'],
  ['ipv4', '1.2.3.4/0', '0.0.0.0/0'],
  ['ipv6', '2001:DB8:0:0::1', '2001:db8::1'],
  ['ipv6', '2001:db8:1:2:3:4:5:6/48', '2001:db8:1::/48'],
  ['ipv6', '::/0', '::/0'],
  ['ipv6', '::1/128', '::1'],
  ['ipv6', '64:ff9b::1.2.3.4', '64:ff9b::102:304'],
  ['ipv6', '1::/9', '::/9'],
])('%s %s is %s', (family, text, canonical) => {
  expect(canonicalBlock(text, family)).toBe(canonical);
  expect(canonicalBlock(canonical, family)).toBe(canonical);
});

it.each<[Family, string]>([
  ['ipv4', ''],
  ['ipv4', '10.0.0'],
  ['ipv4', '010.0.0.1'],
  ['ipv4', '0x7f.0.0.1'],
  ['ipv4', '2130706433'],
  ['ipv4', '10.0.0.0/33'],
  ['ipv4', '10.0.0.0/08'],
  ['ipv4', '10.0.0.0/'],
  ['ipv4', '10.0.0.0/8/8'],
  ['ipv4', '10.0.0.0/-1'],
  ['ipv4', ' 10.0.0.1'],
  ['ipv4', '::1'],
  ['ipv6', '10.0.0.1'],
  ['ipv6', '[::1]'],
  ['ipv6', 'fe80::1%eth0'],
  ['ipv6', '::ffff:10.0.0.1'],
  ['ipv6', '::ffff:0:0/96'],
  ['ipv6', '::/129'],
  ['ipv6', ':::'],
  ['ipv6', 'example.com'],
])('%s: %j is no block', (family, text) => {
  expect(canonicalBlock(text, family)).toBeNull();
});

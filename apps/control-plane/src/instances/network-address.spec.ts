/** What passes for a host name, an address, an endpoint. */
import { expect, it } from '@jest/globals';
import { isAddress, isEndpoint, isHostName } from './network-address.js';

it('takes host names and addresses, and nothing around them', () => {
  for (const host of ['a', 'backend1.example.com', 'A_b-c.local', '10.0.0.1', 'xn--fiq228c.cn'])
    expect([host, isHostName(host)]).toEqual([host, true]);
  for (const host of [
    '',
    'a..b',
    '.a',
    'a.',
    '-a',
    'a-',
    'a b',
    'a/b',
    'a:1',
    '::1',
    '中.cn',
    'a\n',
    'x'.repeat(64),
    `${'x.'.repeat(127)}x`,
    7,
    null,
  ])
    expect([host, isHostName(host)]).toEqual([host, false]);
  for (const address of ['::1', 'fd00::1', '10.0.0.1', 'backend']) expect([address, isAddress(address)]).toEqual([address, true]);
  for (const address of ['[::1]', ':::', 'fd00::1/64', 'a b', undefined])
    expect([address, isAddress(address)]).toEqual([address, false]);
});

it('takes endpoints with a port, IPv6 in brackets', () => {
  for (const endpoint of ['a:1', '10.0.0.1:65535', '[::1]:8081'])
    expect([endpoint, isEndpoint(endpoint)]).toEqual([endpoint, true]);
  for (const endpoint of [
    'a',
    'a:',
    ':1',
    'a:0',
    'a:01',
    'a:65536',
    '::1:80',
    '[10.0.0.1]:80',
    '[::1]',
    'http://a:1',
    'a:1/',
    'u@a:1',
    8081,
  ])
    expect([endpoint, isEndpoint(endpoint)]).toEqual([endpoint, false]);
});

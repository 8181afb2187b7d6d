/** Addresses that no backend may have. */
import { describe, expect, it } from '@jest/globals';
import { Guard } from './guard.js';

const DOORS = [
  { host: null, port: 9090 },
  { host: '10.0.0.5', port: 6379 },
  { host: '127.0.0.1', port: 9000 },
];

describe('the guard', () => {
  it.each([
    '0.0.0.0',
    '0.1.2.3',
    '169.254.169.254',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '0:0:0:0:0:ffff:a9fe:a9fe',
    '::FFFF:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '100.100.100.200',
    '192.0.0.192',
    '224.0.0.1',
    '239.255.255.255',
    '255.255.255.255',
    '::',
    '::ffff:0.0.0.0',
    'fe80::1',
    'febf::1',
    'fe80::1%eth0',
    'ff02::1',
    'fd00:ec2::254',
    'not-an-address',
    '',
  ])('never allows %s', (address) => {
    expect(new Guard(true, []).allows(address, 80)).toBe(false);
  });

  it.each(['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '0:0:0:0:0:0:0:1'])(
    'allows %s only where loopback is allowed',
    (address) => {
      expect(new Guard(false, []).allows(address, 80)).toBe(false);
      expect(new Guard(true, []).allows(address, 80)).toBe(true);
    },
  );

  it.each([
    ['10.1.0.0/16', '10.1.2.3', '10.2.0.1'],
    ['10.1.0.0/16', '::ffff:10.1.2.3', '::ffff:10.2.0.1'],
    ['10.1.0.0/16', '::ffff:a01:203', '::ffff:a02:1'],
    ['10.1.0.0/16', '64:ff9b::a01:203', '64:ff9b::a02:1'],
    ['::ffff:10.1.0.0/112', '10.1.2.3', '10.2.0.1'],
    ['192.0.2.1', '192.0.2.1', '192.0.2.2'],
    ['2001:db8::/32', '2001:db8:0:0:0:0:0:1', '2001:db9::1'],
    ['2001:db8::/32', '2001:DB8::1%eth0', '10.1.2.3'],
    ['0.0.0.0/0', '10.1.2.3', '2001:db8::1'],
  ])('with %s denied never allows %s, and allows %s', (block, denied, allowed) => {
    const guard = new Guard(true, DOORS, ['203.0.113.0/24', block]);
    expect([guard.allows(denied, 80), guard.allows(allowed, 80)]).toEqual([false, true]);
  });

  it('allows other addresses', () => {
    for (const address of ['10.0.0.5', '192.168.1.1', '93.184.216.34', '2001:db8::1', '::ffff:10.0.0.6'])
      expect(new Guard(false, DOORS).allows(address, 80)).toBe(true);
  });

  it('never allows the own doors, by any address of theirs', () => {
    const guard = new Guard(true, DOORS);
    for (const address of ['127.0.0.1', '127.0.0.2', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1']) {
      expect(guard.allows(address, 9090)).toBe(false);
      expect(guard.allows(address, 9000)).toBe(false);
      expect(guard.allows(address, 9091)).toBe(true);
    }
    for (const address of ['10.0.0.5', '::ffff:10.0.0.5', '::ffff:a00:5']) expect(guard.allows(address, 6379)).toBe(false);
    expect(guard.allows('127.0.0.1', 6379)).toBe(true);
    expect(guard.allows('10.0.0.5', 6380)).toBe(true);
  });

  it('never allows the own admin port on an address of this machine that is not loopback', () => {
    expect(new Guard(true, DOORS, [], () => ['10.9.9.9', 'fd00::9']).allows('10.9.9.9', 9090)).toBe(false);
    expect(new Guard(true, DOORS, [], () => ['10.9.9.9', 'fd00::9']).allows('FD00:0::9', 9090)).toBe(false);
    expect(new Guard(true, DOORS, [], () => ['10.9.9.9']).allows('10.9.9.8', 9090)).toBe(true);
  });

  it('never allows a door that is known by its name, once the name was looked up', () => {
    const guard = new Guard(true, [{ host: 'redis.internal', port: 6379 }]);
    expect(guard.allows('10.1.1.1', 6379)).toBe(true);
    guard.learn('redis.internal', ['10.1.1.1', 'fd00:0:0::1']);
    expect(guard.allows('10.1.1.1', 6379)).toBe(false);
    expect(guard.allows('fd00::1', 6379)).toBe(false);
    guard.learn('redis.internal', ['10.1.1.2']);
    expect(guard.allows('10.1.1.1', 6379)).toBe(true);
    expect(guard.allows('10.1.1.2', 6379)).toBe(false);
  });
});

/** Who may come to an instance. */
import { describe, expect, it } from '@jest/globals';
import { compileAccessRule } from './access-rule.js';

describe('an access list', () => {
  const rule = (ipv4: object | null, ipv6: object | null, problems: string[] = []) =>
    compileAccessRule({ ipv4, ipv6 } as Parameters<typeof compileAccessRule>[0], problems);

  it('is none where no family has one', () => {
    expect(rule(null, null)).toBeNull();
  });

  it.each([
    ['10.1.2.3', true],
    ['192.0.2.7', true],
    ['192.0.2.8', false],
    ['8.8.8.8', false],
    ['2001:db8::1', true],
  ])('that allows blocks of IPv4 judges %s so: %j', (address, expected) => {
    expect(rule({ mode: 'allow', blocks: ['10.0.0.0/8', '192.0.2.7'] }, null)?.(address)).toBe(expected);
  });

  it.each([
    ['2001:db8::1', false],
    ['2001:db8:0:0:0:0:0:1', false],
    ['2001:db9::1', true],
    ['10.1.2.3', true],
  ])('that denies blocks of IPv6 judges %s so: %j', (address, expected) => {
    expect(rule(null, { mode: 'deny', blocks: ['2001:db8::/32'] })?.(address)).toBe(expected);
  });

  it('that allows nobody, and one that denies nobody, are taken at their word', () => {
    const both = rule({ mode: 'allow', blocks: [] }, { mode: 'deny', blocks: [] });
    expect([both?.('10.0.0.1'), both?.('::1')]).toEqual([false, true]);
  });

  it('gives the same verdict when asked again, also after more addresses than it remembers', () => {
    const list = rule({ mode: 'deny', blocks: ['10.0.0.0/16'] }, null);
    for (let round = 0; round < 2; round++)
      for (let n = 0; n < 12_000; n++) expect(list?.(`10.${n >> 12}.${(n >> 6) & 63}.${n & 63}`)).toBe(n >> 12 !== 0);
  });

  it('tells of blocks that it cannot read, and works with the others', () => {
    const problems: string[] = [];
    const list = rule({ mode: 'deny', blocks: ['10.0.0.0/99', '10.0.0.0/8'] }, null, problems);
    expect(problems).toEqual(['access list: 10.0.0.0/99 is no address or block']);
    expect([list?.('10.0.0.1'), list?.('11.0.0.1')]).toEqual([false, true]);
  });
});

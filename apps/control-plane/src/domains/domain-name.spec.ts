/** A domain has one form, and what is no host name or could be taken for an address is not taken. */
import { expect, it } from '@jest/globals';
import { canonicalDomain, isUnderSuffix, wildcardsOver } from './domain-name.js';

it.each([
  ['API.Example.COM', 'api.example.com'],
  ['api.example.com.', 'api.example.com'],
  ['*.Example.com', '*.example.com'],
  ['münchen.example', 'xn--mnchen-3ya.example'],
  ['例え.テスト', 'xn--r8jz45g.xn--zckzah'],
  ['*.例え.テスト', '*.xn--r8jz45g.xn--zckzah'],
  ['a。example.com', 'a.example.com'],
  ['intranet', 'intranet'],
  ['a_b.example.com', 'a_b.example.com'],
  ['1.2.3.com', '1.2.3.com'],
])('%s is %s', (text, canonical) => {
  expect(canonicalDomain(text)).toBe(canonical);
  expect(canonicalDomain(canonical)).toBe(canonical);
});

it.each([
  '',
  '.',
  '*',
  '*.',
  '*.com',
  '*.*.example.com',
  'a.*.example.com',
  '*a.example.com',
  'a..example.com',
  '.example.com',
  'example.com..',
  '-a.example.com',
  'a b.example.com',
  'a%2eexample.com',
  'example.com:80',
  'http://example.com',
  'example.com/path',
  'user@example.com',
  'a\u0000.example.com',
  'a\u00a0b.example.com',
  '127.0.0.1',
  '0x7f.1',
  '2130706433',
  '１２７.0.0.1',
  'a.0x1',
  '[::1]',
  '::1',
  '*.0.0.1',
  'xn--a.example.com',
  `${'a'.repeat(64)}.example.com`,
  Array(64).fill('abc').join('.'),
])('%j is no domain', (text) => {
  expect(canonicalDomain(text)).toBeNull();
});

it('is under the suffix of generated domains on a label’s border', () => {
  expect(['gw.x.com', 'a.gw.x.com', '*.gw.x.com', '*.a.gw.x.com'].map((name) => isUnderSuffix(name, 'gw.x.com'))).toEqual(
    Array(4).fill(true),
  );
  expect(['agw.x.com', 'x.com', '*.x.com', 'gw.x.com.cn'].map((name) => isUnderSuffix(name, 'gw.x.com'))).toEqual(
    Array(4).fill(false),
  );
});

it('is covered by the wildcards of every domain above it', () => {
  expect(wildcardsOver('a.b.x.com')).toEqual(['*.b.x.com', '*.x.com', '*.com']);
  expect(wildcardsOver('*.b.x.com')).toEqual(['*.x.com', '*.com']);
});

/** Patterns of wildcard domains, as text. */
import { describe, expect, it } from '@jest/globals';
import { captureHost, type HostPattern, parseHostPattern } from './host-pattern.js';

const capture = (pattern: string, host: string) => captureHost([parseHostPattern(pattern) as HostPattern], host);

describe('a pattern', () => {
  it.each([
    ['{svc}.x.com', 'one.x.com', { svc: 'one' }],
    ['api-{svc}-v1.x.com', 'api-one-v1.x.com', { svc: 'one' }],
    ['{a}.{B_2}.x.com', '1.two.x.com', { a: '1', B_2: 'two' }],
    ['{a}.{constructor}.x.com', '1.2.x.com', { a: '1', constructor: '2' }],
  ])('%s captures of %s', (pattern, host, values) => expect({ ...capture(pattern, host) }).toEqual(values));

  it.each([
    ['{svc}.x.com', 'a.b.x.com'],
    ['{svc}.x.com', 'x.com'],
    ['{svc}.x.com', '.x.com'],
    ['{svc}.x.com', 'a.y.com'],
    ['api-{svc}-v1.x.com', 'api--v1.x.com'],
    ['aa{svc}aa.x.com', 'aaa.x.com'],
  ])('%s does not fit %s', (pattern, host) => expect(capture(pattern, host)).toBeNull());

  it('captures no name that it does not write', () => {
    expect(capture('{svc}.x.com', 'a.x.com')).not.toHaveProperty('constructor');
  });

  it.each(['{a}{b}.x.com', '{a.b}.x.com', '{}.x.com', '{1a}.x.com', 'a..com', '*.x.com', '{A}.X.com', '{a}.{a}.com', ''])(
    'cannot be %j',
    (pattern) => expect(parseHostPattern(pattern)).toEqual(expect.any(String)),
  );
});

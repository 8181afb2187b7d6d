/** The header section, read once: look-ups agree with the lines. */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Head } from './head.js';

describe('a header section', () => {
  it('is kept as it came, with names in lower case beside it', () => {
    const head = new Head(['X-A', '1', 'x-a', '2', 'X-B', '']);
    expect([head.raw, head.names]).toEqual([
      ['X-A', '1', 'x-a', '2', 'X-B', ''],
      ['x-a', 'x-a', 'x-b'],
    ]);
    expect([head.get('x-a'), head.get('x-b'), head.get('x-c')]).toEqual(['1', '', null]);
  });

  it.each([
    ['Host', 'host'],
    ['User-Agent', 'userAgent'],
    ['Accept', 'accept'],
    ['Content-Length', 'contentLength'],
    ['Upgrade', 'upgrade'],
    ['Expect', 'expect'],
    ['X-Forwarded-Proto', 'forwardedProto'],
    ['X-Ca-Hop', 'hop'],
  ] as const)('that repeats %s gives the first line', (name, field) => {
    expect(new Head([name, 'a', name.toUpperCase(), 'b'])).toMatchObject({ [field]: 'a', repeated: null });
    expect(new Head([])[field]).toBeNull();
  });

  it.each([
    ['Transfer-Encoding', 'transferEncoding'],
    ['Connection', 'connection'],
    ['X-Forwarded-For', 'forwardedFor'],
  ] as const)('that repeats %s joins the lines', (name, field) => {
    expect(new Head([name, 'a', name.toLowerCase(), 'b', 'X', '', name, ''])[field]).toBe('a, b, ');
  });

  it.each([
    ['Content-MD5', 'contentMd5'],
    ['Content-Type', 'contentType'],
    ['Date', 'date'],
    ['X-Ca-Key', 'key'],
    ['X-Ca-Signature', 'signature'],
    ['X-Ca-Signature-Headers', 'signatureHeaders'],
    ['X-Ca-Signature-Method', 'signatureMethod'],
    ['X-Ca-Timestamp', 'timestamp'],
    ['X-Ca-Nonce', 'nonce'],
    ['X-Ca-Stage', 'stage'],
  ] as const)('that repeats %s gives the first line and says that it is ambiguous', (name, field) => {
    expect(new Head([name, 'a'])).toMatchObject({ [field]: 'a', repeated: null });
    const twice = new Head(['X', '', name, 'a', name.toUpperCase(), 'a']);
    expect(twice).toMatchObject({ [field]: 'a', repeated: name.toLowerCase() });
  });

  it('says of the AppCode alone that it is ambiguous', () => {
    expect(new Head(['X-Ca-AppCode', 'a', 'x-ca-appcode', 'b']).repeated).toBe('x-ca-appcode');
  });

  it('counts hosts, and knows whether there is any Via', () => {
    expect(new Head(['Host', 'a', 'host', 'b']).hosts).toBe(2);
    expect([new Head([]).hosts, new Head([]).via, new Head(['via', '']).via]).toEqual([0, false, true]);
  });

  it('finds by name what a search from the start finds', () => {
    const name = fc.constantFrom('Accept', 'accept', 'X-A', 'x-a', 'Via', 'date', 'Host');
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string())), (lines) => {
        const head = new Head(lines.flat());
        for (const wanted of ['accept', 'x-a', 'via', 'date', 'host', 'none'])
          expect(head.get(wanted)).toBe(lines.find(([each]) => each.toLowerCase() === wanted)?.[1] ?? null);
        expect(Object.keys(head)).toEqual(Object.keys(new Head([])));
      }),
    );
  });
});

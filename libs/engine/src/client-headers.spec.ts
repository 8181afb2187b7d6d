/** What of the client's headers a backend gets to see (wire contract 5.2 row 1 and 5.3). */

import { Outgoing } from '@causeway/plugins';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { copyClientHeaders, headerRule } from './client-headers.js';
import { makeExchange, pairs } from './testing/make-exchange.js';

const EVERYTHING = headerRule(true, [], [], []);
const MAPPING = headerRule(false, [], [], []);

function copied(headers: readonly string[], rule = EVERYTHING, unchanged = false) {
  const out = new Outgoing('GET', '/', '', 'h');
  copyClientHeaders(makeExchange('/', { headers }), out, rule, unchanged);
  return out;
}

function names(headers: readonly string[], rule = EVERYTHING, unchanged = false) {
  return pairs(copied(headers, rule, unchanged).headers).map(([name]) => name);
}

const flat = (...headerNames: string[]) => headerNames.flatMap((name) => [name, 'x']);

describe("of the client's headers", () => {
  it('all that mean something to the backend go on, spelled, ordered and repeated as they came', () => {
    const headers = ['User-Agent', 'curl', 'aCCEPT', '*/*', 'X-B', '1', 'Cookie', 'a=1', 'X-B', '2', 'Authorization', 'Basic x'];
    expect(copied(headers).headers).toEqual(headers);
  });

  it.each([
    'Connection',
    'Keep-Alive',
    'Proxy-Connection',
    'Proxy-Authenticate',
    'Proxy-Authorization',
    'TE',
    'Trailer',
    'Transfer-Encoding',
    'Upgrade',
    'Expect',
    'CA_VERSION',
    'Host',
    'Content-Type',
    'Content-Length',
    'X-Forwarded-Proto',
    'X-Forwarded-For',
    'X-Client-S-Dn',
    'X-Ca-Key',
    'x-CA-anything',
  ])('%s never goes on by itself', (name) => {
    expect(names(flat(name, name.toLowerCase(), name.toUpperCase(), 'X-Kept'))).toEqual(['X-Kept']);
  });

  it('those that Connection names stay behind, in any letter case and on any line', () => {
    expect(names(['Connection', 'close, X-A', 'x-a', '1', 'X-B', '2', 'connection', ' x-b ,', 'X-C', '3'])).toEqual(['X-C']);
    expect(names(['Connection', 'Keep-Alive', 'X-A', '1'])).toEqual(['X-A']);
  });

  it('a few are kept in mode MAPPING', () => {
    const headers = flat('User-Agent', 'Accept', 'Via', 'Cookie', 'Content-Encoding', 'Content-MD5', 'X-A', 'Via');
    expect(names(headers, MAPPING)).toEqual(['User-Agent', 'Via', 'Via']);
    expect(names(headers, MAPPING, true)).toEqual(['User-Agent', 'Via', 'Content-Encoding', 'Content-MD5', 'Via']);
  });

  it('those that describe the body go on with an unchanged body alone', () => {
    const headers = flat('Content-Encoding', 'Content-MD5', 'Content-Language');
    expect(names(headers)).toEqual(['Content-Language']);
    expect(names(headers, EVERYTHING, true)).toEqual(['Content-Encoding', 'Content-MD5', 'Content-Language']);
  });

  it('declared ones leave under their backend name only', () => {
    expect(names(flat('X-A', 'X-B'), headerRule(true, [], ['x-A'], []))).toEqual(['X-B']);
  });

  it("those of the gateway's own names stay behind, even when the group passes them through", () => {
    expect(names(flat('X-App', 'X-B'), headerRule(true, ['x-app'], [], ['X-App']))).toEqual(['X-B']);
    expect(names(flat('X-App', 'X-B'), headerRule(false, ['x-app', 'x-b'], [], ['X-App']))).toEqual(['X-B']);
  });

  it('a WebSocket handshake keeps its own', () => {
    expect(names(['Connection', 'Upgrade', 'Upgrade', 'websocket', 'Sec-WebSocket-Key', 'k'], MAPPING)).toEqual([
      'Sec-WebSocket-Key',
    ]);
    expect(names(['Sec-WebSocket-Key', 'k'], MAPPING)).toEqual([]);
  });
});

describe('PassthroughHeaders', () => {
  it('let named headers through in every mode, those of X-Ca- too', () => {
    const rule = headerRule(false, ['X-Trace', 'x-ca-client'], [], []);
    expect(names(flat('x-trace', 'X-Ca-Client', 'X-Other'), rule)).toEqual(['x-trace', 'X-Ca-Client']);
  });

  it.each([
    'X-Ca-Key',
    'X-Ca-Signature',
    'X-Ca-Signature-Headers',
    'X-Ca-Signature-Method',
    'X-Ca-Timestamp',
    'X-Ca-Nonce',
    'X-Ca-Stage',
    'X-Ca-AppCode',
    'X-Ca-Proxy-Signature',
    'X-Ca-Proxy-Signature-Secret-Key',
    'X-Ca-Request-Id',
    'X-Ca-Routing-Name',
    'X-Ca-Hop',
    'X-Ca-Remote-Auth-Raw-Path',
    'Host',
    'Transfer-Encoding',
    'Connection',
    'X-Client-S-Dn',
  ])('never let %s through', (name) => {
    expect(names(flat(name), headerRule(true, [name, name.toLowerCase()], [], []))).toEqual([]);
  });
});

it('what signatures cover is noted: the first value of each', () => {
  const out = copied(['Accept', 'a', 'accept', 'b', 'Date', 'd', 'Content-MD5', 'm'], EVERYTHING, true);
  expect([out.accept, out.date, out.contentMd5]).toEqual(['a', 'd', 'm']);
  expect(copied(['Accept', 'a', 'Content-MD5', 'm'], MAPPING)).toMatchObject({ accept: null, contentMd5: null });
});

it('however headers are spelled, no credential and nothing hop-by-hop goes on', () => {
  const name = fc
    .constantFrom('X-Ca-Key', 'x-ca-hop', 'TE', 'host', 'X-Forwarded-For', 'X-Own')
    .chain((text) =>
      fc
        .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
        .map((upper) => [...text].map((character, n) => (upper[n] ? character.toUpperCase() : character.toLowerCase())).join('')),
    );
  fc.assert(
    fc.property(fc.array(name), (list) => {
      for (const kept of names(flat(...list))) expect(kept.toLowerCase()).toBe('x-own');
    }),
  );
});

/** What the gateway itself writes, in order and value (wire contract 5.2, 5.4, 9.4, 9.5). */

import { Outgoing } from '@causeway/plugins';
import { describe, expect, it } from '@jest/globals';
import { addGatewayHeaders, addRouteHeaders } from './gateway-headers.js';
import { type Made, makeExchange } from './testing/make-exchange.js';

const HOP = 'e'.repeat(32);

function added(made: Made & { trusted?: boolean; route?: Route }, before: string[] = []) {
  const x = makeExchange('/', made);
  x.trusted = made.trusted ?? false;
  Object.assign(x, made.route);
  const out = new Outgoing('GET', '/', '', 'h');
  out.headers.push(...before);
  addRouteHeaders(x, out);
  addGatewayHeaders(x, out, HOP);
  return out;
}

type Route = { routeName: string; routeHeaders?: string[]; routeStage?: string };
const headerOf = (out: Outgoing, name: string) => out.get(name);

describe('to every request', () => {
  it('scheme, addresses, id and hop are added, spelled and ordered like this', () => {
    expect(added({}, ['Via', 'earlier']).headers).toEqual([
      'Via',
      'earlier',
      'X-Forwarded-Proto',
      'http',
      'X-Forwarded-For',
      '192.0.2.1',
      'X-Ca-Request-Id',
      'REQUEST-ID',
      'Via',
      HOP,
    ]);
  });

  it('the peer is appended to the addresses that came, of all lines', () => {
    const headers = ['X-Forwarded-For', '203.0.113.9', 'x-forwarded-for', '10.0.0.1, 10.0.0.2'];
    expect(headerOf(added({ headers }), 'x-forwarded-for')).toBe('203.0.113.9, 10.0.0.1, 10.0.0.2, 192.0.2.1');
    expect(headerOf(added({ headers: ['X-Forwarded-For', ''] }), 'x-forwarded-for')).toBe('192.0.2.1');
  });

  it('the scheme is that of the own connection, and of the first hop where a gateway vouches', () => {
    const headers = ['X-Forwarded-Proto', 'https'];
    expect(headerOf(added({ headers }), 'x-forwarded-proto')).toBe('http');
    expect(headerOf(added({ scheme: 'https' }), 'x-forwarded-proto')).toBe('https');
    expect(headerOf(added({ headers, trusted: true }), 'x-forwarded-proto')).toBe('https');
    expect(headerOf(added({ trusted: true }), 'x-forwarded-proto')).toBe('http');
  });
});

describe('after a route was hit', () => {
  it('its name, constants and stage are added, and a constant replaces what the client sent', () => {
    const route = { routeName: 'r1', routeHeaders: ['X-A', 'own', 'X-B', '2'], routeStage: 'TEST' };
    const out = added({ route }, ['x-a', 'client', 'X-C', '3']);
    expect(out.headers.slice(0, 2)).toEqual(['X-C', '3']);
    expect(out.headers.slice(2, 10)).toEqual(['X-Ca-Routing-Name', 'r1', 'X-A', 'own', 'X-B', '2', 'X-Ca-Stage', 'TEST']);
    expect(out.signedHeaders).toEqual(['x-a', 'x-b', 'x-ca-stage']);
  });

  it('a name without constants covers nothing', () => {
    const out = added({ route: { routeName: 'r1' } });
    expect(out.headers.slice(0, 2)).toEqual(['X-Ca-Routing-Name', 'r1']);
    expect(out.signedHeaders).toEqual([]);
  });

  it('a constant Content-Type is the one that signatures see', () => {
    const out = added({ route: { routeName: 'r1', routeHeaders: ['Content-Type', 'a/b'] } }, ['Content-Type', 'x/y']);
    expect(out.contentType).toBe('a/b');
    expect(out.headers.filter((each) => each === 'Content-Type')).toHaveLength(1);
  });
});

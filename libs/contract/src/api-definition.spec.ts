/** The shape of a definition: defaults, limits, and names that only the gateway writes. */

import { describe, expect, it } from '@jest/globals';
import { ApiDefinition, isReservedHeader, isWritableHeader } from './api-definition.js';

const least = { name: 'some_api', request: { method: 'GET', path: '/a' } };
const parse = (changed: object = {}) => ApiDefinition.safeParse({ ...least, ...changed });
const complaints = (changed: object) => parse(changed).error?.issues.map(({ path }) => path.join('.'));

describe('a definition', () => {
  it('needs a name, a method and a path; the rest has defaults that are safe', () => {
    expect(parse().data).toEqual({
      name: 'some_api',
      description: '',
      visibility: 'PRIVATE',
      auth: 'APP',
      signatureMethods: ['HmacSHA256'],
      appCode: 'DEFAULT',
      forceNonce: false,
      disableInternet: false,
      request: { method: 'GET', path: '/a', escapePath: false, protocols: ['HTTP', 'HTTPS'], mode: 'MAPPING' },
      parameters: [],
      constants: [],
      system: [],
    });
    expect(parse({ backend: { type: 'HTTP', address: 'a.b' } }).data?.backend).toEqual({
      type: 'HTTP',
      address: 'a.b',
      path: '/',
      method: 'ANY',
      timeoutMs: 10_000,
    });
  });

  it.each([
    [{ name: 'abc' }, 'name'],
    [{ name: '1abc' }, 'name'],
    [{ name: 'a-bcd' }, 'name'],
    [{ auth: 'APPOPENID' }, 'auth'],
    [{ signatureMethods: [] }, 'signatureMethods'],
    [{ request: { method: 'TRACE', path: '/a' } }, 'request.method'],
    [{ request: { method: 'GET', path: 'a' } }, 'request.path'],
    [{ request: { method: 'GET', path: `/${'a'.repeat(512)}` } }, 'request.path'],
    [{ request: { method: 'GET', path: '/a', protocols: [] } }, 'request.protocols'],
    [{ backend: { type: 'HTTP' } }, 'backend.address'],
    [{ backend: { type: 'HTTP', address: 'a', timeoutMs: 0 } }, 'backend.timeoutMs'],
    [{ backend: { type: 'HTTP', address: 'a', timeoutMs: 120_001 } }, 'backend.timeoutMs'],
    [{ backend: { type: 'FC' } }, 'backend.type'],
    [{ backend: { type: 'MOCK', statusCode: 99 } }, 'backend.statusCode'],
    [{ constants: [{ name: 'X-A', in: 'header', value: 'a\r\nX-B: c' }] }, 'constants.0.value'],
    [{ constants: [{ name: 'X-A', in: 'cookie', value: '' }] }, 'constants.0.in'],
    [{ constants: [{ name: 'X-Ca-A', in: 'header', value: '' }] }, 'constants.0.name'],
    [{ system: [{ parameter: 'CaStage', name: 'Via', in: 'header' }] }, 'system.0.name'],
    [{ backend: { type: 'HTTP', address: 'a', path: 'a' } }, 'backend.path'],
    [{ system: [{ parameter: 'CaNothing', name: 'X-A', in: 'header' }] }, 'system.0.parameter'],
    [{ unknown: 1 }, ''],
  ])('with %j is refused at "%s"', (changed, path) => {
    expect(complaints(changed)).toEqual([path]);
  });

  it('is told which types of backend there are, and that one of the old gateway is not among them', () => {
    const message = (backend: object) => parse({ backend }).error?.issues[0]?.message;
    expect(message({ type: 'OSS' })).toBe('Backend type OSS is not supported');
    expect(message({})).toBe('must be one of HTTP, HTTP-VPC, MOCK');
  });

  it('may let stage variables give address, path and constants', () => {
    const backend = { type: 'HTTP', address: 'https://#Host#:#Port#', path: '#Base#/x' };
    expect(parse({ backend, constants: [{ name: 'p', in: 'path', value: '#P#' }] }).success).toBe(true);
  });

  it('may call its backend by the old spelling of HEAD', () => {
    const method = (text: string) => parse({ backend: { type: 'HTTP', address: 'a', method: text } }).data?.backend;
    expect([method('HEADER'), method('HEADERS')]).toMatchObject([{ method: 'HEAD' }, undefined]);
  });

  it('takes Chinese names, as the old gateway did', () => {
    expect(parse({ name: '查询_订单1' }).success).toBe(true);
  });
});

describe('a header name', () => {
  const reserved = [
    'Connection',
    'Keep-Alive',
    'Proxy-Connection',
    'Proxy-Authenticate',
    'TE',
    'Trailer',
    'Transfer-Encoding',
    'Upgrade',
    'Expect',
    'Content-Length',
    'Host',
    'Via',
    'X-Forwarded-For',
    'X-Forwarded-Anything',
    'X-Client-S-Dn',
    'X-Ca-Anything',
    'X-Ca-',
  ];

  it.each(reserved)('%s is the gateway’s, in any letter case', (name) => {
    for (const spelled of [name, name.toLowerCase(), name.toUpperCase()])
      expect([isReservedHeader(spelled), isWritableHeader(spelled)]).toEqual([true, false]);
    expect(complaints({ constants: [{ name, in: 'header', value: '' }] })).toEqual(['constants.0.name']);
    expect(complaints({ system: [{ parameter: 'CaStage', name, in: 'header' }] })).toEqual(['system.0.name']);
    expect(complaints({ backend: { type: 'MOCK', headers: [{ name, value: '' }] } })).toEqual(['backend.headers.0.name']);
  });

  it.each(['X-A', 'Content-Type', 'Accept', 'Date', 'X-Cat', 'Test', 'Vian', 'a|b'])('%s is free', (name) => {
    expect(isWritableHeader(name)).toBe(true);
  });

  it.each(['', 'a b', 'a:b', 'é', 'a\n', 'a\u0000', '"'])('"%s" is none', (name) => {
    expect(isWritableHeader(name)).toBe(false);
  });
});

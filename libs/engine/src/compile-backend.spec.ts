/** Backends as definitions and routes write them, ready to call (wire contract 6, plugins 5.11). */

import { ApiDefinition } from '@causeway/contract';
import type { BackendOverlay } from '@causeway/plugins';
import { describe, expect, it } from '@jest/globals';
import type { Backend } from './backend.js';
import { compileBackend, parseAddress, type VpcAccesses } from './compile-backend.js';
import type { PathSources } from './compile-path.js';

const NOTHING: PathSources = { placeholders: [], mapped: new Map(), fixed: new Map(), hasRest: false, key: '' };
const SUFFIX = 'apigw.localhost';
const GROUP = 'a'.repeat(32);
const ACCESSES: VpcAccesses = new Map(
  [
    { name: 'plain', address: 'Up.example.com:8080', hostHeader: null },
    { name: 'named', address: '[::1]:8443', hostHeader: 'Shop.example.com:99' },
    { name: 'inside', address: `${GROUP}-local-intranet.${SUFFIX}:80`, hostHeader: null },
  ].map((access) => [access.name, access]),
);
const http = { type: 'HTTP', address: 'https://own.example.com', path: '/own', method: 'PUT', timeoutMs: 7000 };
const mock = { type: 'MOCK', statusCode: 201, body: 'own', headers: [{ name: 'X-A', value: '1' }] };

function compile(own: object | undefined, overlay: BackendOverlay = {}): Partial<Backend> | string {
  const request = { method: 'GET', path: '/' };
  const { backend } = ApiDefinition.parse({ name: 'some_api', request, ...(own && { backend: own }) });
  const made = compileBackend(backend, overlay, NOTHING, { suffix: SUFFIX, vpcAccesses: ACCESSES });
  return 'incomplete' in made ? made.incomplete : made.backend;
}

describe('an address', () => {
  it.each([
    ['backend.example.com', 'http', 'backend.example.com', 80, 'backend.example.com'],
    ['backend.example.com:8080', 'http', 'backend.example.com', 8080, 'backend.example.com:8080'],
    ['HTTPS://Backend.Example.com/', 'https', 'backend.example.com', 443, 'backend.example.com'],
    ['https://a.b:443', 'https', 'a.b', 443, 'a.b'],
    ['http://a.b:443', 'http', 'a.b', 443, 'a.b:443'],
    ['http://a.b.:80', 'http', 'a.b', 80, 'a.b'],
    ['http://[::1]:81', 'http', '[::1]', 81, '[::1]:81'],
    ['127.1', 'http', '127.0.0.1', 80, '127.0.0.1'],
    ['0x7f000001:1', 'http', '127.0.0.1', 1, '127.0.0.1:1'],
  ])('%s is read', (text, scheme, host, port, hostHeader) => {
    expect(parseAddress(text)).toMatchObject({ scheme, host, port, hostHeader });
  });

  it.each(['', 'ftp://a', 'http://', 'http://a/b', 'http://a?b', 'http://u@a', 'a b', 'http://a:99999', '//a', 'http://é'])(
    '"%s" is refused',
    (text) => {
      const read = parseAddress(text);
      if (text === 'http://a:') expect(read).toMatchObject({ host: 'a', port: 80 });
      else expect(read).toEqual(expect.stringMatching(/^must be/));
    },
  );
});

describe('an internal domain', () => {
  it.each([
    [`${GROUP}-local-intranet.${SUFFIX}`, 'as it is'],
    [`https://${GROUP}-local-intranet.${SUFFIX}:8443`, 'with scheme and port, which mean nothing'],
    [`${GROUP.toUpperCase()}-LOCAL-intranet.${SUFFIX}.`, 'in upper case, with a dot at its end'],
  ])('%s is one %s', (address) => {
    const host = `${GROUP}-local-intranet.${SUFFIX}`;
    expect(compile({ ...http, address })).toMatchObject({
      kind: 'internal',
      groupId: GROUP,
      address: { host },
      path: '/own',
    });
  });

  it('of another region is one too: it is never looked up by name', () => {
    const address = `${GROUP}-cn-elsewhere-intranet.${SUFFIX}`;
    expect(compile({ ...http, address })).toMatchObject({ kind: 'internal', groupId: GROUP, address: { host: address } });
  });

  it.each([
    `${GROUP}-local.${SUFFIX}`,
    `${GROUP}-local-vpc.${SUFFIX}`,
    `${GROUP}-local-intranet.example.com`,
    `x.${GROUP}-local-intranet.${SUFFIX}`,
    `${'a'.repeat(31)}-local-intranet.${SUFFIX}`,
  ])('is not %s', (address) => {
    expect(compile({ ...http, address })).toMatchObject({ kind: 'http', address: { host: address } });
  });
});

describe('a route without fields', () => {
  it("is the API's own backend", () => {
    expect(compile(http)).toEqual({
      kind: 'http',
      address: {
        scheme: 'https',
        host: 'own.example.com',
        port: 443,
        hostHeader: 'own.example.com',
        serverName: 'own.example.com',
        known: null,
      },
      path: '/own',
      method: 'PUT',
      timeoutMs: 7000,
      contentType: { category: 'DEFAULT', value: null },
    });
    expect(compile(mock)).toMatchObject({ kind: 'mock', status: 201, body: Buffer.from('own') });
  });

  it('is incomplete where the API has none', () => {
    expect(compile(undefined)).toBe('no backend type');
  });
});

describe('a route', () => {
  it('replaces what it names and keeps the rest', () => {
    expect(compile(http, { address: 'other:81' })).toMatchObject({
      address: { host: 'other', port: 81 },
      path: '/own',
      method: 'PUT',
      timeoutMs: 7000,
    });
    expect(compile(http, { path: '/p', method: 'GET', timeoutMs: 1 })).toMatchObject({
      address: { host: 'own.example.com' },
      path: '/p',
      method: 'GET',
      timeoutMs: 300,
    });
    expect(compile(http, { method: 'ANY' })).toMatchObject({ method: null });
    expect(compile(mock, { statusCode: 202, headers: [] })).toMatchObject({ status: 202, body: Buffer.from('own') });
  });

  it('of another type takes nothing from the old one', () => {
    expect(compile(mock, { type: 'HTTP', address: 'a.b' })).toMatchObject({ path: '/', method: null, timeoutMs: 10_000 });
    expect(compile(http, { type: 'MOCK' })).toMatchObject({ kind: 'mock', status: 200, body: Buffer.from('') });
    expect(compile({ ...http, contentType: { category: 'CLIENT' } }, { address: 'a.b' })).toMatchObject({
      contentType: { category: 'CLIENT' },
    });
  });

  it.each([
    ['no address', undefined, { type: 'HTTP' }],
    ['no address', mock, { type: 'HTTP' }],
    ['no backend type', undefined, { address: 'a.b' }],
    ['address must be', undefined, { type: 'HTTP', address: 'a:99999' }],
    ['path must start', http, { path: 'x' }],
    ['path placeholder [id] has no value', http, { path: '/[id]' }],
    ['path ends in *', http, { path: '/*' }],
  ] as const)('is incomplete: %s', (reason, own, overlay) => {
    expect(compile(own, overlay)).toEqual(expect.stringContaining(reason));
  });
});

describe('a named upstream', () => {
  const vpc = { type: 'HTTP-VPC', vpcAccessName: 'plain', path: '/p', method: 'PUT', timeoutMs: 7000 };

  it('is the address that its name stands for', () => {
    expect(compile(vpc)).toEqual({
      kind: 'http',
      address: {
        scheme: 'http',
        host: 'up.example.com',
        port: 8080,
        hostHeader: 'up.example.com:8080',
        serverName: 'up.example.com',
        known: null,
      },
      path: '/p',
      method: 'PUT',
      timeoutMs: 7000,
      contentType: { category: 'DEFAULT', value: null },
    });
  });

  it('may be called by another name, which its certificate must hold', () => {
    expect(compile({ ...vpc, vpcAccessName: 'named', scheme: 'https' })).toMatchObject({
      address: {
        scheme: 'https',
        host: '[::1]',
        port: 8443,
        hostHeader: 'Shop.example.com:99',
        serverName: 'shop.example.com',
      },
    });
  });

  it('that is an internal domain is called as one: it is never looked up', () => {
    expect(compile({ ...vpc, vpcAccessName: 'inside' })).toMatchObject({ kind: 'internal', groupId: GROUP, path: '/p' });
  });

  it('that is not there is answered X504VE, when it is called', () => {
    const unknown = { kind: 'unusable', code: 'X504VE', values: { Name: 'none' } };
    expect(compile({ ...vpc, vpcAccessName: 'none' })).toEqual(unknown);
    expect(compile(http, { type: 'HTTP-VPC', vpcAccessName: 'none' })).toEqual(unknown);
    expect(compile({ ...vpc, vpcAccessName: 'none', path: '/[x]' })).toBe('path placeholder [x] has no value');
  });

  it('keeps path, method, timeout and Content-Type with an address of its own, and the other way round', () => {
    const kept = { path: '/own', method: 'PUT', timeoutMs: 7000, contentType: { category: 'CLIENT' } };
    const own = { ...http, contentType: { category: 'CLIENT' } };
    expect(compile(own, { type: 'HTTP-VPC', vpcAccessName: 'plain' })).toMatchObject({
      address: { host: 'up.example.com' },
      ...kept,
    });
    expect(
      compile({ ...vpc, path: '/own', contentType: { category: 'CLIENT' } }, { type: 'HTTP', address: 'a.b' }),
    ).toMatchObject({
      address: { host: 'a.b', scheme: 'http' },
      ...kept,
    });
    expect(compile(vpc, { vpcAccessName: 'named' })).toMatchObject({ address: { host: '[::1]' }, path: '/p' });
  });

  it('without a name, or without the address of the other type, is incomplete', () => {
    expect(compile(http, { type: 'HTTP-VPC' })).toBe('no vpcAccessName');
    expect(compile(vpc, { type: 'HTTP' })).toBe('no address');
    expect(compile(vpc, { address: 'a.b' })).toMatchObject({ address: { host: 'up.example.com' } });
  });
});

it('a type that this gateway does not have is answered X501NS', () => {
  const foreign = { type: 'OSS', bucket: 'b' } as never;
  expect(compileBackend(foreign, {}, NOTHING, { suffix: SUFFIX, vpcAccesses: ACCESSES })).toEqual({
    backend: { kind: 'unusable', code: 'X501NS', values: { Feature: 'backend type OSS' } },
  });
});

describe('a mock', () => {
  it('is plain text unless it says otherwise', () => {
    expect(compile({ ...mock, headers: [] })).toMatchObject({ headers: ['Content-Type', 'text/plain; charset=UTF-8'] });
    const own = [{ name: 'content-type', value: 'application/json' }];
    expect(compile({ ...mock, headers: own })).toMatchObject({ headers: ['content-type', 'application/json'] });
  });

  it('has text beyond ASCII as bytes of UTF-8, in headers and body', () => {
    const made = compile({ ...mock, body: 'é', headers: [{ name: 'X-A', value: 'é' }] });
    expect(made).toMatchObject({ body: Buffer.from('é') });
    expect((made as { headers: string[] }).headers.slice(0, 2)).toEqual(['X-A', '\u00c3\u00a9']);
  });
});

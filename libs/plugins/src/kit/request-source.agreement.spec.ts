/** Every location and system parameter against the plain facts that a generated request was made from. */
import { gzipSync } from 'node:zlib';
import { compileParameters, parseLocation, textOf, type Value } from '@causeway/condition';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { makeExchange, NOW_MS } from '../testing/make-exchange.js';
import { RequestSource } from './request-source.js';
import { systemValue } from './system-value.js';

const names = fc.constantFrom('a', 'A', 'b c', 'é', '%', 'a+b', '');
const texts = fc.oneof(fc.string({ unit: 'binary', maxLength: 8 }), fc.constantFrom('', 'x', '1', 'a=b&c', '%41', '+ +', '☃'));
const fields = fc.array(fc.tuple(names, texts), { maxLength: 4 });
const headerText = fc.stringMatching(/^[!-~]([ -~é☃]{0,6}[!-~])?$/);
const addresses = fc.constantFrom('10.0.0.1', '203.0.113.7', '2001:db8::1', '', 'unknown');

const requests = fc.record({
  method: fc.constantFrom('GET', 'POST'),
  segments: fc.array(
    texts.filter((text) => text.isWellFormed() && !/^\.{0,2}$/.test(text)),
    { minLength: 2, maxLength: 2 },
  ),
  query: fields,
  form: fields,
  headers: fc.array(fc.tuple(fc.constantFrom('X-One', 'x-one', 'X-Two'), headerText), { maxLength: 3 }),
  userAgent: fc.option(headerText, { nil: null }),
  forwarded: fc.array(fc.array(addresses, { minLength: 1, maxLength: 3 }), { maxLength: 2 }),
  parameters: fc.dictionary(fc.constantFrom('p', 'q'), texts),
  host: fc.option(fc.record({ svc: fc.constantFrom('one', 'two') }), { nil: null }),
  caller: fc.option(
    fc.record({
      appId: fc.constant('7'),
      appName: fc.constant('app'),
      accountId: fc.constant('acc'),
      key: fc.option(fc.constant('K'), { nil: null }),
      extend: texts,
    }),
    { nil: null },
  ),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});
type Request = typeof requests extends fc.Arbitrary<infer T> ? T : never;

/** Half a surrogate pair cannot be written as UTF-8. */
const formed = (text: string) => text.toWellFormed();
const encoded = (pairs: Request['query']) =>
  pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(formed(value))}`).join('&');
const wire = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
const first = (pairs: Request['query'], name: string) => {
  const value = pairs.find(([each]) => each === name)?.[1];
  return value === undefined || name === '' ? null : formed(value);
};

function sourceOf(request: Request) {
  const { method, segments, query, form, headers, userAgent, forwarded, parameters, host, caller, random } = request;
  const path = `/${segments.map((text) => encodeURIComponent(formed(text))).join('/')}`;
  const lines = [
    ...headers.flatMap(([name, value]) => [name, wire(value)]),
    ...(userAgent === null ? [] : ['User-Agent', wire(userAgent)]),
    ...forwarded.flatMap((list) => ['X-Forwarded-For', list.join(', ')]),
  ];
  const x = makeExchange(`${path}?${encoded(query)}`, { method, headers: lines, form: encoded(form) });
  x.pathValues = path.slice(1).split('/');
  x.parameters = new Map(Object.entries(parameters));
  x.hostValues = host;
  x.caller = caller;
  return { x, path, source: new RequestSource(x, ['id', 'name'], () => random) };
}

it('each location reads what the request says there', () => {
  fc.assert(
    fc.property(requests, (request) => {
      const { path, source } = sourceOf(request);
      const { method, segments, query, form, headers, forwarded, parameters, host } = request;
      const all = forwarded.flat().filter((address) => address !== '');
      const expected: Record<string, string | null> = {
        Method: method,
        Path: path,
        'Path:id': segments[0] ?? null,
        'Path:name': segments[1] ?? null,
        'Path:other': null,
        'Header:X-ONE': headers.find(([name]) => name.toLowerCase() === 'x-one')?.[1] ?? null,
        'Host:svc': host?.svc ?? null,
        'Host:other': null,
        'Parameter:p': new Map(Object.entries(parameters)).get('p') ?? null,
        'Parameter:none': null,
        'Token:sub': null,
        'XFF:0': all[0] ?? null,
        'XFF:1': all[1] ?? null,
        'XFF:-1': all.at(-1) ?? null,
        'XFF:-9': null,
      };
      for (const name of ['a', 'A', 'b c', 'é', '%', 'a+b', 'none']) {
        expected[`Query:${name}`] = first(query, name);
        expected[`Form:${name}`] = first(form, name);
      }
      for (const [text, value] of Object.entries(expected)) {
        const location = parseLocation(text);
        if ('message' in location) throw new Error(location.message);
        expect([text, source.read(location)]).toEqual([text, value]);
      }
    }),
    { numRuns: 1000 },
  );
});

it('each system parameter says what the request is, under every spelling', () => {
  fc.assert(
    fc.property(requests, (request) => {
      const { x, source } = sourceOf(request);
      const { caller, userAgent } = request;
      const expected: Record<string, string | null> = {
        CaClientIp: '192.0.2.1',
        CaDomain: 'api.example.com',
        CaRequestHandleTime: `${new Date(NOW_MS).toISOString().slice(0, 19)}Z`,
        CaAppId: caller?.appId ?? null,
        CaAppKey: caller?.key ?? null,
        CaAppExtendInfo: caller === null || caller.extend === '' ? null : caller.extend,
        CaRequestId: 'REQUEST-ID',
        CaHttpSchema: 'HTTP',
        CaHttpScheme: 'HTTP',
        CaProxy: 'AliCloudApiGateway',
        CaApiName: 'some_api',
        CaClientUa: userAgent,
        CaStage: 'RELEASE',
        CaInstanceId: 'i1',
        CaSourceVpcId: null,
        CaCloudMarketInstanceId: null,
      };
      for (const [name, value] of Object.entries(expected)) {
        expect([name, systemValue(x, name)]).toEqual([name, value]);
        const map = compileParameters({ v: `System: ${name.toUpperCase()} ` }, 'request');
        expect('byName' in map && map.byName.get('v')?.read(source)).toBe(value);
      }
    }),
    { numRuns: 300 },
  );
});

it('a field of a JSON body is that of the document, compressed or not', () => {
  const documents = fc.dictionary(fc.constantFrom('a', 'b-c', '__proto__'), fc.jsonValue({ maxDepth: 2 }));
  const places = fc.constantFrom(['$.a', 'a'], ["$['b-c']", 'b-c'], ["bodyjson $['__proto__']", '__proto__']);
  fc.assert(
    fc.property(documents, places, fc.boolean(), (document, [path = '', name = ''], compressed) => {
      const text = JSON.stringify(document);
      const body = compressed ? gzipSync(text) : text;
      const x = makeExchange('/', { method: 'POST', body, headers: compressed ? ['Content-Encoding', 'gzip'] : [] });
      const location = parseLocation(`BodyJsonField:${path.replace('bodyjson ', '')}`);
      if ('message' in location) throw new Error(location.message);
      const read: Value = new RequestSource(x, [], () => 0).read(location);
      const value: unknown = Object.hasOwn(document, name) ? JSON.parse(JSON.stringify(document[name])) : null;
      if (typeof value === 'number') return expect(Number(textOf(read as number))).toBe(value + 0);
      expect(read).toBe(typeof value === 'object' && value !== null ? JSON.stringify(value) : value);
    }),
    { numRuns: 500 },
  );
});

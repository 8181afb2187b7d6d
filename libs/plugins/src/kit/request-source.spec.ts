/** A request as conditions read it: every location of conditions, section 2, in the request phase. */

import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { parseLocation, textOf, type Value } from '@causeway/condition';
import { describe, expect, it } from '@jest/globals';
import { makeExchange, NOW_MS } from '../testing/make-exchange.js';
import { RequestSource } from './request-source.js';

const source = (x: ReturnType<typeof makeExchange>) => new RequestSource(x, ['id'], () => 0.25);

function read(text: string, x: ReturnType<typeof makeExchange>): Value {
  const location = parseLocation(text);
  if ('message' in location) throw new Error(location.message);
  return source(x).read(location);
}

describe('a location', () => {
  const x = makeExchange('/base/a%20b?q=%C3%A9&q=2', {
    method: 'POST',
    headers: ['X-A', 'caf\u00c3\u00a9', 'x-a', '2', 'X-Forwarded-For', '10.0.0.1, 10.0.0.2'],
    form: 'f=1+2&f=3',
  });
  x.pathValues = ['a+%20b'];
  x.parameters = new Map([['p', 'value']]);
  x.hostValues = { svc: 'one' };

  it.each([
    ['Method', 'POST'],
    ['Path', '/base/a%20b'],
    ['Path:id', 'a+ b'],
    ['Path:none', null],
    ['Header:x-A', 'café'],
    ['Header:none', null],
    ['Query:q', 'é'],
    ['Query:Q', null],
    ['Form:f', '1 2'],
    ['Host:svc', 'one'],
    ['Host:none', null],
    ['Parameter:p', 'value'],
    ['Parameter:none', null],
    ['XFF:0', '10.0.0.1'],
    ['XFF:-1', '10.0.0.2'],
    ['XFF:5', null],
    ['Token:sub', null],
  ])('%s is %j', (text, value) => {
    expect(read(text, x)).toBe(value);
  });

  it('of an empty request is missing, never an error', () => {
    for (const text of ['Path:id', 'Header:a', 'Query:a', 'Form:a', 'Host:a', 'Parameter:a', 'XFF:0', 'BodyJsonField:$.a'])
      expect(read(text, makeExchange('/'))).toBeNull();
  });
});

describe('a field of a JSON body', () => {
  const json = '{"a":{"b":[1,"x"]}}';
  const field = (body: string | Buffer, encoding?: string) =>
    read(
      'BodyJsonField:$.a.b[1]',
      makeExchange('/', { body, headers: encoding === undefined ? [] : ['Content-Encoding', encoding] }),
    );

  it('is read, compressed or not', () => {
    expect(field(json)).toBe('x');
    expect(field(json, 'identity')).toBe('x');
    expect(field(gzipSync(json), ' GZIP ')).toBe('x');
    expect(field(deflateSync(json), 'deflate')).toBe('x');
    expect(field(brotliCompressSync(json), 'br')).toBe('x');
  });

  it('of what is no such body is missing', () => {
    expect(field('{')).toBeNull();
    expect(field('')).toBeNull();
    expect(field(json, 'gzip')).toBeNull();
    expect(field(json, 'zstd')).toBeNull();
    expect(field(json, 'gzip, gzip')).toBeNull();
  });

  it('is looked for in 16 KiB at most, after decompression', () => {
    const sized = (bytes: number) => json.replace('"x"', '"x"'.padEnd(3 + bytes - json.length));
    expect(field(sized(16_384))).toBe('x');
    expect(field(sized(16_385))).toBeNull();
    expect(field(gzipSync(sized(16_384)), 'gzip')).toBe('x');
    for (const [compress, encoding] of [
      [gzipSync, 'gzip'],
      [deflateSync, 'deflate'],
      [brotliCompressSync, 'br'],
    ] as const) {
      expect(field(compress(sized(16_384)), encoding)).toBe('x');
      expect(field(compress(sized(16_385)), encoding)).toBeNull();
      expect(field(compress(sized(20_000_000)), encoding)).toBeNull();
    }
  });

  it('is not looked for in a compressed body that is mostly empty blocks', () => {
    const padded = (blocks: number) => {
      const empty = Buffer.from([0, 0, 0, 0xff, 0xff]);
      return Buffer.concat([Buffer.from([0x78, 0x9c]), ...Array(blocks).fill(empty), deflateRawSync(json), adler32(json)]);
    };
    expect(field(padded(6000), 'deflate')).toBe('x');
    expect(field(padded(7000), 'deflate')).toBeNull();
  });

  it('is exact, when it is a number of many digits', () => {
    const id = read('BodyJson:$.id', makeExchange('/', { body: '{"id":1234567890123456789}' }));
    expect(textOf(id as Exclude<Value, null>)).toBe('1234567890123456789');
  });
});

/** The end of a zlib stream (RFC 1950). */
function adler32(text: string): Buffer {
  let [a, b] = [1, 0];
  for (const byte of Buffer.from(text)) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  const end = Buffer.alloc(4);
  end.writeUInt32BE(b * 65_536 + a);
  return end;
}

it('clock, chance and system parameters are those of the request', () => {
  const x = makeExchange('/');
  expect([source(x).nowMs, source(x).random(), source(x).system('CaStage')]).toEqual([NOW_MS, 0.25, 'RELEASE']);
  expect([source(x).apiParameter('p'), source(x).pluginVariable()]).toEqual([undefined, null]);
});

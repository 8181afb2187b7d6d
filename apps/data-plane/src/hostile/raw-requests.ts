/**
 * Requests that two readers could read differently, byte for byte, and what becomes of each: a refusal that ends the connection, or
 * a request that the backend reads exactly as the gateway did. The categories are those of the published corpora on request smuggling
 * and of RFC 9110 and 9112. One character stands for one byte.
 */
import type { ErrorCode } from '@causeway/contract';

export interface RawRequest {
  readonly name: string;
  /** @param host the domain that the listener serves */
  readonly bytes: (host: string) => string;
  /** Refused with this code, and the connection ends; status when it is not the one of the table. */
  readonly refused?: ErrorCode;
  readonly status?: number;
  /** Read by the backend: method, target, body. */
  readonly read?: readonly (readonly [method: string, target: string, body: string])[];
  /** What the backend must see of it, and must not. */
  readonly has?: RegExp;
  readonly lacks?: RegExp;
}

type Bytes = string | ((host: string) => string);

const head = (start: string, ...lines: string[]) => {
  return (host: string) => `${start}\r\nHost: ${host}\r\n${lines.map((each) => `${each}\r\n`).join('')}\r\n`;
};
const post = (...lines: string[]) => head('POST /a HTTP/1.1', ...lines);
const get = (...lines: string[]) => head('GET /a HTTP/1.1', ...lines);
const target = (text: string) => head(`GET ${text} HTTP/1.1`);
const chunked = (body: string) => then(post('Transfer-Encoding: chunked'), body);
const then = (bytes: (host: string) => string, more: string) => (host: string) => bytes(host) + more;

function refused(refused: ErrorCode, table: Readonly<Record<string, Bytes>>, status?: number): RawRequest[] {
  return Object.entries(table).map(([name, bytes]) => ({
    name,
    bytes: typeof bytes === 'string' ? () => bytes : bytes,
    refused,
    ...(status !== undefined && { status }),
  }));
}

type Read = NonNullable<RawRequest['read']>;

function read(table: Readonly<Record<string, readonly [Bytes, Read, (RegExp | undefined)?, RegExp?]>>): RawRequest[] {
  return Object.entries(table).map(([name, [bytes, requests, has, lacks]]) => ({
    name,
    bytes: typeof bytes === 'string' ? () => bytes : bytes,
    read: requests,
    ...(has && { has }),
    ...(lacks && { lacks }),
  }));
}

const POSTED: Read = [['POST', '/a', 'abcd']];
const GOT: Read = [['GET', '/a', '']];

export const RAW_REQUESTS: readonly RawRequest[] = [
  // CL.TE and TE.CL: a length and a coding.
  ...refused('I400HD', {
    'CL.TE': then(post('Content-Length: 6', 'Transfer-Encoding: chunked'), '0\r\n\r\nG'),
    'TE.CL': then(post('Transfer-Encoding: chunked', 'Content-Length: 4'), '5c\r\nG'),
    'CL.TE with a length of 0': then(post('Content-Length: 0', 'Transfer-Encoding: chunked'), '0\r\n\r\n'),
    'CL.TE in odd letter case': then(post('cOnTeNt-LeNgTh: 6', 'tRaNsFeR-eNcOdInG: cHuNkEd'), '0\r\n\r\nG'),
    'CL.TE on a GET': then(get('Content-Length: 5', 'Transfer-Encoding: chunked'), '0\r\n\r\n'),
    'CL.TE with an empty coding': then(post('Content-Length: 4', 'Transfer-Encoding:'), 'abcd'),
    'TE.CL with a comma in the coding': then(post('Transfer-Encoding: ,chunked', 'Content-Length: 4'), 'abcd'),
    'TE.CL with a signed length': then(post('Transfer-Encoding: chunked', 'Content-Length: +4'), '0\r\n\r\n'),
  }),

  // TE.TE: codings that one reader takes for chunked and another does not.
  ...refused('I400HD', {
    'TE.TE: chunked twice': then(post('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'), '0\r\n\r\n'),
    'TE.TE: chunked and identity': then(post('Transfer-Encoding: chunked', 'Transfer-Encoding: identity'), '0\r\n\r\n'),
    'TE.TE: identity and chunked': then(post('Transfer-Encoding: identity', 'Transfer-Encoding: chunked'), '0\r\n\r\n'),
    'TE.TE: chunked and an unknown coding': then(post('Transfer-Encoding: chunked', 'Transfer-Encoding: cow'), '0\r\n\r\n'),
    'chunked, chunked': then(post('Transfer-Encoding: chunked, chunked'), '0\r\n\r\n'),
    'gzip, chunked': then(post('Transfer-Encoding: gzip, chunked'), '0\r\n\r\n'),
    'chunked, gzip': then(post('Transfer-Encoding: chunked, gzip'), '0\r\n\r\n'),
    identity: then(post('Transfer-Encoding: identity'), '0\r\n\r\n'),
    xchunked: then(post('Transfer-Encoding: xchunked'), '0\r\n\r\n'),
    chunkedx: then(post('Transfer-Encoding: chunkedx'), '0\r\n\r\n'),
    chunk: then(post('Transfer-Encoding: chunk'), '0\r\n\r\n'),
    'an empty coding': then(post('Transfer-Encoding:'), '0\r\n\r\n'),
    'a quoted coding': then(post('Transfer-Encoding: "chunked"'), '0\r\n\r\n'),
    'a coding with a parameter': then(post('Transfer-Encoding: chunked;q=1'), '0\r\n\r\n'),
    'chunked with a comma behind': then(post('Transfer-Encoding: chunked,'), '0\r\n\r\n'),
    'chunked with a comma before': then(post('Transfer-Encoding: ,chunked'), '0\r\n\r\n'),
    'chunked after a vertical tab': then(post('Transfer-Encoding: \x0bchunked'), '0\r\n\r\n'),
    'chunked before a form feed': then(post('Transfer-Encoding: chunked\x0c'), '0\r\n\r\n'),
    'chunked before a NUL': then(post('Transfer-Encoding: chunked\x00'), '0\r\n\r\n'),
    'chunked after a non-breaking blank': then(post('Transfer-Encoding: \xa0chunked'), '0\r\n\r\n'),
    'chunked with a long s': then(post('Transfer-Encoding: chunked\xc5\xbf'), '0\r\n\r\n'),
    'a blank before the colon of Transfer-Encoding': then(post('Transfer-Encoding : chunked'), '0\r\n\r\n'),
    'a tab before the colon of Transfer-Encoding': then(post('Transfer-Encoding\t: chunked'), '0\r\n\r\n'),
    'a blank before Transfer-Encoding': then(post('X-A: 1', ' Transfer-Encoding: chunked'), '0\r\n\r\n'),
    'Transfer-Encoding folded': then(post('Transfer-Encoding:', ' chunked'), '0\r\n\r\n'),
    'Transfer-Encoding behind a bare CR': then(post('X-A: 1\rTransfer-Encoding: chunked'), '0\r\n\r\n'),
    'Transfer-Encoding behind a bare LF': then(post('X-A: 1\nTransfer-Encoding: chunked'), '0\r\n\r\n'),
    'chunked from HTTP/1.0': then(head('POST /a HTTP/1.0', 'Transfer-Encoding: chunked'), '0\r\n\r\n'),
    'chunked from HTTP/1.0 that keeps the connection': then(
      head('POST /a HTTP/1.0', 'Connection: keep-alive', 'Transfer-Encoding: chunked'),
      '0\r\n\r\n',
    ),
  }),
  ...read({
    'chunked in odd letter case': [then(post('tRANSFER-eNCODING: cHUNKED'), '4\r\nabcd\r\n0\r\n\r\n'), POSTED],
    'chunked between tabs and blanks': [then(post('Transfer-Encoding:\t chunked '), '4\r\nabcd\r\n0\r\n\r\n'), POSTED],
    'a name like Transfer-Encoding, which frames nothing': [
      then(post('Transfer_Encoding: chunked', 'Content-Length: 4'), 'abcd'),
      POSTED,
    ],
    'X-Transfer-Encoding, which frames nothing': [
      then(post('X-Transfer-Encoding: chunked', 'Content-Length: 4'), 'abcd'),
      POSTED,
    ],
  }),

  // CL.CL and odd lengths.
  ...refused('I400HD', {
    'CL.CL, different': then(post('Content-Length: 4', 'Content-Length: 5'), 'abcd'),
    'CL.CL, equal': then(post('Content-Length: 4', 'Content-Length: 4'), 'abcd'),
    'CL.CL, different by a zero in front': then(post('Content-Length: 4', 'Content-Length: 04'), 'abcd'),
    'CL.CL in odd letter case': then(post('content-length: 4', 'CONTENT-LENGTH: 0'), 'abcd'),
    'a list of lengths': then(post('Content-Length: 4, 4'), 'abcd'),
    'a length with a plus': then(post('Content-Length: +4'), 'abcd'),
    'a length with a minus': then(post('Content-Length: -4'), 'abcd'),
    'a length of -0': then(post('Content-Length: -0'), 'abcd'),
    'a hexadecimal length': then(post('Content-Length: 0x4'), 'abcd'),
    'a length with a point': then(post('Content-Length: 4.0'), 'abcd'),
    'a length with an exponent': then(post('Content-Length: 4e0'), 'abcd'),
    'a length with a blank inside': then(post('Content-Length: 4 4'), 'abcd'),
    'a length with an underscore': then(post('Content-Length: 0_4'), 'abcd'),
    'an empty length': post('Content-Length:'),
    'a length of 2^64 + 4': then(post('Content-Length: 18446744073709551620'), 'abcd'),
    'a length with a comma': then(post('Content-Length: 4,'), 'abcd'),
    'a length of other digits': then(post('Content-Length: \xd9\xa4'), 'abcd'),
    'a length before a tab': then(post('Content-Length: 4\t'), 'abcd'),
    'a length before a NUL': then(post('Content-Length: 4\x00'), 'abcd'),
    'a length that is a word': then(post('Content-Length: four'), 'abcd'),
    'a blank before the colon of Content-Length': then(post('Content-Length : 4'), 'abcd'),
    'a blank before Content-Length': then(post('X-A: 1', ' Content-Length: 4'), 'abcd'),
    'Content-Length folded': then(post('Content-Length:', ' 4'), 'abcd'),
    'Content-Length behind a bare LF': then(post('X-A: 1\nContent-Length: 4'), 'abcd'),
  }),
  ...refused('I413RL', { 'a length over the limit': post('Content-Length: 99999999999') }),
  ...read({
    'a length with zeros in front': [then(post('Content-Length: 0004'), 'abcd'), POSTED],
    'a length between blanks': [then(post('Content-Length: \t 4 '), 'abcd'), POSTED],
    'a length of 0': [post('Content-Length: 0'), [['POST', '/a', '']]],
    'a POST without a length': [post(), [['POST', '/a', '']]],
    'a GET with a length': [then(get('Content-Length: 4'), 'abcd'), [['GET', '/a', 'abcd']]],
    'a DELETE in chunks': [
      then(head('DELETE /a HTTP/1.1', 'Transfer-Encoding: chunked'), '4\r\nabcd\r\n0\r\n\r\n'),
      [['DELETE', '/a', 'abcd']],
    ],
    'a body that looks like a request': [
      (host) => {
        const inner = `GET /smuggled HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
        return post(`Content-Length: ${inner.length}`)(host) + inner;
      },
      [['POST', '/a', 'GET /smuggled HTTP/1.1\r\nHost: HOST\r\n\r\n']],
    ],
    'a name like Content-Length, which frames nothing': [then(post('Content_Length: 0', 'Content-Length: 4'), 'abcd'), POSTED],
    'ContentLength, which frames nothing': [then(post('ContentLength: 0', 'Content-Length: 4'), 'abcd'), POSTED],
  }),

  // Names.
  ...refused('I400HD', {
    'a blank in a name': get('X A: 1'),
    'no name': get(': 1'),
    'a line without a colon': get('X-A'),
    'a blank before the first name': (host) => `GET /a HTTP/1.1\r\n Host: ${host}\r\n\r\n`,
    'a blank before the colon': get('X-A : 1'),
    'a tab before the colon': get('X-A\t: 1'),
    'a NUL in a name': get('X\x00A: 1'),
    'a control character in a name': get('X\x01A: 1'),
    'DEL in a name': get('X\x7fA: 1'),
    'a high byte in a name': get('X\xe9A: 1'),
    'parentheses in a name': get('X(A): 1'),
    'a slash in a name': get('X/A: 1'),
    'an equals sign in a name': get('X=A: 1'),
    'an at sign in a name': get('X@A: 1'),
    'quotes around a name': get('"X-A": 1'),
    'braces around a name': get('{X-A}: 1'),
    'a backslash in a name': get('X\\A: 1'),
  }),

  // Line ends, folds, control characters.
  ...refused('I400HD', {
    'a bare LF behind a header': get('X-A: 1\nX-B: 2'),
    'a bare LF behind the last header': (host) => `GET /a HTTP/1.1\r\nHost: ${host}\n\r\n`,
    'a bare LF as the empty line': (host) => `GET /a HTTP/1.1\r\nHost: ${host}\r\n\n`,
    'bare LFs everywhere': (host) => `GET /a HTTP/1.1\nHost: ${host}\n\n`,
    'a bare LF behind the request line': (host) => `GET /a HTTP/1.1\nHost: ${host}\r\n\r\n`,
    'a bare CR in a value': get('X-A: 1\rX-B: 2'),
    'a bare CR behind the last header': (host) => `GET /a HTTP/1.1\r\nHost: ${host}\r\r\n`,
    'a blank behind the version': head('GET /a HTTP/1.1 '),
    'HTTP/1.10': head('GET /a HTTP/1.10'),
    'CR CR LF behind a header': get('X-A: 1\r'),
    'CR CR LF as the empty line': (host) => `GET /a HTTP/1.1\r\nHost: ${host}\r\n\r\r\n`,
    'a fold with a blank': get('X-A: 1', ' 2'),
    'a fold with a tab': get('X-A: 1', '\t2'),
    'a fold of Host': (host) => `GET /a HTTP/1.1\r\nHost:\r\n ${host}\r\n\r\n`,
    'a line of a blank alone': get('X-A: 1', ' '),
    'a NUL in a value': get('X-A: 1\x002'),
    'a control character in a value': get('X-A: 1\x012'),
    'an escape in a value': get('X-A: \x1b[0m'),
    'DEL in a value': get('X-A: 1\x7f2'),
    'a NUL behind Host': (host) => `GET /a HTTP/1.1\r\nHost: ${host}\x00\r\n\r\n`,
  }),
  ...read({
    'an empty value, a tab, and text beyond ASCII': [
      get('X-A:', 'X-B: 1\t2', 'X-C: \xe4\xb8\xad'),
      GOT,
      /X-B: 1\t2\r\nX-C: \xe4\xb8\xad/,
    ],
    'blank lines before the request': [(host) => `\r\n\r\n${get()(host)}`, GOT],
    'names in any letter case': [(host) => `GET /a HTTP/1.1\r\nhOST: ${host}\r\n\r\n`, GOT],
  }),

  // Chunks.
  ...refused('I400BD', {
    'a chunk size with a plus': chunked('+4\r\nabcd\r\n0\r\n\r\n'),
    'a chunk size with a minus': chunked('-4\r\nabcd\r\n0\r\n\r\n'),
    'a chunk size with 0x': chunked('0x4\r\nabcd\r\n0\r\n\r\n'),
    'a chunk size with an h': chunked('4h\r\nabcd\r\n0\r\n\r\n'),
    'a chunk size with an underscore': chunked('0_4\r\nabcd\r\n0\r\n\r\n'),
    'no chunk size': chunked('\r\nabcd\r\n0\r\n\r\n'),
    'a chunk extension without a size': chunked(';a=b\r\nabcd\r\n0\r\n\r\n'),
    'a blank before a chunk size': chunked(' 4\r\nabcd\r\n0\r\n\r\n'),
    'a tab before a chunk size': chunked('\t4\r\nabcd\r\n0\r\n\r\n'),
    'a blank in a chunk size': chunked('0 4\r\nabcd\r\n0\r\n\r\n'),
    'a chunk size of 2^64 + 4': chunked('10000000000000004\r\nabcd\r\n0\r\n\r\n'),
    'a chunk size of 40 digits': chunked(`${'f'.repeat(40)}\r\nabcd\r\n0\r\n\r\n`),
    'a chunk size before a bare LF': chunked('4\nabcd\r\n0\r\n\r\n'),
    'a chunk size before a bare CR': chunked('4\rabcd\r\n0\r\n\r\n'),
    'a chunk size before CR CR LF': chunked('4\r\r\nabcd\r\n0\r\n\r\n'),
    'a chunk before a bare LF': chunked('4\r\nabcd\n0\r\n\r\n'),
    'a chunk before a bare CR': chunked('4\r\nabcd\r0\r\n\r\n'),
    'a chunk longer than its size': chunked('4\r\nabcdX\r\n0\r\n\r\n'),
    'a chunk without an end': chunked('4\r\nabcd0\r\n\r\n'),
    'a chunk size that is no number': chunked('z\r\nabcd\r\n0\r\n\r\n'),
    'a NUL behind a chunk size': chunked('4\x00\r\nabcd\r\n0\r\n\r\n'),
    'a bare LF in a chunk extension': chunked('4;a\nabcd\r\n0\r\n\r\n'),
    'a bare CR in a chunk extension': chunked('4;a\rb\r\nabcd\r\n0\r\n\r\n'),
    'a NUL in a chunk extension': chunked('4;a\x00\r\nabcd\r\n0\r\n\r\n'),
    'a chunk extension of 20,000 bytes': chunked(`4;${'a'.repeat(20_000)}\r\nabcd\r\n0\r\n\r\n`),
    'an open quote in a chunk extension': chunked('4;a="b\r\nabcd\r\n0\r\n\r\n'),
    'a last chunk before a bare LF': chunked('0\n\r\n'),
    'a trailer without a colon': chunked('0\r\nX-A\r\n\r\n'),
    'a trailer with a fold': chunked('0\r\nX-A: 1\r\n 2\r\n\r\n'),
    'a trailer with a bare LF': chunked('0\r\nX-A: 1\nX-B: 2\r\n\r\n'),
    'a trailer with a blank before the colon': chunked('0\r\nX-A : 1\r\n\r\n'),
    'chunked before a tab': then(post('Transfer-Encoding: chunked\t'), '0\r\n\r\n'),
    'a length in the trailers': chunked('0\r\nContent-Length: 9\r\n\r\n'),
    'a coding in the trailers': chunked('0\r\nTransfer-Encoding: chunked\r\n\r\n'),
    'a blank behind a chunk size': chunked('4 \r\nabcd\r\n0\r\n\r\n'),
    'a blank before a chunk extension': chunked('4 ;a\r\nabcd\r\n0\r\n\r\n'),
    'text behind the last chunk': chunked('0\r\nGET /smuggled\r\n\r\n'),
  }),
  ...read({
    'chunks, a size with zeros in front, and both cases of digits': [
      chunked('0000004\r\nabcd\r\nA\r\n0123456789\r\na\r\n0123456789\r\n00\r\n\r\n'),
      [['POST', '/a', 'abcd01234567890123456789']],
    ],
    'chunk extensions, which are not passed on': [
      chunked('4;a\r\nabcd\r\n1;b=c;d="e f"\r\n!\r\n0;last\r\n\r\n'),
      [['POST', '/a', 'abcd!']],
      undefined,
      /;a|;b|;last/,
    ],
    'trailers, which are not passed on': [
      then(post('Transfer-Encoding: chunked', 'Trailer: X-T'), '4\r\nabcd\r\n0\r\nX-T: 1\r\nHost: b\r\n\r\n'),
      POSTED,
      undefined,
      /X-T|trailer|Host: b/i,
    ],
    'a chunk that looks like the last one': [chunked('5\r\n0\r\n\r\n\r\n0\r\n\r\n'), [['POST', '/a', '0\r\n\r\n']]],
  }),

  // Host and absolute targets.
  ...refused('I400MH', {
    'no Host': 'GET /a HTTP/1.1\r\n\r\n',
    'no Host beside an absolute target': 'GET http://a/a HTTP/1.1\r\n\r\n',
  }),
  ...refused('I400HD', {
    'two Hosts': (host) => `GET /a HTTP/1.1\r\nHost: ${host}\r\nHost: ${host}\r\n\r\n`,
    'two different Hosts': (host) => `GET /a HTTP/1.1\r\nHost: ${host}\r\nHost: b\r\n\r\n`,
    'two Hosts in odd letter case': (host) => `GET /a HTTP/1.1\r\nHost: ${host}\r\nhOST: b\r\n\r\n`,
    'two Hosts from HTTP/1.0': (host) => `GET /a HTTP/1.0\r\nHost: ${host}\r\nHost: b\r\n\r\n`,
    'two Hosts beside an absolute target': (host) => `GET http://${host}/a HTTP/1.1\r\nHost: ${host}\r\nHost: b\r\n\r\n`,
    'an empty Host': 'GET /a HTTP/1.1\r\nHost:\r\n\r\n',
    'userinfo in Host': (host) => `GET /a HTTP/1.1\r\nHost: u@${host}\r\n\r\n`,
    'a password in Host': (host) => `GET /a HTTP/1.1\r\nHost: u:p@${host}\r\n\r\n`,
    'the domain as userinfo': (host) => `GET /a HTTP/1.1\r\nHost: ${host}@b\r\n\r\n`,
    'userinfo in an absolute target': (host) => `GET http://u@${host}/a HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    'the domain as userinfo of an absolute target': (host) => `GET http://${host}@b/a HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    'a path in Host': (host) => `GET /a HTTP/1.1\r\nHost: ${host}/b\r\n\r\n`,
    'a query in Host': (host) => `GET /a HTTP/1.1\r\nHost: ${host}?b\r\n\r\n`,
    'a fragment in Host': (host) => `GET /a HTTP/1.1\r\nHost: ${host}#b\r\n\r\n`,
    'a blank in Host': (host) => `GET /a HTTP/1.1\r\nHost: ${host} b\r\n\r\n`,
    'a list of Hosts': (host) => `GET /a HTTP/1.1\r\nHost: ${host}, b\r\n\r\n`,
    'a bad port in Host': (host) => `GET /a HTTP/1.1\r\nHost: ${host}:80x\r\n\r\n`,
    'two ports in Host': (host) => `GET /a HTTP/1.1\r\nHost: ${host}:80:81\r\n\r\n`,
    'a high byte in Host': (host) => `GET /a HTTP/1.1\r\nHost: ${host}\xe9\r\n\r\n`,
    'a blank before the colon of Host': (host) => `GET /a HTTP/1.1\r\nHost : ${host}\r\n\r\n`,
    'an absolute target without a host': (host) => `GET http:///a HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    'an absolute target with a bad port': (host) => `GET http://${host}:x/a HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
  }),
  ...read({
    'an absolute target that agrees with Host': [
      (host) => `GET http://${host}/a HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
      GOT,
      /^GET \/a /,
    ],
    'an absolute target that disagrees with Host, and wins': [
      (host) => `GET http://${host}/a HTTP/1.1\r\nHost: other.test\r\n\r\n`,
      GOT,
      undefined,
      /other\.test/,
    ],
    'an absolute target of a query alone': [
      (host) => `GET http://${host}?x=1 HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
      [['GET', '/?x=1', '']],
    ],
    'an absolute https target': [(host) => `GET HTTPS://${host}:443/a HTTP/1.1\r\nHost: ${host}\r\n\r\n`, GOT],
    'Host with a port, in capitals, with a dot at its end': [
      (host) => `GET /a HTTP/1.1\r\nHost: ${host.toUpperCase()}.:8080\r\n\r\n`,
      GOT,
    ],
    'X-Forwarded-Host and X-Host, which name nothing': [get('X-Forwarded-Host: b', 'X-Host: c', 'Forwarded: host=d'), GOT],
  }),

  // Request lines, targets and methods.
  ...refused('I400RU', {
    'no version': 'GET /a\r\n\r\n',
    'HTTP/0.9': 'GET /a HTTP/0.9\r\n\r\n',
    'HTTP/0.9 with a Host': head('GET /a HTTP/0.9'),
    'HTTP/1.2': head('GET /a HTTP/1.2'),
    'HTTP/2.0': head('GET /a HTTP/2.0'),
    'HTTP/3': head('GET /a HTTP/3'),
    'HTTP/01.1': head('GET /a HTTP/01.1'),
    'a version in small letters': head('GET /a http/1.1'),
    'a preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'a blank in the target': head('GET /a b HTTP/1.1'),
    'a tab in the target': head('GET /a\tb HTTP/1.1'),
    'a NUL in the target': head('GET /a\x00b HTTP/1.1'),
    'a control character in the target': head('GET /a\x01b HTTP/1.1'),
    'DEL in the target': head('GET /a\x7fb HTTP/1.1'),
    'a high byte in the target': target('/\xe4\xb8\xad'),
    'a fragment': target('/a#b'),
    'a fragment in the query': target('/a?b#c'),
    'a bare target': target('a'),
    'a target of a query': target('?a=b'),
    '* as target of OPTIONS': head('OPTIONS * HTTP/1.1'),
    '* as target of GET': target('*'),
    'an authority as target': (host) => target(`${host}:80`)(host),
    'another scheme': (host) => target(`ftp://${host}/a`)(host),
    'a file as target': target('file:///etc/passwd'),
    'a backslash in the path': target('/a\\..\\b'),
    'a bad triplet in the query': target('/a?b=%g1'),
    'a triplet cut off in the query': target('/a?b=%4'),
  }),
  ...refused('I400PA', {
    'a dot segment': target('/b/../a'),
    'a dot': target('/./a'),
    'an encoded dot segment': target('/b/%2e%2e/a'),
    'a dot segment, half encoded': target('/b/.%2E/a'),
    'a dot segment at the end': target('/a/..'),
    'a dot segment in an absolute target': (host) => target(`http://${host}/b/../a`)(host),
    'a bad triplet': target('/a%zz'),
    'a triplet cut off': target('/a%2'),
    'an overlong dot': target('/%c0%ae%c0%ae/a'),
    'invalid UTF-8': target('/%ff'),
    'half a surrogate': target('/%ed%a0%80'),
  }),
  ...refused('I405UM', {
    'a method in small letters': head('get /a HTTP/1.1'),
    'a method in mixed letters': head('GeT /a HTTP/1.1'),
    'an unknown method': head('BREW /a HTTP/1.1'),
    'a method of another protocol': head('PROPFIND /a HTTP/1.1'),
    'a longer method': head('GETS /a HTTP/1.1'),
    TRACE: head('TRACE /a HTTP/1.1'),
    CONNECT: (host) => head(`CONNECT ${host}:443 HTTP/1.1`)(host),
    'CONNECT with a path': head('CONNECT /a HTTP/1.1'),
    'a blank before the method': head(' GET /a HTTP/1.1'),
    'a NUL before the method': head('\x00GET /a HTTP/1.1'),
    'a byte order mark before the method': head('\xef\xbb\xbfGET /a HTTP/1.1'),
    'a TLS hello': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    'a PROXY line': 'PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n',
    'a line of Redis': '*1\r\n$4\r\nPING\r\n',
  }),
  ...read({
    'two blanks before the target': [head('GET  /a HTTP/1.1'), GOT],
    'two blanks behind the target': [head('GET /a  HTTP/1.1'), GOT],
    'a request line of RTSP, which frames nothing else': [head('GET /a RTSP/1.1'), GOT],
    'an encoded slash and repeated slashes, kept as they are': [target('//a%2F..b//'), [['GET', '//a%2F..b//', '']]],
    'raw brackets and quotes in the query': [target('/a?b=[]{}|\\^"<>`'), [['GET', '/a?b=[]{}|\\^"<>`', '']]],
    'every method that may be': [
      (host) =>
        ['GET', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'POST']
          .map((method) => head(`${method} /a HTTP/1.1`)(host))
          .join(''),
      ['GET', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'POST'].map((method) => [method, '/a', ''] as const),
    ],
    'HTTP/1.0 that keeps the connection': [head('GET /a HTTP/1.0', 'Connection: keep-alive'), GOT],
    'h2c, which is ignored': [
      get('Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA'),
      GOT,
      undefined,
      /h2c|HTTP2-Settings/i,
    ],
    'h2c with a body': [then(post('Connection: Upgrade', 'Upgrade: h2c', 'Content-Length: 4'), 'abcd'), POSTED, undefined, /h2c/],
    'another protocol to upgrade to': [get('Connection: Upgrade', 'Upgrade: TLS/1.0'), GOT, undefined, /TLS\/1\.0/],
  }),
  ...refused('I400HD', {
    'h2c beside a length and a coding': then(
      post('Connection: Upgrade', 'Upgrade: h2c', 'Content-Length: 4', 'Transfer-Encoding: chunked'),
      '0\r\n\r\n',
    ),
  }),
  ...refused('I403PT', {
    'WebSocket where it is not allowed': get('Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: a2V5'),
  }),

  // Sizes.
  ...refused('I413UL', {
    'a target over its limit': target(`/${'a'.repeat(8192)}`),
    'a query over the limit of the target': target(`/?${'a'.repeat(8192)}`),
    'an absolute target over the limit': (host) => target(`http://${host}/${'a'.repeat(8192)}`)(host),
    'a target far over all limits': target(`/${'a'.repeat(60_000)}`),
  }),
  ...refused('I400HD', {
    'a section over its limit': get(`X-A: ${'a'.repeat(33_000)}`),
    'a section over its limit in many lines': get(...Array.from({ length: 100 }, () => `X-A: ${'a'.repeat(400)}`)),
    'a section far over all limits': get(`X-A: ${'a'.repeat(60_000)}`),
    'a name far over all limits': get(`${'A'.repeat(60_000)}: 1`),
    '201 lines': get(...Array.from({ length: 200 }, () => 'A: 1')),
    '5,000 lines': get(...Array.from({ length: 5000 }, () => 'A:')),
  }),
  ...read({
    'a target at its limit': [target(`/${'a'.repeat(8191)}`), [['GET', `/${'a'.repeat(8191)}`, '']]],
    '200 lines': [get(...Array.from({ length: 199 }, () => 'A: 1')), GOT],
  }),

  // What only the gateway may say, and what belongs to one connection.
  ...read({
    'X-Ca-* from outside, which is dropped': [
      get(
        'X-Ca-Key: k',
        'X-Ca-Signature: s',
        'X-Ca-Request-Id: mine',
        'X-CA-HOP: v1.e30.AAAA',
        'x-ca-routing-name: r',
        'X-Ca-Proxy-Signature: p',
        'X-Ca-Error-Code: e',
        'x-CA-anything: a',
        'X-Ca-: b',
      ),
      GOT,
      undefined,
      /x-ca-(?!request-id)|mine/i,
    ],
    'names like X-Ca-*, which are not': [
      get('X_Ca_Key: k', 'X-Cab: 1', 'XCa-Key: 2'),
      GOT,
      /X_Ca_Key: k\r\nX-Cab: 1\r\nXCa-Key: 2/,
    ],
    'headers named by Connection, which are dropped': [
      get('Connection: X-A, x-b', 'X-A: 1', 'X-B: 2', 'Connection: X-C', 'X-C: 3', 'X-D: 4'),
      GOT,
      /X-D: 4/,
      /X-A|X-B|X-C:/,
    ],
    'Connection that names Content-Length': [then(post('Connection: Content-Length', 'Content-Length: 4'), 'abcd'), POSTED],
    'Connection that names Transfer-Encoding': [
      then(post('Connection: Transfer-Encoding', 'Transfer-Encoding: chunked'), '4\r\nabcd\r\n0\r\n\r\n'),
      POSTED,
    ],
    'Connection that names Host, Content-Type, X-Forwarded-For and X-Ca-Request-Id': [
      get('Connection: Host, Content-Type, X-Forwarded-For, X-Ca-Request-Id, X-Forwarded-Proto', 'X-Forwarded-For: 9.9.9.9'),
      GOT,
      /Content-Type: application.*X-Forwarded-Proto: http\r\nX-Forwarded-For: 9\.9\.9\.9, 127\.0\.0\.1\r\nX-Ca-Request-Id: /s,
    ],
    'Connection that names Via, which stays': [
      get('Connection: Via', 'Via: 1.1 front'),
      GOT,
      /Via: 1\.1 front\r\n.*Via: [ab]{32}/s,
    ],
    'Connection that names X-Ca-Key': [get('Connection: X-Ca-Key', 'X-Ca-Key: k'), GOT, undefined, /x-ca-key/i],
    'hop-by-hop headers, which are dropped': [
      get(
        'Keep-Alive: 1',
        'Proxy-Connection: keep-alive',
        'Proxy-Authorization: x',
        'TE: trailers',
        'Trailer: X-A',
        'X-Client-S-Dn: CN=a',
      ),
      GOT,
      undefined,
      /Keep-Alive: 1|Proxy-|TE:|Trailer|X-Client/,
    ],
  }),
  ...refused('I400HD', { 'an Expect that is not 100-continue': get('Expect: the-worst') }, 417),
  ...refused('I400HD', { 'an Expect beside 100-continue': get('Expect: 100-continue, x') }, 417),
];

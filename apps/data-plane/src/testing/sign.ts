/** Signs requests as a client does, written from the contract's words alone (wire contract 2.1 to 2.3), not with our library. */
import { createHash, createHmac } from 'node:crypto';
import { HOST } from './snapshot.js';

export interface SignedRequest {
  readonly method?: string;
  /** Path and query as they stand on the wire. */
  readonly target: string;
  /** In order; a client's own, without those that signing adds. One character per byte. */
  readonly headers?: ReadonlyArray<readonly [name: string, value: string]>;
  /** Names that X-Ca-Signature-Headers lists; null: no such header. */
  readonly list?: readonly string[] | null;
  /** One character per byte. */
  readonly body?: string;
  /** What the pairs of a form body are in UTF-8, when they are not in the body as such. */
  readonly form?: string;
  readonly key?: string;
  readonly secret?: string;
  readonly algorithm?: 'sha256' | 'sha1';
  readonly chunked?: boolean;
  readonly host?: string;
}

export function stringToSign(request: SignedRequest): string {
  return utf8(bytesToSign(request));
}

/** One character per byte. */
function bytesToSign(request: SignedRequest): string {
  const { method = 'GET', target, body = '', key = 'K', list = null } = request;
  const headers = [...(request.headers ?? []), ['X-Ca-Key', key] as const];
  const first = (name: string) => headers.find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1] ?? '';
  const never = /^(?:x-ca-signature|x-ca-signature-headers|accept|content-md5|content-type|date)$/i;
  const names = (list ?? ['X-Ca-Key']).filter((name, at, all) => {
    const again = all.slice(0, at).some((each) => each.toLowerCase() === name.toLowerCase());
    return !again && !never.test(name);
  });
  const [path = '', query = ''] = split(target, '?');
  const isForm = /^application\/x-www-form-urlencoded/i.test(first('Content-Type'));
  const pairs = [...(isForm ? pairsOf(request.form ?? utf8(body)) : []), ...pairsOf(query)];
  const values = new Map<string, string>();
  for (const [name, value] of pairs) if (name !== '' && !values.has(name)) values.set(name, value);
  const parameters = [...values.keys()].sort().map((name) => (values.get(name) === '' ? name : `${name}=${values.get(name)}`));
  return [
    method,
    ...['Accept', 'Content-MD5', 'Content-Type', 'Date'].map(first),
    ...names.sort().map((name) => `${name}:${first(name)}`),
    path + Buffer.from(parameters.length === 0 ? '' : `?${parameters.join('&')}`, 'utf8').toString('latin1'),
  ].join('\n');
}

/** The whole request, ready for the wire. */
export function signed(request: SignedRequest): string {
  const { method = 'GET', target, headers = [], list = null, body = '', key = 'K', secret = 'S', host = HOST } = request;
  const signature = createHmac(request.algorithm ?? 'sha256', secret)
    .update(bytesToSign(request), 'latin1')
    .digest('base64');
  const lines = [
    ['Host', host],
    ...headers,
    ['X-Ca-Key', key],
    ...(list === null ? [] : [['X-Ca-Signature-Headers', list.join(',')]]),
    ['X-Ca-Signature', signature],
    ...(body === '' && request.chunked !== true
      ? []
      : [request.chunked === true ? ['Transfer-Encoding', 'chunked'] : ['Content-Length', String(body.length)]]),
  ];
  const head = `${method} ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  if (request.chunked !== true) return head + body;
  return `${head}${body === '' ? '' : `${body.length.toString(16)}\r\n${body}\r\n`}0\r\n\r\n`;
}

/** @param body one character per byte */
export function md5(body: string): string {
  return createHash('md5').update(body, 'latin1').digest('base64');
}

function pairsOf(text: string): Array<readonly [string, string]> {
  return text.split('&').map((piece) => {
    const [name = '', value = ''] = split(piece, '=');
    return [decode(name), decode(value)] as const;
  });
}

function split(text: string, mark: string): readonly string[] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function decode(text: string): string {
  const blanks = text.replaceAll('+', ' ').replace(/%(?![0-9a-f]{2})/gi, '%25');
  const bytes = [
    ...Buffer.from(blanks, 'utf8')
      .toString('latin1')
      .matchAll(/%([0-9a-f]{2})|([\s\S])/gi),
  ];
  return Buffer.from(bytes.map(([, hex, other]) => (hex ? Number.parseInt(hex, 16) : other!.charCodeAt(0)))).toString('utf8');
}

function utf8(wire: string): string {
  return Buffer.from(wire, 'latin1').toString('utf8');
}

/** Signs a request as a client of the gateway does (wire contract 2), written apart from the gateway's own code. */
import { createHmac } from 'node:crypto';

export interface Signed {
  readonly headers: Record<string, string>;
  readonly stringToSign: string;
}

export interface KeyPair {
  readonly key: string;
  readonly secret: string;
}

export interface ToSign {
  readonly method?: string;
  readonly target: string;
  /** What is sent besides; Accept, Content-MD5, Content-Type and Date of it are signed. */
  readonly headers?: Record<string, string>;
  /** A body of pairs, which are signed with those of the query. */
  readonly form?: string;
  /** Credential headers besides `X-Ca-Key`, such as `X-Ca-Nonce`; all are signed. */
  readonly credentials?: Record<string, string>;
  readonly algorithm?: 'HmacSHA256' | 'HmacSHA1';
}

/** A GET without a body, HmacSHA256, with `X-Ca-Key` as the one signed header. */
export function signGet(target: string, key: string, secret: string): Signed {
  return sign({ target }, { key, secret });
}

/** The headers are those of the signature and those that came. */
export function sign(request: ToSign, { key, secret }: KeyPair): Signed {
  const { method = 'GET', target, headers = {}, form = '', credentials = {}, algorithm = 'HmacSHA256' } = request;
  const own: Record<string, string> = {
    'X-Ca-Key': key,
    ...(algorithm === 'HmacSHA256' ? {} : { 'X-Ca-Signature-Method': algorithm }),
    ...credentials,
  };
  const names = Object.keys(own).sort();
  const stringToSign = [
    method,
    ...['Accept', 'Content-MD5', 'Content-Type', 'Date'].map((name) => headers[name] ?? ''),
    ...names.map((name) => `${name}:${own[name]}`),
    resource(target, form),
  ].join('\n');
  const hash = algorithm === 'HmacSHA256' ? 'sha256' : 'sha1';
  return {
    stringToSign,
    headers: {
      ...headers,
      ...own,
      'X-Ca-Signature-Headers': names.join(','),
      'X-Ca-Signature': createHmac(hash, secret).update(stringToSign).digest('base64'),
    },
  };
}

/** Wire contract 2.3, for pairs that come once. */
function resource(target: string, form: string): string {
  const [path = '', query = ''] = target.split('?');
  const pairs = new Map([...new URLSearchParams(query), ...new URLSearchParams(form)]);
  const sorted = [...pairs.keys()].sort().map((name) => (pairs.get(name) === '' ? name : `${name}=${pairs.get(name)}`));
  return sorted.length === 0 ? path : `${path}?${sorted.join('&')}`;
}

/** The signature between a client and the gateway. */
// hot

import { canonicalParameters } from './canonical-parameters.js';
import { hmacBase64, type SignatureMethod } from './hmac.js';
import type { SigningKey } from './signing-key.js';

/** What every front-end signature covers (wire contract 2.1). Header values are first values, '' when absent. */
export interface SignedFields {
  method: string;
  accept: string;
  contentMd5: string;
  contentType: string;
  date: string;
  /** Raw path as on the wire, base path included, without query. */
  path: string;
  /** Raw text after the `?`, '' if none. */
  query: string;
  /** Raw text of a urlencoded body whose triplets encode UTF-8, null for every other body. */
  form: string | null;
}

/** @param headersBlock the lines made by `headersBlock`, each with its LF */
export function frontendStringToSign(fields: SignedFields, headersBlock: string): string {
  const parameters = canonicalParameters(fields.query, fields.form, false);
  const start = `${fields.method}\n${fields.accept}\n${fields.contentMd5}\n${fields.contentType}\n${fields.date}\n`;
  return `${start}${headersBlock}${fields.path}${parameters === '' ? '' : '?'}${parameters}`;
}

/** The X-Ca-Signature-Headers a gateway sends when it is the client: always these, in this order (wire contract 8 rule 3). */
export const FRONTEND_SIGNED_HEADERS = 'x-ca-key,x-ca-nonce,x-ca-signature-method,x-ca-timestamp';

/**
 * Signs a request that the gateway sends to another gateway API (APIGW_FRONTEND, wire contract 8). The request must carry
 * `key`, `nonce`, `method`, `timestampMs` and FRONTEND_SIGNED_HEADERS in their headers, and nothing signed may change later.
 *
 * @param call the header values in `fields` hold one character per byte
 * @returns the value of X-Ca-Signature
 */
export function signFrontend(call: {
  method: SignatureMethod;
  key: string;
  secret: SigningKey;
  fields: SignedFields;
  nonce: string;
  timestampMs: number;
}): string {
  const { fields, method, secret } = call;
  const block = gatewayHeadersBlock(call.key, call.nonce, method, String(call.timestampMs));
  const { accept, contentMd5, contentType, date } = fields;
  if (NOT_ASCII.test(accept) || NOT_ASCII.test(contentType) || NOT_ASCII.test(contentMd5) || NOT_ASCII.test(date))
    return secret.hmac(method === 'HmacSHA1' ? 'sha1' : 'sha256', frontendBytesToSign(fields, block), 'base64', 'latin1');
  return hmacBase64(method, secret, frontendStringToSign(fields, block));
}

const NOT_ASCII = /[^\u0000-\u007f]/;

/**
 * The UTF-8 bytes of `frontendStringToSign`, one character each, from header values that hold one character per byte: what was
 * signed even where such bytes are no UTF-8 and so have no text of their own (wire contract 2.1 rule 3).
 */
export function frontendBytesToSign(fields: SignedFields, headersBlock: string): string {
  const { path, query, form } = fields;
  const parameters = canonicalParameters(query, form, false);
  const tail = parameters === '' ? path : `${path}?${parameters}`;
  const head = frontendStringToSign({ ...fields, path: '', query: '', form: null }, headersBlock);
  return head + Buffer.from(tail, 'utf8').toString('latin1');
}

/** What `headersBlock` gives for FRONTEND_SIGNED_HEADERS, without looking the headers up. */
export function gatewayHeadersBlock(key: string, nonce: string, method: string, timestamp: string): string {
  return `x-ca-key:${key}\nx-ca-nonce:${nonce}\nx-ca-signature-method:${method}\nx-ca-timestamp:${timestamp}\n`;
}

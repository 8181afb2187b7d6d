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
  const block = gatewayHeadersBlock(call.key, call.nonce, call.method, String(call.timestampMs));
  return hmacBase64(call.method, call.secret, frontendStringToSign(call.fields, block));
}

/** What `headersBlock` gives for FRONTEND_SIGNED_HEADERS, without looking the headers up. */
export function gatewayHeadersBlock(key: string, nonce: string, method: string, timestamp: string): string {
  return `x-ca-key:${key}\nx-ca-nonce:${nonce}\nx-ca-signature-method:${method}\nx-ca-timestamp:${timestamp}\n`;
}

/** The signature between the gateway and a backend. */
// hot

import { canonicalParameters } from './canonical-parameters.js';
import { hmacBase64 } from './hmac.js';
import type { SigningKey } from './signing-key.js';

/** A request as it leaves for the backend (APIGW_BACKEND, wire contract 7). */
export interface BackendRequest {
  method: string;
  /** Value of the outgoing Content-MD5 header, '' when there is none. */
  contentMd5: string;
  /** The signed headers, names in lower case and each once, in any order. */
  headers: ReadonlyArray<readonly [lowerCaseName: string, value: string]>;
  /** Raw path as on the wire, without query. */
  path: string;
  /** Raw text after the `?`, '' if none. */
  query: string;
  /** Raw text of a urlencoded body whose triplets encode UTF-8, null for every other body. */
  form: string | null;
}

/** Signs exactly the headers that `request` lists, the key header too. A verifier can use it as well. */
export function backendStringToSign(request: BackendRequest): string {
  let text = `${request.method}\n${request.contentMd5}\n`;
  for (const [name, value] of inOrder(request.headers)) text += `${name}:${value}\n`;
  const parameters = canonicalParameters(request.query, request.form, true);
  return parameters === '' ? text + request.path : `${text}${request.path}?${parameters}`;
}

/** The header that carries `key`, always signed. */
export const BACKEND_KEY_HEADER = 'x-ca-proxy-signature-secret-key';

/**
 * HmacSHA256 over the request and its key header.
 *
 * @param request its headers are those that carry parameters or constants (wire contract 7 rule 3), without the key header
 * @returns `signature` for X-Ca-Proxy-Signature, `signedHeaders` (lower case, sorted, comma separated) for
 *   X-Ca-Proxy-Signature-Headers; the caller writes `key` into X-Ca-Proxy-Signature-Secret-Key
 */
export function signBackend(
  request: BackendRequest,
  key: string,
  secret: SigningKey,
): { signature: string; signedHeaders: string } {
  const headers = inOrder([[BACKEND_KEY_HEADER, key], ...request.headers]);
  let signedHeaders = '';
  for (const [name] of headers) signedHeaders += signedHeaders === '' ? name : `,${name}`;
  const { method, contentMd5, path, query, form } = request;
  const text = backendStringToSign({ method, contentMd5, headers, path, query, form });
  return { signature: hmacBase64('HmacSHA256', secret, text), signedHeaders };
}

function inOrder(headers: BackendRequest['headers']): BackendRequest['headers'] {
  return headers.length < 2 ? headers : headers.toSorted((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
}

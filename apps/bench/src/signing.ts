/** Signs the load as a client of the gateway would. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { frontendStringToSign, headersBlock, hmacBase64, prepareSecret } from '@causeway/signature';
import type { Contender } from './contenders.js';

/** The pair that the stand-in and the scenario know too. */
export const KEY = 'BENCHKEY';
export const SECRET = 'BENCHSECRET';

const secret = prepareSecret(SECRET);

/** @param nonce null for a signature that may be sent again and again for 15 minutes */
export function signedHeaders(path: string, nonce: string | null, nowMs: number): Record<string, string> {
  const headers: Record<string, string> = {
    'x-ca-key': KEY,
    ...(nonce === null ? {} : { 'x-ca-nonce': nonce }),
    'x-ca-signature-method': 'HmacSHA256',
    'x-ca-timestamp': String(nowMs),
  };
  const names = Object.keys(headers).join(',');
  const fields = { method: 'GET', accept: '', contentMd5: '', contentType: '', date: '', path, query: '', form: null };
  const block = headersBlock(names, (name) => headers[name] ?? null);
  headers['x-ca-signature-headers'] = names;
  headers['x-ca-signature'] = hmacBase64('HmacSHA256', secret, frontendStringToSign(fields, block));
  return headers;
}

/** 22 characters, so that all requests of a file have the same length. */
export function freshNonce(): string {
  return randomBytes(16).toString('base64url');
}

/**
 * Writes whole requests one after the other, each with its own nonce.
 *
 * @returns the length of one request in bytes
 */
export function writeSignedRequests(file: string, { host, path }: Contender, count: number, nowMs: number): number {
  const requests: string[] = [];
  for (let i = 0; i < count; i++) {
    const lines = Object.entries(signedHeaders(path, freshNonce(), nowMs)).map(([name, value]) => `${name}: ${value}\r\n`);
    requests.push(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${lines.join('')}\r\n`);
  }
  writeFileSync(file, requests.join(''), 'latin1');
  return requests[0]?.length ?? 0;
}

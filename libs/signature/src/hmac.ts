/** Signatures: keyed hashes in the form in which they travel. */
// hot
import type { SigningKey } from './signing-key.js';

/** The names that travel in X-Ca-Signature-Method (wire contract 2.1 rule 5). */
export type SignatureMethod = 'HmacSHA256' | 'HmacSHA1';

/**
 * Standard Base64 with padding of the HMAC over the UTF-8 bytes of `text`: 44 characters for SHA-256, 28 for SHA-1.
 *
 * The last result is kept: a gateway that calls itself in process signs, and the callee, which derives its own string to sign
 * from what it received, asks for the same text under the same key at once.
 */
export function hmacBase64(method: SignatureMethod, key: SigningKey, text: string): string {
  if (text === lastText && key === lastKey && method === lastMethod) return lastResult;
  lastResult = key.hmac(method === 'HmacSHA1' ? 'sha1' : 'sha256', text, 'base64');
  lastMethod = method;
  lastKey = key;
  lastText = text;
  return lastResult;
}

let lastMethod: SignatureMethod = 'HmacSHA256';
let lastKey: SigningKey | null = null;
let lastText = '';
let lastResult = '';

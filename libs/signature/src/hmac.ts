/** Keyed hashes under a secret that was prepared once. */
// hot
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

/** The names that travel in X-Ca-Signature-Method (wire contract 2.1 rule 5). */
export type SignatureMethod = 'HmacSHA256' | 'HmacSHA1';

/**
 * Turns a secret into a key, at configuration time. The key is the UTF-8 bytes of the text (wire contract 2.1), and unlike
 * the text it does not show itself when logged.
 */
export function prepareSecret(secret: string): KeyObject {
  return createSecretKey(secret, 'utf8');
}

/** Standard Base64 with padding of the HMAC over the UTF-8 bytes of `text`: 44 characters for SHA-256, 28 for SHA-1. */
export function hmacBase64(method: SignatureMethod, key: KeyObject, text: string): string {
  return createHmac(method === 'HmacSHA1' ? 'sha1' : 'sha256', key)
    .update(text, 'utf8')
    .digest('base64');
}

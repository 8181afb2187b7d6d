/** Says whether a given signature is the right one. */
// hot

import { hmacBase64, type SignatureMethod } from './hmac.js';
import { sameText } from './same-text.js';
import type { SigningKey } from './signing-key.js';

/**
 * Constant time in the content of `given`, which may be anything: one spelling of the signature is right, everything else,
 * also another Base64 spelling of the same bytes, is false. The HMAC is computed in every case, so that a signature of the
 * wrong length takes as long as a wrong one of the right length.
 *
 * @param isBytes `stringToSign` holds one character per byte; else its UTF-8 bytes are what was signed
 */
export function verifySignature(
  method: SignatureMethod,
  secret: SigningKey,
  stringToSign: string,
  given: string,
  isBytes = false,
): boolean {
  if (isBytes) return sameText(secret.hmac(method === 'HmacSHA1' ? 'sha1' : 'sha256', stringToSign, 'base64', 'latin1'), given);
  return sameText(hmacBase64(method, secret, stringToSign), given);
}

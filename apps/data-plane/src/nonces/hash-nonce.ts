/** Turns an AppKey and a nonce into 96 bits that no client can foresee. */
// hot
import { hash } from 'node:crypto';

/** Where the hash is left: three words, the last one odd and so never zero, valid until the next call. */
export const words = new Uint32Array(3);

/**
 * SHA-256 over secret and input, cut to 96 bits. Nobody sees the result, so a secret in front is key enough; and without the
 * secret nobody can find nonces that fall on one another. 0.7 µs as text of one character per byte, 1.0 µs as a buffer, 2.7 µs as
 * HMAC (Node 20, 36 characters). No header value holds a line feed, so key and nonce cannot run into each other.
 */
export function hashNonce(secret: string, appKey: string, nonce: string): void {
  const digest = hash('sha256', `${secret}${appKey}\n${nonce}`, 'binary');
  words[0] = word(digest, 0);
  words[1] = word(digest, 4);
  words[2] = word(digest, 8) | 1;
}

function word(digest: string, at: number): number {
  return (
    digest.charCodeAt(at) |
    (digest.charCodeAt(at + 1) << 8) |
    (digest.charCodeAt(at + 2) << 16) |
    (digest.charCodeAt(at + 3) << 24)
  );
}

/** Compares a secret text with a given one in constant time. */
// hot
import { timingSafeEqual } from 'node:crypto';

/**
 * `expected` must be ASCII of a length that is no secret. Texts are compared, not what they decode to: lenient Base64
 * decoding would accept many spellings of one signature. UTF-8 and not Latin-1, which maps U+0141 onto `A`.
 */
export function sameText(expected: string, given: string): boolean {
  if (given.length !== expected.length) return false;
  const bytes = Buffer.from(given, 'utf8');
  return bytes.length === expected.length && timingSafeEqual(Buffer.from(expected, 'utf8'), bytes);
}

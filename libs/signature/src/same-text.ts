/** Compares a secret text with a given one in constant time. */
// hot
import { timingSafeEqual } from 'node:crypto';

/**
 * `expected` must be ASCII of a length that is no secret. Texts are compared, not what they decode to: lenient Base64
 * decoding would accept many spellings of one signature. UTF-8 and not Latin-1, which maps U+0141 onto `A`.
 */
export function sameText(expected: string, given: string): boolean {
  const length = expected.length;
  if (given.length !== length || length > ROOM) return false;
  if (left.write(given, 'utf8') !== length) return false;
  right.write(expected, 'utf8');
  left.fill(0, length);
  right.fill(0, length);
  return timingSafeEqual(left, right);
}

/** The longest text that is ever compared: the Base64 of a SHA-256 digest has 44 characters. */
const ROOM = 64;
const left = Buffer.alloc(ROOM);
const right = Buffer.alloc(ROOM);

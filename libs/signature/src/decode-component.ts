/** Decodes one key or value of a query or urlencoded form. */
// hot

/**
 * `+` and `%20` give a blank, other triplets their byte, the bytes are read as UTF-8 and what is no UTF-8 becomes U+FFFD
 * (wire contract 2.3 rule 3). A `%` without two hex digits stands for itself. Never throws, unlike decodeURIComponent: the
 * text is hostile.
 */
export function decodeComponent(text: string): string {
  if (text.indexOf('%') === -1) return text.indexOf('+') === -1 ? text : text.replaceAll('+', ' ');
  return decodeBytes(Buffer.from(text, 'utf8')).toString('utf8');
}

/** As `decodeComponent`, for bytes whose charset the caller knows. Writes over them, for they never become more. */
export function decodeBytes(bytes: Buffer): Buffer {
  let end = 0;
  for (let at = 0; at < bytes.length; at++, end++) {
    const byte = bytes[at] as number;
    if (byte === PLUS) {
      bytes[end] = BLANK;
      continue;
    }
    const value = byte === PERCENT && at + 2 < bytes.length ? triplet(bytes[at + 1] as number, bytes[at + 2] as number) : -1;
    if (value >= 0) at += 2;
    bytes[end] = value >= 0 ? value : byte;
  }
  return bytes.subarray(0, end);
}

const PERCENT = 0x25;
const PLUS = 0x2b;
const BLANK = 0x20;

/** The byte of two hex digits, or a negative number. */
function triplet(high: number, low: number): number {
  const first = HEX[high] as number;
  const second = HEX[low] as number;
  return first < 0 || second < 0 ? -1 : first * 16 + second;
}

const HEX = Int8Array.from({ length: 256 }, (_, code) => '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase()));

/** Writes text the way the wire carries it. */
// hot

/** Percent-encodes everything outside the unreserved characters; a half of a surrogate pair becomes U+FFFD. */
export function encodeUnreserved(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Text as a header value: one character per byte of its UTF-8, without the blanks around it, which no receiver sees. */
export function wireText(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return Buffer.from(text.slice(start, end), 'utf8').toString('latin1');
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

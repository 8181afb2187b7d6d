/** Reads single values out of a raw query or urlencoded form. */
// hot
import { decodeComponent } from '@causeway/signature';

/** The first value of `name` in `a=1&b=2` text, decoded; null when there is none. A name without `=` has the empty value. */
export function firstValue(encoded: string, name: string): string | null {
  let at = 0;
  while (at < encoded.length) {
    let end = encoded.indexOf('&', at);
    if (end < 0) end = encoded.length;
    let equals = encoded.indexOf('=', at);
    if (equals < 0 || equals > end) equals = end;
    if (sameName(encoded, at, equals, name)) return equals === end ? '' : decodeComponent(encoded.slice(equals + 1, end));
    at = end + 1;
  }
  return null;
}

/** The text without its pairs of these names. */
export function withoutNames(encoded: string, names: ReadonlySet<string>): string {
  if (encoded === '' || names.size === 0) return encoded;
  return encoded
    .split('&')
    .filter((pair) => {
      const equals = pair.indexOf('=');
      return !names.has(decodeComponent(equals < 0 ? pair : pair.slice(0, equals)));
    })
    .join('&');
}

function sameName(encoded: string, start: number, end: number, name: string): boolean {
  if (end - start === name.length && encoded.startsWith(name, start)) return name !== '';
  for (let i = start; i < end; i++) {
    const code = encoded.charCodeAt(i);
    if (code === 0x25 || code === 0x2b) return decodeComponent(encoded.slice(start, end)) === name;
  }
  return false;
}

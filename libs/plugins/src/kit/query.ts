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

/** All values of `name`, decoded, in order. */
export function allValues(encoded: string, name: string): string[] {
  const values: string[] = [];
  let at = 0;
  while (at < encoded.length) {
    let end = encoded.indexOf('&', at);
    if (end < 0) end = encoded.length;
    let equals = encoded.indexOf('=', at);
    if (equals < 0 || equals > end) equals = end;
    if (sameName(encoded, at, equals, name)) values.push(equals === end ? '' : decodeComponent(encoded.slice(equals + 1, end)));
    at = end + 1;
  }
  return values;
}

/** The text without its pairs of these names. */
export function withoutNames(encoded: string, names: ReadonlySet<string>): string {
  if (encoded === '' || names.size === 0) return encoded;
  return encoded
    .split('&')
    .filter((pair) => !names.has(nameOf(pair)))
    .join('&');
}

/** The text with `pairs` behind it and without its own pairs of their names: what the gateway adds wins over the client's. */
export function overlaid(encoded: string, pairs: string): string {
  const kept = withoutNames(encoded, namesOf(pairs));
  return kept === '' ? pairs : `${kept}&${pairs}`;
}

function namesOf(pairs: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const pair of pairs.split('&')) names.add(nameOf(pair));
  return names;
}

function nameOf(pair: string): string {
  const equals = pair.indexOf('=');
  return decodeComponent(equals < 0 ? pair : pair.slice(0, equals));
}

function sameName(encoded: string, start: number, end: number, name: string): boolean {
  const spelled = end - start === name.length && encoded.startsWith(name, start);
  // A name that itself holds `%` or `+` is spelled otherwise on the wire.
  if (spelled && !name.includes('%') && !name.includes('+')) return name !== '';
  for (let i = start; i < end; i++) {
    const code = encoded.charCodeAt(i);
    if (code === 0x25 || code === 0x2b) return decodeComponent(encoded.slice(start, end)) === name;
  }
  return false;
}

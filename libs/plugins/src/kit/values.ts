/** Values of a request as conditions and parameters see them: decoded text. */
// hot
import { decodeComponent } from '@causeway/signature';
import type { Exchange } from './exchange.js';

const NOT_ASCII = /[^\u0000-\u007f]/;

/** Header text holds one character per byte; this is the text that the bytes spell in UTF-8. */
export function wireToText(value: string): string {
  return NOT_ASCII.test(value) ? Buffer.from(value, 'latin1').toString('utf8') : value;
}

/** The first value of a header as text, by its lower-case name. */
export function headerValue(x: Exchange, lowerCaseName: string): string | null {
  const value = x.head.get(lowerCaseName);
  return value === null ? null : wireToText(value);
}

/** The values of all lines of a header as text, by its lower-case name. */
export function headerValues({ head: { names, raw } }: Exchange, lowerCaseName: string): string[] {
  return names.flatMap((name, n) => (name === lowerCaseName ? [wireToText(raw[n * 2 + 1]!)] : []));
}

/** A path parameter as text; `+` is an ordinary character in a path. */
export function decodedPathValue(x: Exchange, index: number): string | null {
  const value = x.pathValues[index];
  return value === undefined ? null : decodeComponent(value.replaceAll('+', '%2B'));
}

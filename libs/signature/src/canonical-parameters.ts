/** Writes the parameters of a request the way both signatures sign them. */
// hot
import { decodeComponent } from './decode-component.js';

/**
 * The part after the path's `?` in a string to sign, without the `?`; empty when there is no named parameter. Pairs are
 * decoded, sorted by key (UTF-16 code unit), the first value of a key counts and a form value hides the query's (wire
 * contract 2.3, 7 rule 6).
 *
 * @param query raw text after the `?` of the request target, '' if none
 * @param form raw text of a urlencoded body whose triplets encode UTF-8, or null; a body in another charset must have been
 *   re-encoded
 * @param keepEqualsOnEmpty true writes `k=` for an empty value (backend), false writes `k` (front end)
 */
export function canonicalParameters(query: string, form: string | null, keepEqualsOnEmpty: boolean): string {
  if (form === null || form === '') {
    if (query === '') return '';
    if (query.indexOf('&') === -1) return onePair(query, keepEqualsOnEmpty);
  }
  const values = new Map<string, string>();
  if (form !== null) collect(form, values);
  collect(query, values);
  return join(values, keepEqualsOnEmpty);
}

function onePair(text: string, keepEqualsOnEmpty: boolean): string {
  const equals = text.indexOf('=');
  const key = decodeComponent(equals === -1 ? text : text.slice(0, equals));
  return key === '' ? '' : write(key, equals === -1 ? '' : decodeComponent(text.slice(equals + 1)), keepEqualsOnEmpty);
}

/** Adds the keys that `values` does not hold yet: the first value stays. */
function collect(text: string, values: Map<string, string>): void {
  let start = 0;
  while (start < text.length) {
    let end = text.indexOf('&', start);
    if (end === -1) end = text.length;
    const piece = text.slice(start, end);
    start = end + 1;
    const equals = piece.indexOf('=');
    const key = decodeComponent(equals === -1 ? piece : piece.slice(0, equals));
    if (key === '' || values.has(key)) continue;
    values.set(key, equals === -1 ? '' : decodeComponent(piece.slice(equals + 1)));
  }
}

function join(values: Map<string, string>, keepEqualsOnEmpty: boolean): string {
  let text = '';
  for (const key of [...values.keys()].sort()) {
    if (text !== '') text += '&';
    text += write(key, values.get(key) as string, keepEqualsOnEmpty);
  }
  return text;
}

function write(key: string, value: string, keepEqualsOnEmpty: boolean): string {
  return value === '' && !keepEqualsOnEmpty ? key : `${key}=${value}`;
}

/** The `like` operator. */
// hot
import { compileSearch } from './search.js';

/**
 * Compiles a pattern in which `%` is any run, also empty, also over line feeds, and everything else stands for itself
 * (conditions, section 6 rule 8). The whole text must match. Linear in pattern and text: each part is taken where it first
 * fits, which with `%` as the only wildcard never has to be taken back.
 */
export function compileLike(pattern: string): (text: string) => boolean {
  const parts = pattern.split('%');
  if (parts.length === 1) return (text) => text === pattern;
  const first = parts[0] as string;
  const last = parts[parts.length - 1] as string;
  const middle = parts
    .slice(1, -1)
    .filter((part) => part !== '')
    .map((part) => ({ find: compileSearch(part), length: part.length }));
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    let at = first.length;
    for (const part of middle) {
      const found = part.find(text, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return at <= text.length - last.length;
  };
}

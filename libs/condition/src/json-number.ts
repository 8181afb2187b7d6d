/** Numbers of a JSON text as they are written there: `JSON.parse` keeps 15 digits and guesses the rest. */
// hot
import type { JsonPath } from './json-path.js';

/** Blanks aside: a string, a bracket, a border, or a bare word such as a number. Each can match in one way only. */
const TOKEN = /[ \t\r\n]*("(?:[^"\\]|\\[\s\S])*"|[{}[\],:]|[^ \t\r\n"{}[\],:]+)/y;

/**
 * The text of the number that a path leads to, null when none is found. Linear, and no deeper than one loop.
 *
 * @param json a text that was parsed already, in which the path does lead to a number
 */
export function numberText(json: string, path: JsonPath): string | null {
  /** Per open bracket: what stands for the member that is being read, a name or a position. */
  const keys: (string | number)[] = [];
  /** How many of the outer brackets are read at the path's member. */
  let onPath = 0;
  let found: string | null = null;
  let name: string | null = null;
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(json); match !== null; match = TOKEN.exec(json)) {
    const token = match[1]!;
    const top = keys.length - 1;
    switch (token) {
      case '{':
      case '[':
        keys.push(token === '[' ? 0 : '');
        if (token === '[' && onPath === top + 1 && path[top + 1] === 0) onPath++;
        break;
      case '}':
      case ']':
        keys.pop();
        onPath = Math.min(onPath, keys.length);
        break;
      case ',':
        onPath = Math.min(onPath, top);
        if (typeof keys[top] === 'number') {
          keys[top]++;
          if (onPath === top && path[top] === keys[top]) onPath++;
        }
        break;
      case ':':
        keys[top] = name!;
        if (onPath === top && path[top] === name) onPath++;
        break;
      default:
        if (token.startsWith('"')) name = JSON.parse(token) as string;
        else if (onPath === path.length && keys.length === path.length) found = token;
    }
  }
  return found;
}

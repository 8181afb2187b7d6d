/** JSON values as a schema sees them, and the state of a check. */

/** Levels of a value and of a schema, and references followed one inside the other. */
export const MAX_DEPTH = 100;

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type JsonObject = { [name: string]: Json };

/** What one check may still cost. */
export interface Run {
  /** Steps; below 0 the check is over. */
  left: number;
  depth: number;
}

/** False also when the budget is spent: `left` then says so, and nothing counts that came of it. */
export type Test = (value: Json, run: Run) => boolean;

/** Equal texts for equal values, whatever the order of members. */
export function canonical(value: Json, run: Run): string {
  if (--run.left < 0) return '';
  if (run.depth >= 2 * MAX_DEPTH) {
    run.left = -1;
    return '';
  }
  run.depth++;
  const text = written(value, run);
  run.depth--;
  return text;
}

function written(value: Json, run: Run): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, run)).join()}]`;
  if (isObject(value))
    return `{${Object.keys(value)
      .sort()
      .map((name) => `${JSON.stringify(name)}:${canonical(value[name]!, run)}`)
      .join()}}`;
  if (typeof value === 'string') run.left -= value.length >> 4;
  // -0 and 0 are one number.
  return JSON.stringify(value);
}

export function typeOf(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

export function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a pointer of RFC 6901 in a fragment leads to; undefined when there is nothing. */
export function resolve(root: Json, pointer: string): Json | undefined {
  let found: Json | undefined = root;
  for (const part of pointer.slice(1).split('/').slice(1)) {
    if (typeof found !== 'object' || found === null) return undefined;
    const name = decodePart(part);
    if (name === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as JsonObject)[name];
  }
  return found;
}

function decodePart(part: string): string | null {
  try {
    return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return null;
  }
}

export function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

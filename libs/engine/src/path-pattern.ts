/** Request paths as definitions write them: literal segments, `[name]` and a final `*` (wire contract 1.4). */

export type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'parameter'; readonly name: string }
  | { readonly kind: 'rest' };

const REST: Segment = { kind: 'rest' };

const PLACEHOLDER = /^\[([A-Za-z_][A-Za-z0-9_-]*)\]$/;

/**
 * The segments of a path pattern, or a text that says which rule it breaks.
 * @param escaped true when `[name]` is ordinary text (wire contract 1.4 rule 5)
 */
export function parsePathPattern(path: string, escaped = false): readonly Segment[] | string {
  if (!path.startsWith('/')) return 'must start with /';
  if (/[^\x21-\x7e]|["#<>?\\^`{|}]/.test(path)) return 'must hold characters of a URL path, all others percent-encoded';
  const segments: Segment[] = [];
  const texts = path.slice(1).split('/');
  for (let index = 0; index < texts.length; index++) {
    const text = texts[index]!;
    if (text === '*') {
      if (index !== texts.length - 1) return 'may hold * only as its last segment';
      segments.push(REST);
      continue;
    }
    const name = escaped || !text.startsWith('[') ? undefined : PLACEHOLDER.exec(text)?.[1];
    if (name !== undefined) {
      if (segments.some((segment) => segment.kind === 'parameter' && segment.name === name))
        return `names the parameter [${name}] twice`;
      segments.push({ kind: 'parameter', name });
      continue;
    }
    if ((escaped ? /\*/ : /[[\]*]/).test(text))
      return `has a segment "${text}" in which [ ] or * does not stand for the whole segment`;
    const decoded = decodeSegment(text);
    if (decoded === null) return `has a segment "${text}" with a bad percent triplet`;
    if (decoded === '.' || decoded === '..') return 'may not hold . or .. as a segment';
    segments.push({ kind: 'literal', text: decoded });
  }
  return segments;
}

/** Names of the parameters, in order. */
export function placeholdersOf(segments: readonly Segment[]): string[] {
  const names: string[] = [];
  for (const segment of segments) if (segment.kind === 'parameter') names.push(segment.name);
  return names;
}

/** The pattern with parameter names left out: equal texts match the same requests. */
export function pathShape(segments: readonly Segment[]): string {
  return segments
    .map((each) => (each.kind === 'literal' ? `/${marked(each.text)}` : each.kind === 'rest' ? '/*' : '/[]'))
    .join('');
}

/** Literal text in which nothing looks like a border, a placeholder or a star. */
function marked(text: string): string {
  return text.replace(/[%/[\]*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** A wire segment as text, in which a `/` came as `%2F` and splits nothing. Null for bad triplets or invalid UTF-8. */
export function decodeSegment(segment: string): string | null {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

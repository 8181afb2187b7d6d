/** Turns a backend path with placeholders into a function that fills it. */
import { type Exchange, encodeUnreserved } from '@causeway/plugins';
import type { PathFiller } from './backend.js';
import { parsePathPattern } from './path-pattern.js';

/** Where the value of a placeholder comes from. */
export interface PathSources {
  /** Names of the request path's placeholders, in order. */
  readonly placeholders: readonly string[];
  /** Backend path parameter -> front-end name, of declared parameters. */
  readonly mapped: ReadonlyMap<string, string>;
  /** True when the request path ends in a star. */
  readonly hasRest: boolean;
}

/** @returns a constant path or its filler, or what is wrong */
export function compilePath(
  pattern: string,
  sources: PathSources,
): { readonly path: string | PathFiller } | { readonly problem: string } {
  const segments = parsePathPattern(pattern);
  if (typeof segments === 'string') return { problem: `path ${segments}` };
  const texts = pattern.slice(1).split('/');
  const parts: Array<string | PathFiller> = [];
  for (const [index, segment] of segments.entries()) {
    if (segment.kind === 'literal') {
      parts.push(texts[index]!);
    } else if (segment.kind === 'rest') {
      if (!sources.hasRest) return { problem: 'path ends in * but the request path does not' };
      parts.push((x) => x.pathRest);
    } else {
      const reader = placeholderReader(segment.name, sources);
      if (reader === null) return { problem: `path placeholder [${segment.name}] has no value` };
      parts.push(reader);
    }
  }
  if (parts.every((part) => typeof part === 'string')) return { path: pattern };
  return {
    path: (x) => {
      let path = '';
      for (const part of parts) {
        const text = typeof part === 'string' ? part : part(x);
        if (text === null) return null;
        path += `/${text}`;
      }
      return path;
    },
  };
}

/** A path parameter leaves as it came on the wire; any other value percent-encoded (wire contract 4.6 rule 4). */
function placeholderReader(name: string, sources: PathSources): PathFiller | null {
  const frontName = sources.mapped.get(name);
  const index = sources.placeholders.indexOf(frontName ?? name);
  if (index >= 0) return (x) => x.pathValues[index] ?? null;
  if (frontName === undefined) return null;
  return (x: Exchange) => {
    const value = x.parameters?.get(frontName);
    return value === undefined ? null : encodeUnreserved(value);
  };
}

/** Turns a backend path with placeholders into a function that fills it. */
import type { ApiDefinition } from '@causeway/contract';
import { type Exchange, encodeUnreserved, type PathParameter, systemValue } from '@causeway/plugins';
import type { PathFiller } from './backend.js';
import { parsePathPattern, placeholdersOf, type Segment } from './path-pattern.js';
import { shared } from './shared.js';

/** Where the value of a placeholder comes from. */
export interface PathSources {
  /** Names of the request path's placeholders, in order. */
  readonly placeholders: readonly string[];
  /** Backend path parameter -> front-end name, of declared parameters. */
  readonly mapped: ReadonlyMap<string, string>;
  /** Backend path parameter -> text of a constant, or a filler for a system parameter; these win (wire contract 4.6 rule 7). */
  readonly fixed: ReadonlyMap<string, string | PathFiller>;
  /** True when the request path ends in a star. */
  readonly hasRest: boolean;
  /** Equal for equal sources only. */
  readonly key: string;
}

export function pathSources({ parameters, constants, system }: ApiDefinition, segments: readonly Segment[]): PathSources {
  const fixed = new Map<string, string | PathFiller>();
  for (const { name, in: place, value } of constants) if (place === 'path') fixed.set(name, value);
  for (const { name, in: place, parameter } of system)
    if (place === 'path') fixed.set(name, (x) => safeSegment(systemValue(x, parameter)));
  const placeholders = placeholdersOf(segments);
  const mapped = new Map<string, string>();
  for (const { name, backend } of parameters) if (backend.in === 'path') mapped.set(backend.name, name);
  return { placeholders, mapped, fixed, hasRest: segments.at(-1)?.kind === 'rest', key: String(++made) };
}

let made = 0;

/** With what plugins fill in place of constants, system parameters and what the client sent. */
export function withPathParameters(sources: PathSources, parameters: readonly PathParameter[]): PathSources {
  if (parameters.length === 0) return sources;
  const fixed = new Map(sources.fixed);
  for (const { name, value } of parameters) fixed.set(name, (x) => safeSegment(value(x)));
  return { ...sources, fixed, key: `${sources.key} ${JSON.stringify(parameters.map(({ name, key }) => [name, key]))}` };
}

type CompiledPath = { readonly path: string | PathFiller } | { readonly problem: string };

/** @returns a constant path or its filler, or what is wrong */
export function compilePath(pattern: string, sources: PathSources): CompiledPath {
  return shared('path', [pattern, sources.key], () => readPath(pattern, sources));
}

function readPath(pattern: string, sources: PathSources): CompiledPath {
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
      const part = placeholderPart(segment.name, sources);
      if (part === null) return { problem: `path placeholder [${segment.name}] has no value` };
      parts.push(part);
    }
  }
  return { path: parts.every((part) => typeof part === 'string') ? `/${parts.join('/')}` : filler(parts) };
}

function filler(parts: ReadonlyArray<string | PathFiller>): PathFiller {
  return (x) => {
    let path = '';
    for (const part of parts) {
      const text = typeof part === 'string' ? part : part(x);
      if (text === null) return null;
      path += `/${text}`;
    }
    return path;
  };
}

/** A path parameter leaves as it came on the wire; any other value percent-encoded (wire contract 4.6 rule 4). */
function placeholderPart(name: string, sources: PathSources): string | PathFiller | null {
  const fixed = sources.fixed.get(name);
  if (typeof fixed === 'function') return fixed;
  if (fixed !== undefined) return safeSegment(fixed);
  const frontName = sources.mapped.get(name);
  const index = sources.placeholders.indexOf(frontName ?? name);
  if (index >= 0) return wireValue(index);
  if (frontName === undefined) return null;
  return (x: Exchange) => {
    const value = x.parameters?.get(frontName);
    return value === undefined ? null : encodeUnreserved(value);
  };
}

/** The same for all APIs: one that is used all the time stays in the processor's caches. */
function wireValue(index: number): PathFiller {
  WIRE_VALUES[index] ??= (x) => x.pathValues[index] ?? null;
  return WIRE_VALUES[index];
}

const WIRE_VALUES: PathFiller[] = [];

/** Percent-encoding leaves dots as they are: a dot segment, which a client can bring about as its User-Agent, is no value. */
function safeSegment(value: string | null): string | null {
  return value === null || value === '.' || value === '..' ? null : encodeUnreserved(value);
}

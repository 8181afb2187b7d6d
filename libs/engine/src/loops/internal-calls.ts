/** The internal domains that an API may call, read from its definition and its plugins before any request comes. */
import { type ApiDefinition, DEFAULT_STAGE } from '@causeway/contract';
import type { BackendOverlay, Diversion } from '@causeway/plugins';
import { compileBackend, type Surroundings } from '../compile-backend.js';
import { type PathSources, pathSources } from '../compile-path.js';
import { parsePathPattern } from '../path-pattern.js';
import type { CallSegment } from './relate-paths.js';

/** A call of an internal domain. */
export interface InternalCall {
  readonly groupId: string;
  /** Lower case, without port. */
  readonly host: string;
  readonly stage: string;
  /** Null: as the request that leads to it. */
  readonly method: string | null;
  readonly path: readonly CallSegment[];
  /** The field of a plugin that makes it; null for the API's own backend. */
  readonly from: { readonly pluginId: string; readonly path: string } | null;
}

export interface OutgoingCalls {
  readonly calls: readonly InternalCall[];
  /** True when some request ends here: at a backend outside, a mock, or a refusal. */
  readonly mayEnd: boolean;
}

/**
 * @param plugins those in force that divert requests; `diversions` null when the configuration does not compile
 * @param definition with the values of its stage's variables; what still uses one leads nowhere
 */
export function internalCalls(
  definition: ApiDefinition,
  plugins: ReadonlyArray<{ readonly id: string; readonly diversions: readonly Diversion[] | null }>,
  surroundings: Surroundings,
): OutgoingCalls {
  const segments = parsePathPattern(definition.request.path, definition.request.escapePath);
  const sources = typeof segments === 'string' ? null : pathSources(definition, segments);
  if (sources === null || plugins.some(({ diversions }) => diversions === null)) return { calls: [], mayEnd: true };
  const ways = plugins.flatMap(({ id, diversions }) =>
    (diversions ?? []).map(({ path, backend, stage }) => ({ backend, stage, from: { pluginId: id, path } })),
  );
  const diverted = plugins.some(({ diversions }) => diversions?.some(({ always }) => always));
  const own = diverted ? [] : [{ backend: {}, stage: null, from: null }];
  const calls: InternalCall[] = [];
  let mayEnd = false;
  for (const way of [...ways, ...own]) {
    const target = internalTarget(definition, way.backend, sources, surroundings);
    if (target === null) mayEnd = true;
    else calls.push({ ...target, stage: way.stage ?? DEFAULT_STAGE, from: way.from });
  }
  return { calls, mayEnd };
}

/** Null when the backend is no internal domain, or is incomplete and so answers I504RB. */
function internalTarget(definition: ApiDefinition, overlay: BackendOverlay, sources: PathSources, surroundings: Surroundings) {
  const own = definition.backend;
  const made = compileBackend(own, overlay, sources, surroundings);
  if ('incomplete' in made || made.backend.kind !== 'internal') return null;
  const { groupId, method, address } = made.backend;
  const pattern = parsePathPattern(overlay.path ?? (own === undefined || own.type === 'MOCK' ? '/' : own.path));
  if (typeof pattern === 'string') return null;
  const path = pattern.map((segment): CallSegment => {
    if (segment.kind !== 'parameter') return segment;
    const fixed = sources.fixed.get(segment.name);
    if (typeof fixed === 'string') return { kind: 'literal', text: fixed };
    if (fixed !== undefined) return { kind: 'value', mayBeEmpty: true };
    // What a path parameter of the request holds is a whole segment; any other parameter may be empty or absent.
    const front = sources.mapped.get(segment.name) ?? segment.name;
    return { kind: 'value', mayBeEmpty: !sources.placeholders.includes(front) };
  });
  return { groupId, host: address.host, method, path };
}

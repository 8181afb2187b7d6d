/** Says whether the path of a call, as far as it is known beforehand, is one that a request path matches. */
import type { Segment } from '../path-pattern.js';

/** A segment of a path to come. `value` is one segment of unknown text, `rest` one or more. */
export type CallSegment =
  | Extract<Segment, { kind: 'literal' | 'rest' }>
  | { readonly kind: 'value'; readonly mayBeEmpty: boolean };

/** Of all requests that the call can make: none, some, each. */
export type Relation = 'never' | 'could' | 'always';

/** @param pattern a request path, by the rules of wire contract 1.4 */
export function relatePaths(call: readonly CallSegment[], pattern: readonly Segment[]): Relation {
  let relation: Relation = 'always';
  for (let at = 0; ; at++) {
    const ours = call[at];
    const theirs = pattern[at];
    if (ours === undefined || theirs === undefined) return ours === theirs ? relation : 'never';
    if (theirs.kind === 'rest') return relation;
    if (ours.kind === 'rest') return 'could';
    const segment = relateSegments(ours, theirs);
    if (segment === 'never') return 'never';
    if (segment === 'could') relation = 'could';
  }
}

/** The call as the APIs under a base path see it (wire contract 1.2 step 2); `relation` says whether it lies under it. */
export function underBasePath(
  call: readonly CallSegment[],
  basePath: string,
): { readonly relation: Relation; readonly call: readonly CallSegment[] } {
  if (basePath === '' || basePath === '/') return { relation: 'always', call };
  let relation: Relation = 'always';
  const base = basePath.slice(1).split('/');
  for (const [at, text] of base.entries()) {
    const ours = call[at];
    if (ours?.kind === 'rest') return { relation: 'could', call: [ours] };
    const segment = ours === undefined ? 'never' : relateSegments(ours, { kind: 'literal', text });
    if (segment === 'never') return { relation: 'never', call: [] };
    if (segment === 'could') relation = 'could';
  }
  const below = call.slice(base.length);
  return { relation, call: below.length > 0 ? below : [{ kind: 'literal', text: '' }] };
}

function relateSegments(ours: Exclude<CallSegment, { kind: 'rest' }>, theirs: Exclude<Segment, { kind: 'rest' }>): Relation {
  if (ours.kind === 'literal') {
    const same = theirs.kind === 'parameter' ? ours.text !== '' : ours.text === theirs.text;
    return same ? 'always' : 'never';
  }
  if (theirs.kind === 'parameter') return ours.mayBeEmpty ? 'could' : 'always';
  return theirs.text === '' && !ours.mayBeEmpty ? 'never' : 'could';
}

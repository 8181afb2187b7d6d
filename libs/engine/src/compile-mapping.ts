/** What an API reads of a request, and how it makes another of it: compiled once for all APIs that are alike in it. */
import type { ApiDefinition, GroupChunk } from '@causeway/contract';
import { appCodeRule } from './app-code.js';
import { type PathSources, pathSources } from './compile-path.js';
import { compileMapper, type Mapper } from './mapping.js';
import { compileParameters } from './parameters.js';
import { placeholdersOf, type Segment } from './path-pattern.js';
import type { RouteParts, Step } from './route.js';
import { shared } from './shared.js';

export type NamedStep = readonly [name: string, step: Step];

/** What a request passes. */
export type Passed = Pick<RouteParts, 'steps' | 'stepNames' | 'plugins'>;

export interface Mapping {
  readonly sources: PathSources;
  /** Reads and checks the parameters; none where none are declared. */
  readonly reading: readonly NamedStep[];
  readonly map: Mapper;
  /** What a request passes where there are no plugins. */
  readonly alone: Passed;
}

/** @throws when a parameter cannot be compiled */
export function compileMapping(
  definition: ApiDefinition,
  segments: readonly Segment[],
  { passthroughHeaders, appCode: place }: Pick<GroupChunk, 'passthroughHeaders' | 'appCode'>,
): Mapping {
  const { parameters, constants, system, request } = definition;
  const appCode = appCodeRule(definition, place);
  const placeholders = placeholdersOf(segments);
  const path = [placeholders, segments.at(-1)?.kind === 'rest'];
  const of = [request.mode, request.bodyFormat, parameters, constants, system, passthroughHeaders, appCode, path];
  return shared('mapping', of, () => {
    const read = compileParameters(parameters, placeholders);
    const reading: readonly NamedStep[] = read === null ? [] : [['parameters', read]];
    const map = compileMapper(definition, passthroughHeaders, appCode);
    return { sources: pathSources(definition, segments), reading, map, alone: passing(reading, []) };
  });
}

export function passing(steps: readonly NamedStep[], plugins: readonly string[]): Passed {
  return { steps: steps.map(([, step]) => step), stepNames: steps.map(([name]) => name), plugins };
}

/** Compiles the parameters map of a plugin. */
import { type ParsedLocation, type Phase, parseLocation, type SystemParameter } from './location.js';
import { DEFAULT_LIMITS, type Limits, type Problem } from './problem.js';
import type { ValueSource } from './source.js';
import type { Value } from './value.js';

/** Reads one value of a request or answer. */
export type Reader = (source: ValueSource) => Value;

/** Parts that must have been read before a value can be. `body` is the answer's body in a response plugin. */
export interface Needs {
  readonly form: boolean;
  readonly body: boolean;
}

export interface CompiledParameter {
  /** The location as it was written. */
  readonly text: string;
  readonly location: ParsedLocation;
  readonly read: Reader;
}

export interface CompiledParameters {
  readonly byName: ReadonlyMap<string, CompiledParameter>;
  /** What the whole map needs; `conditionNeeds` says it for one condition. */
  readonly needs: Needs;
}

/**
 * Compiles variable name -> location text for one phase (conditions, section 1), or says everything that is wrong with it.
 */
export function compileParameters(
  map: Readonly<Record<string, string>>,
  phase: Phase,
  limits: Limits = DEFAULT_LIMITS,
): CompiledParameters | { readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const byName = new Map<string, CompiledParameter>();
  const entries = Object.entries(map);
  if (entries.length > limits.parameters) {
    problems.push({ message: `${entries.length} parameters are given; at most ${limits.parameters} are allowed`, column: 1 });
  }
  for (const [name, text] of entries) {
    const compiled = compileEntry(name, text, phase);
    if ('message' in compiled) problems.push({ ...compiled, parameter: name });
    else byName.set(name, compiled);
  }
  return problems.length > 0 ? { problems } : { byName, needs: needsOf(byName.values()) };
}

/** What a group of parameters needs. */
export function needsOf(parameters: Iterable<CompiledParameter>): Needs {
  let form = false;
  let body = false;
  for (const { location } of parameters) {
    form ||= location.location === 'Form';
    body ||= location.location === 'BodyJsonField';
  }
  return { form, body };
}

const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

function compileEntry(name: string, text: string, phase: Phase): CompiledParameter | Problem {
  if (!VARIABLE_NAME.test(name)) {
    const expected = 'a name of letters, digits and "_" that starts with no digit';
    return { message: `Expected ${expected} but found "${name.slice(0, 40)}"`, column: 1, expected };
  }
  const location = parseLocation(text);
  if ('message' in location) return location;
  if (location.phase !== 'both' && location.phase !== phase) {
    const message = `${location.location} cannot be read in the ${phase} phase`;
    return { message, column: 1, expected: `a location of the ${phase} phase` };
  }
  return { text, location, read: readerOf(location) };
}

function readerOf(location: ParsedLocation): Reader {
  if (location.location !== 'System') return (source) => source.read(location);
  const name = location.name as SystemParameter;
  return (source) => source.system(name);
}

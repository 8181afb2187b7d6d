/** Where a variable of a parameters map gets its value from. */
import { SYSTEM_PARAMETERS } from '@causeway/contract';
import { type JsonPath, parseJsonPath } from './json-path.js';
import type { Problem } from './problem.js';

export type Phase = 'request' | 'response';

/** `PathParameter` is the location text `Path:{name}`, `Path` the one without name. */
export type LocationName = keyof typeof PHASES | 'PathParameter';

export type SystemParameter = Exclude<(typeof SYSTEM_PARAMETERS)[number], 'CaHttpScheme'>;

/** A location text, ready to be read from a request or answer (conditions, section 2). */
export interface ParsedLocation {
  readonly location: LocationName;
  /**
   * The name part as a look-up needs it: header names in lower case, system parameters in their own spelling (`CaHttpScheme`
   * as `CaHttpSchema`), else as written; null for locations without one.
   */
  readonly name: string | null;
  /** Plugin phase in which it can be read. */
  readonly phase: Phase | 'both';
  /** `XFF`: from 0, negative from the end; else 0. */
  readonly index: number;
  /** `BodyJsonField`: the compiled path; else empty. */
  readonly path: JsonPath;
}

/**
 * Reads `Location` or `Location:Name`. The location matches in any letter case, blanks around both parts are ignored, and
 * `BodyJson` is accepted for `BodyJsonField` (conditions, section 1 rules 2, 5, 6).
 */
export function parseLocation(text: string): ParsedLocation | Problem {
  const colon = text.indexOf(':');
  const head = (colon === -1 ? text : text.slice(0, colon)).trim();
  const location = BY_SPELLING.get(head.toLowerCase());
  if (location === undefined) return problem(1, `one of ${Object.keys(PHASES).join(', ')}`, head);
  if (colon === -1)
    return NAMELESS.has(location) ? parsed(location, null) : problem(text.length + 1, `":" and a name after ${location}`, '');
  const rest = text.slice(colon + 1);
  const name = rest.trim();
  const column = colon + 2 + rest.length - rest.trimStart().length;
  if (NAMELESS.has(location) && location !== 'Path') return problem(colon + 1, `the end: ${location} takes no name`, rest);
  if (name === '') return problem(column, `a name after "${location}:"`, '');
  return withName(location, name, column);
}

const PHASES = {
  Method: 'request',
  Path: 'request',
  StatusCode: 'response',
  ErrorCode: 'response',
  Header: 'both',
  Query: 'request',
  Form: 'request',
  Host: 'request',
  Parameter: 'request',
  BodyJsonField: 'both',
  System: 'both',
  Token: 'both',
  XFF: 'both',
} as const satisfies Record<string, Phase | 'both'>;

const NAMELESS: ReadonlySet<LocationName> = new Set<LocationName>(['Method', 'Path', 'StatusCode', 'ErrorCode']);

const BY_SPELLING: ReadonlyMap<string, keyof typeof PHASES> = new Map([
  ...Object.keys(PHASES).map((name) => [name.toLowerCase(), name as keyof typeof PHASES] as const),
  ['bodyjson', 'BodyJsonField'],
]);

const SYSTEM_BY_SPELLING: ReadonlyMap<string, string> = new Map(SYSTEM_PARAMETERS.map((name) => [name.toLowerCase(), name]));

/** The one spelling under which a system parameter is read; null for other names. */
export function systemParameter(name: string): SystemParameter | null {
  if (name === 'CaHttpScheme') return 'CaHttpSchema';
  return SYSTEM_BY_SPELLING.get(name.toLowerCase()) === name ? (name as SystemParameter) : null;
}

function withName(location: keyof typeof PHASES, name: string, column: number): ParsedLocation | Problem {
  switch (location) {
    case 'Path':
      return { ...parsed('Path', name), location: 'PathParameter' };
    case 'Header':
      return parsed(location, name.toLowerCase());
    case 'System': {
      const system = systemParameter(SYSTEM_BY_SPELLING.get(name.toLowerCase()) ?? '');
      return system === null ? problem(column, 'the name of a system parameter', name) : parsed(location, system);
    }
    case 'XFF':
      if (!/^-?[0-9]{1,6}$/.test(name)) return problem(column, 'an integer such as 0 or -1', name);
      // Adding zero makes 0 of -0.
      return { ...parsed(location, name), index: Number(name) + 0 };
    case 'BodyJsonField': {
      const path = parseJsonPath(name);
      if (typeof path === 'number')
        return problem(column + path, path === 0 ? '"$"' : ".name, ['name'] or [0]", name.slice(path));
      return { ...parsed(location, name), path };
    }
    default:
      return parsed(location, name);
  }
}

function parsed(location: keyof typeof PHASES, name: string | null): ParsedLocation {
  return { location, name, phase: PHASES[location], index: 0, path: [] };
}

function problem(column: number, expected: string, found: string): Problem {
  const shown = found.length > 40 ? `${found.slice(0, 40)}…` : found;
  return {
    message: `Expected ${expected} at column ${column} but found ${found === '' ? 'the end' : `"${shown}"`}`,
    column,
    expected,
  };
}

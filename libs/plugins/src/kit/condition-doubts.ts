/** What is certain of the conditions in a configuration, without any request. */
import {
  type CompiledParameters,
  compileParameters,
  conditionKey,
  constantComparisons,
  isConstant,
  type Phase,
  parseCondition,
  type Ranges,
  rangesOf,
  variablesOf,
} from '@causeway/condition';
import type { Doubt } from './plugin.js';

export interface ReadCondition {
  /** What it comes to for every request; null: that depends. */
  readonly constant: boolean | null;
  /** Equal for conditions that always agree; null: it may come out otherwise each time. */
  readonly key: string | null;
  /** Names of its variables. */
  readonly variables: readonly string[];
  readonly doubts: readonly Doubt[];
}

const UNREAD: ReadCondition = { constant: null, key: null, variables: [], doubts: [] };

export function rangesIn(map: Readonly<Record<string, string>>, phase: Phase): Ranges {
  const compiled = compileParameters(map, phase);
  return rangesOf('problems' in compiled ? NO_PARAMETERS : compiled);
}

const NO_PARAMETERS: CompiledParameters = { byName: new Map(), needs: { form: false, body: false } };

/** @param path of the condition's field */
export function readCondition(condition: string, path: string, ranges: Ranges): ReadCondition {
  const parsed = parseCondition(condition);
  if ('problems' in parsed) return UNREAD;
  return {
    constant: isConstant(parsed.ast, ranges),
    key: conditionKey(parsed.ast),
    variables: variablesOf(parsed.ast).map(({ name }) => name),
    doubts: constantComparisons(parsed.ast, ranges).map(({ result, column }) => ({
      path,
      code: 'constant-comparison',
      message: `the comparison at column ${column} is ${result} for every request, by what its values can be`,
    })),
  };
}

/** Entries of a map that nothing reads: no condition, text or list of the plugin names them, and nobody else can. */
export function unusedParameters(map: Readonly<Record<string, string>>, used: Iterable<string>): Doubt[] {
  const read = new Set(used);
  return Object.keys(map).flatMap((name) =>
    read.has(name) ? [] : [{ path: `parameters.${name}`, code: 'unused-parameter' as const, message: `nothing reads $${name}` }],
  );
}

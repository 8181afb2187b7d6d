/** Decides at compile time what a variable name means. */
import type { Condition, Operand } from './ast.js';
import { systemParameter } from './location.js';
import { type CompiledParameters, type Needs, needsOf, type Reader } from './parameters.js';

/** What the names in a condition may mean. */
export interface CompileContext {
  readonly parameters: CompiledParameters;
  /** Variables that the plugin supplies (conditions, section 4). */
  readonly pluginVariables?: readonly string[] | undefined;
  /** Request parameters of the API. Left out when the API is not known yet: they are then looked up per request. */
  readonly apiParameters?: readonly string[] | undefined;
}

/**
 * The reader of `$name`: entry of the map, plugin variable, API parameter, system parameter, first hit wins (conditions,
 * section 1). Null when no request can ever give it a value.
 */
export function resolveVariable(name: string, context: CompileContext): Reader | null {
  const entry = context.parameters.byName.get(name);
  if (entry !== undefined) return entry.read;
  if (context.pluginVariables?.includes(name)) return (source) => source.pluginVariable(name);
  if (context.apiParameters?.includes(name)) return (source) => source.apiParameter(name) ?? null;
  const system = systemParameter(name);
  if (context.apiParameters !== undefined) return system === null ? null : (source) => source.system(system);
  if (system === null) return (source) => source.apiParameter(name) ?? null;
  return (source) => {
    const value = source.apiParameter(name);
    return value === undefined ? source.system(system) : value;
  };
}

/** What must have been read before this condition is evaluated. */
export function conditionNeeds(ast: Condition, parameters: CompiledParameters): Needs {
  const used = variablesOf(ast).flatMap(({ name }) => parameters.byName.get(name) ?? []);
  return needsOf(used);
}

/** Every use of a variable, in order. */
export function variablesOf(ast: Condition): Extract<Operand, { kind: 'variable' }>[] {
  switch (ast.kind) {
    case 'chain':
      return ast.terms.flatMap(variablesOf);
    case 'not':
      return variablesOf(ast.term);
    case 'comparison':
      return [ast.left, ast.right].filter((operand) => operand.kind === 'variable');
  }
}

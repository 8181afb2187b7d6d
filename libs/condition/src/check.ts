/** Checks a condition and its parameters map before they are stored. */
import type { Condition } from './ast.js';
import type { Phase } from './location.js';
import { compileParameters } from './parameters.js';
import { parseCondition } from './parse.js';
import { DEFAULT_LIMITS, type Limits, type Problem, type Warning } from './problem.js';
import { type CompileContext, resolveVariable, variablesOf } from './variables.js';

/** Where a condition will run. */
export interface CheckContext {
  readonly parameters: Readonly<Record<string, string>>;
  readonly phase: Phase;
  readonly pluginVariables?: readonly string[] | undefined;
  /** Request parameters of the API, where one is known: only then a variable can be called unknown. */
  readonly apiParameters?: readonly string[] | undefined;
  readonly limits?: Limits;
}

/**
 * Everything that is wrong with a condition and its map, and what is doubtful. Any problem refuses the save; an unknown
 * variable is null and never an error (conditions, section 1), a chain that mixes operators is legal (section 5 rule 5).
 */
export function checkCondition(
  condition: string | Condition,
  context: CheckContext,
): { readonly problems: readonly Problem[]; readonly warnings: readonly Warning[] } {
  const limits = context.limits ?? DEFAULT_LIMITS;
  const parameters = compileParameters(context.parameters, context.phase, limits);
  const parsed = typeof condition === 'string' ? parseCondition(condition, limits) : { ast: condition };
  const problems = [...('problems' in parsed ? parsed.problems : []), ...('problems' in parameters ? parameters.problems : [])];
  if ('problems' in parsed) return { problems, warnings: [] };
  const warnings = mixedChains(parsed.ast);
  if (!('problems' in parameters)) warnings.push(...unknownVariables(parsed.ast, { ...context, parameters }));
  return { problems, warnings };
}

function mixedChains(ast: Condition): Warning[] {
  if (ast.kind === 'comparison') return [];
  if (ast.kind === 'not') return mixedChains(ast.term);
  const inner = ast.terms.flatMap(mixedChains);
  if (new Set(ast.operators).size < 2) return inner;
  const used = [...new Set(ast.operators)].join(', ');
  const message = `The chain at column ${ast.column} mixes ${used}: they have equal rank and apply right to left. Parentheses make it clear`;
  return [{ code: 'mixed-operators', message, column: ast.column }, ...inner];
}

function unknownVariables(ast: Condition, context: CompileContext): Warning[] {
  return variablesOf(ast).flatMap(({ name, column }) => {
    if (resolveVariable(name, context) !== null) return [];
    const message = `$${name} at column ${column} is no parameter of the plugin or the API and no system parameter: it is always null`;
    return [{ code: 'unknown-variable' as const, message, column }];
  });
}

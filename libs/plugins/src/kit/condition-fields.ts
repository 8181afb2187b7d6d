/** Conditions and parameters maps as fields of a configuration: checked when it is saved, compiled when it acts. */
import {
  type CheckContext,
  type CompileContext,
  type CompiledParameters,
  checkCondition,
  compileCondition,
  compileParameters,
  conditionNeeds,
  DEFAULT_LIMITS,
  type Needs,
  type Phase,
  parseCondition,
  type Test,
} from '@causeway/condition';
import type { Doubt, Findings, Problem } from './plugin.js';

/** Each as it stands in a configuration; both are bounded by the limits of conditions. */
export interface CompiledText {
  readonly test: Test;
  readonly needs: Needs;
}

export const NO_NEEDS: Needs = { form: false, body: false };

export function checkParametersMap(map: Readonly<Record<string, string>>, phase: Phase): Problem[] {
  const compiled = compileParameters(map, phase);
  if (!('problems' in compiled)) return [];
  return compiled.problems.map(({ parameter, message }) => ({
    path: parameter === undefined ? 'parameters' : `parameters.${parameter}`,
    message,
  }));
}

/** What is wrong with the map is not said again. @param path of the condition's field */
export function checkConditionText(
  condition: string,
  path: string,
  { parameters, phase, pluginVariables }: Pick<CheckContext, 'parameters' | 'phase' | 'pluginVariables'>,
): Findings {
  const isFit = !('problems' in compileParameters(parameters, phase));
  const context = { parameters: isFit ? parameters : {}, phase, pluginVariables, limits: DEFAULT_LIMITS };
  const { problems, warnings } = checkCondition(condition, context);
  return {
    problems: problems.map(({ message }): Problem => ({ path, message })),
    warnings: warnings.map(({ code, message }): Doubt => ({ code, path, message })),
  };
}

/** @throws with all that is wrong */
export function compileParametersMap(map: Readonly<Record<string, string>>, phase: Phase): CompiledParameters {
  const compiled = compileParameters(map, phase);
  if ('problems' in compiled) throw new Error(compiled.problems.map(({ message }) => message).join('; '));
  return compiled;
}

/** @throws with all that is wrong */
export function compileConditionText(condition: string, context: CompileContext): CompiledText {
  const parsed = parseCondition(condition);
  if ('problems' in parsed) throw new Error(parsed.problems.map(({ message }) => message).join('; '));
  return { test: compileCondition(parsed.ast, context), needs: conditionNeeds(parsed.ast, context.parameters) };
}

/** What all of them need. */
export function allNeeds(each: readonly Needs[]): Needs {
  return { form: each.some(({ form }) => form), body: each.some(({ body }) => body) };
}

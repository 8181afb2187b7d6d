/** What a definition comes to in a stage, whose variables it may use (wire contract 4.6 rule 8). */
import { ApiDefinition } from '@causeway/contract';
import { checkResolvedDefinition, type VariableUse, withVariables } from '@causeway/engine';
import { toProblems } from '@causeway/plugins';
import type { EntityManager } from 'typeorm';
import { type FieldError, type Problem, refused } from '../http/problem.js';

/** Values by name. */
export type StageVariables = Readonly<Record<string, string>>;

/** In the order of the names, so that equal ones look equal. */
export async function readVariables(manager: EntityManager, groupId: string, stage: string): Promise<StageVariables> {
  const rows: { name: string; value: string }[] = await manager.query(
    'SELECT name, value FROM stage_variables WHERE group_id = $1 AND stage = $2 ORDER BY name COLLATE "C"',
    [groupId, stage],
  );
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

/** What is wrong with a definition among these variables: those it lacks, or else what their values make of it. */
export function checkInStage(
  definition: ApiDefinition,
  variables: StageVariables,
): { readonly missing: readonly VariableUse[]; readonly problems: readonly FieldError[] } {
  const made = withVariables(definition, variables);
  if (made === definition) return { missing: [], problems: [] };
  if ('missing' in made) return { missing: made.missing, problems: [] };
  const shape = ApiDefinition.safeParse(made);
  const problems = shape.success ? checkResolvedDefinition(shape.data) : shape.error.issues.flatMap(toProblems);
  return { missing: [], problems };
}

/** 422 when the definition could not run in the stage; null when it could. */
export function unfitForStage(definition: ApiDefinition, stage: string, variables: StageVariables): Problem | null {
  const { missing, problems } = checkInStage(definition, variables);
  if (missing.length > 0) {
    const errors = missing.map(({ path, name }) => ({
      path,
      message: `uses the variable ${name}, which ${stage} does not have`,
    }));
    return refused(errors, 'NotFoundStageVariable', `Give these variables values in ${stage} first.`);
  }
  if (problems.length === 0) return null;
  return refused(problems, 'InvalidApiDefinition', `With the values of variables in ${stage} the definition would not work.`);
}

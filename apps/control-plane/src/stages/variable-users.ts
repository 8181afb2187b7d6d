/** The APIs that are live in a stage and use its variables, and what new values do to them (management model 2.5). */
import type { ApiDefinition } from '@causeway/contract';
import { variablesOf } from '@causeway/engine';
import type { EntityManager } from 'typeorm';
import { checkInStage, type StageVariables } from '../deployments/stage-definition.js';
import { conflict, type FieldError, refused } from '../http/problem.js';

const NAMED_AT_MOST = 10;

export interface VariableUser {
  readonly id: string;
  readonly name: string;
  readonly definition: ApiDefinition;
}

/** Those with a use of at least one of the names. The group is locked. */
export async function usersOf(
  manager: EntityManager,
  groupId: string,
  stage: string,
  names: ReadonlySet<string>,
): Promise<VariableUser[]> {
  if (names.size === 0) return [];
  const rows: VariableUser[] = await manager.query(
    `SELECT a.id, a.name, v.definition FROM deployments d JOIN api_versions v ON v.api_id = d.api_id AND v.version = d.version
     JOIN apis a ON a.id = d.api_id
     WHERE d.group_id = $1 AND d.stage = $2 AND v.definition::text LIKE '%#%' ORDER BY a.id`,
    [groupId, stage],
  );
  return rows.filter(({ definition }) => variablesOf(definition).some(({ name }) => names.has(name)));
}

/** 409 when one would lose a variable, 422 when one would not compile any more. */
export function refuseUnfitValues(users: readonly VariableUser[], variables: StageVariables): void {
  const checked = users.map((user) => ({ user, ...checkInStage(user.definition, variables) }));
  const losing = checked.filter(({ missing }) => missing.length > 0);
  if (losing.length > 0) {
    const named = losing.slice(0, NAMED_AT_MOST).map(({ user, missing }) => `${label(user)} uses ${namesIn(missing)}`);
    const more = losing.length > NAMED_AT_MOST ? ' and more' : '';
    throw conflict('DependencyViolationStageVariable', `A deployed API uses what would go: ${named.join('; ')}${more}.`);
  }
  const errors = checked.flatMap(({ user, problems }): FieldError[] =>
    problems.map(({ path, message }) => ({ path: usedAt(user, path), message: `API ${label(user)}: ${path} ${message}` })),
  );
  if (errors.length > 0)
    throw refused(errors.slice(0, 100), 'InvalidApiDefinition', 'A deployed API would not work with these values.');
}

function label({ name, id }: VariableUser): string {
  return `${name} (${id})`;
}

function namesIn(uses: readonly { readonly name: string }[]): string {
  return [...new Set(uses.map(({ name }) => name))].join(', ');
}

function usedAt({ definition }: VariableUser, field: string): string {
  return namesIn(variablesOf(definition).filter(({ path }) => path === field));
}

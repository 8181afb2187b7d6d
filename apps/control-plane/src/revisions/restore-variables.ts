/** Gives stage variables the values back that they had at a revision. The deployments are restored already. */
import { type ApiDefinition } from '@causeway/contract';
import { variablesOf } from '@causeway/engine';
import type { EntityManager } from 'typeorm';
import type { Change } from '../change/change.js';
import { checkInStage } from '../deployments/stage-definition.js';
import { type FieldError, refused } from '../http/problem.js';
import { warnOfLeft } from './leave-gone.js';
import type { Difference } from './rollback-difference.js';

const ERRORS_AT_MOST = 100;

interface StageUse {
  readonly groupId: string;
  readonly stage: string;
  readonly apis: readonly { readonly id: string; readonly name: string; readonly definition: ApiDefinition }[];
  readonly variables: Readonly<Record<string, string>>;
}

/** @returns those that changed: a variable that came since stays while something live uses it, which is warned of */
export async function restoreVariables(change: Change, differences: readonly Difference[]): Promise<Difference[]> {
  const { manager } = change;
  const used = await usedNames(
    manager,
    differences.filter(({ past }) => past === null),
  );
  const kept = differences.filter((each) => each.past === null && used.has(keyOf(each)));
  warnOfLeft(
    change,
    kept.map(({ slot, target, stage }) => `the variable ${slot} of group ${target} in ${stage} stays: a deployed API uses it`),
  );
  const changed = differences.filter((each) => !kept.includes(each));
  if (changed.length === 0) return [];
  const given = JSON.stringify(changed);
  await manager.query(
    `DELETE FROM stage_variables v USING jsonb_to_recordset($1) AS c(target text, stage text, slot text)
     WHERE v.group_id = c.target AND v.stage = c.stage AND v.name = c.slot`,
    [given],
  );
  await manager.query(
    `INSERT INTO stage_variables (group_id, stage, name, value)
     SELECT c.target, c.stage, c.slot, c.past FROM jsonb_to_recordset($1) AS c(target text, stage text, slot text, past text)
     WHERE c.past IS NOT NULL`,
    [given],
  );
  return changed;
}

/** 422 when a deployed definition would not work among the variables of its stage (wire contract 4.6 rule 8). */
export async function refuseUnfit(manager: EntityManager, changed: readonly Difference[]): Promise<void> {
  const errors: FieldError[] = [];
  for (const { apis, stage, variables } of await readUses(manager, changed)) {
    for (const { id, name, definition } of apis) {
      const { missing, problems } = checkInStage(definition, variables);
      for (const use of missing)
        errors.push({
          path: use.path,
          message: `API ${name} (${id}) uses the variable ${use.name}, which ${stage} would not have`,
        });
      for (const { path, message } of problems) errors.push({ path, message: `API ${name} (${id}) in ${stage}: ${message}` });
    }
  }
  if (errors.length > 0)
    throw refused(errors.slice(0, ERRORS_AT_MOST), 'InvalidApiDefinition', 'After the rollback a deployed API would not work.');
}

/** `group/stage/name` of each variable that something live uses. */
async function usedNames(manager: EntityManager, differences: readonly Difference[]): Promise<Set<string>> {
  const used = new Set<string>();
  for (const { groupId, stage, apis } of await readUses(manager, differences))
    for (const { definition } of apis)
      for (const { name } of variablesOf(definition)) used.add(keyOf({ target: groupId, stage, slot: name }));
  return used;
}

/** The stages of the differences, with what is live there and uses variables. */
async function readUses(manager: EntityManager, differences: readonly Difference[]): Promise<StageUse[]> {
  if (differences.length === 0) return [];
  return manager.query(
    `SELECT s."groupId", s.stage, jsonb_agg(jsonb_build_object('id', d.api_id, 'name', a.name, 'definition', v.definition)) AS apis,
            (SELECT coalesce(jsonb_object_agg(x.name, x.value), '{}') FROM stage_variables x
             WHERE x.group_id = s."groupId" AND x.stage = s.stage) AS variables
     FROM (SELECT DISTINCT "groupId", stage FROM jsonb_to_recordset($1) AS c("groupId" text, stage text)) AS s
     JOIN deployments d ON d.group_id = s."groupId" AND d.stage = s.stage
     JOIN api_versions v ON v.api_id = d.api_id AND v.version = d.version
     JOIN apis a ON a.id = d.api_id
     WHERE v.definition::text LIKE '%#%' GROUP BY s."groupId", s.stage`,
    [JSON.stringify(differences)],
  );
}

function keyOf({ target, stage, slot }: Pick<Difference, 'target' | 'stage' | 'slot'>): string {
  return `${target}/${stage}/${slot}`;
}

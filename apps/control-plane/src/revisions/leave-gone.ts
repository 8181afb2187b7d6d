/** Leaves out of a rollback what can not come back, each with a warning. */
import type { EntityManager } from 'typeorm';
import type { Change } from '../change/change.js';
import { isBuiltIn } from '../stages/known-stage.js';
import type { Locked } from './lock-differences.js';
import type { Difference } from './rollback-difference.js';

/** Named one by one; more are counted. */
const NAMED_AT_MOST = 100;

/** What is left can be written as it is. The groups and plugins concerned are locked. */
export async function leaveGone(change: Change, locked: Locked, instanceId: string): Promise<Difference[]> {
  const { manager } = change;
  const { differences, groups, plugins } = locked;
  const strangers = groupsThatCame(differences);
  const stages = await ownStages(manager, [...groups.keys()]);
  const apis = await groupsOfApis(manager, differences);
  const versions = await presentVersions(manager, differences);

  const wholeGroup = (groupId: string): string | null => {
    const group = groups.get(groupId);
    if (group === undefined) return `group ${groupId} is not restored: it was deleted`;
    const label = `group ${group.name} (${groupId})`;
    if (group.instanceId !== instanceId) return `${label} is not restored: it is on another instance now`;
    return strangers.has(groupId) ? `${label} stays as it is: it was on another instance then` : null;
  };
  const reasonToLeave = ({ kind, target, stage, slot, groupId, past }: Difference): string | null => {
    // What only has to go can always go.
    if (past === null) return null;
    if (!isBuiltIn(stage) && !stages.has(`${groupId}/${stage}`)) return `the stage ${stage} was deleted`;
    const isOfApi = kind === 'deployment' || kind === 'apiBinding';
    if (isOfApi && apis.get(target) !== groupId) return 'the API was deleted';
    if (kind === 'deployment' && !versions.has(`${target}/${past}`)) return 'its history does not reach back that far';
    if (kind === 'apiBinding' || kind === 'groupBinding') {
      const plugin = plugins.get(past);
      if (plugin === undefined || plugin.type !== slot) return 'the plugin was deleted';
    }
    return null;
  };

  const kept: Difference[] = [];
  const left = new Set<string>();
  for (const each of differences) {
    if (each.kind === 'plugin') {
      // Of a deleted one each binding tells.
      if (plugins.has(each.target)) kept.push(each);
      continue;
    }
    const group = each.groupId === null ? null : wholeGroup(each.groupId);
    const reason = group === null ? reasonToLeave(each) : null;
    if (group !== null) left.add(group);
    else if (reason !== null) left.add(`${nameOf(each)} is not restored: ${reason}`);
    else kept.push(each);
  }
  warnOfLeft(change, [...left]);
  return kept;
}

export function warnOfLeft(change: Change, left: readonly string[]): void {
  for (const message of left.slice(0, NAMED_AT_MOST)) change.warn({ code: 'NotRestored', message });
  if (left.length > NAMED_AT_MOST)
    change.warn({ code: 'NotRestored', message: `${left.length - NAMED_AT_MOST} more are not restored` });
}

/** What is not restored, such as `version 20260304050607089 of API <id> in RELEASE`. */
function nameOf({ kind, target, stage, slot, past }: Difference): string {
  if (kind === 'deployment') return `version ${past} of API ${target} in ${stage}`;
  if (kind === 'variable') return `the variable ${slot} of group ${target} in ${stage}`;
  return `the binding of ${slot} plugin ${past} on ${kind === 'apiBinding' ? 'API' : 'group'} ${target} in ${stage}`;
}

/** Came from another instance since, and had nothing here then: a rollback does not know what they had. */
function groupsThatCame(differences: readonly Difference[]): Set<string | null> {
  const came = new Set(differences.flatMap(({ hasArrived, groupId }) => (hasArrived ? [groupId] : [])));
  for (const { past, groupId } of differences) if (past !== null) came.delete(groupId);
  return came;
}

/** `group/stage` of each stage that is not built in. */
async function ownStages(manager: EntityManager, groupIds: readonly string[]): Promise<Set<string>> {
  const rows: { key: string }[] = await manager.query(
    `SELECT group_id || '/' || name AS key FROM group_stages WHERE group_id = ANY($1)`,
    [groupIds],
  );
  return new Set(rows.map(({ key }) => key));
}

async function groupsOfApis(manager: EntityManager, differences: readonly Difference[]): Promise<Map<string, string>> {
  const ids = differences.flatMap(({ kind, target }) => (kind === 'deployment' || kind === 'apiBinding' ? [target] : []));
  const rows: { id: string; groupId: string }[] = await manager.query(
    'SELECT id, group_id AS "groupId" FROM apis WHERE id = ANY($1)',
    [ids],
  );
  return new Map(rows.map(({ id, groupId }) => [id, groupId]));
}

/** `api/version` of each that is to be live again and still in the history. */
async function presentVersions(manager: EntityManager, differences: readonly Difference[]): Promise<Set<string>> {
  const wanted = differences.filter(({ kind, past }) => kind === 'deployment' && past !== null);
  const rows: { key: string }[] = await manager.query(
    `SELECT v.api_id || '/' || v.version AS key FROM unnest($1::text[], $2::text[]) AS wanted (api_id, version)
     JOIN api_versions v ON v.api_id = wanted.api_id AND v.version = wanted.version`,
    [wanted.map(({ target }) => target), wanted.map(({ past }) => past)],
  );
  return new Set(rows.map(({ key }) => key));
}

/** Adds drafts to a group: one or many with the same few queries. */
import type { ApiDefinition } from '@causeway/contract';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Change } from '../change/change.js';
import { Problem } from '../http/problem.js';
import { retiredElsewhere } from '../http/retired-ids.js';
import { LoopCheck } from '../loops/loop-check.js';
import { Api } from './api.entity.js';
import { repeatedRoute } from './draft-rules.js';
import { type Route, routeBuckets, routeKey, routeOf } from './route-shape.js';

export interface NewDraft {
  readonly id: string;
  readonly definition: ApiDefinition;
}

interface Standing {
  readonly ids: Set<string>;
  readonly names: Set<string>;
  /** Route -> whose it is. */
  readonly routes: Map<string, { readonly id: string; readonly name: string }>;
}

@Injectable()
export class NewDrafts {
  constructor(private readonly loops: LoopCheck) {}

  /**
   * What came of each, or why it is refused, in the order in which they came; each is judged as if those before it were there.
   * Their definitions are sound. The group is locked.
   */
  async add({ manager, actor }: Change, groupId: string, drafts: readonly NewDraft[]): Promise<(Api | Problem)[]> {
    const standing = await readStanding(manager, actor.accountId, groupId, drafts);
    const closesLoop = await this.loops.draftCheck(manager, groupId);
    const outcomes = drafts.map(({ id, definition }): Api | Problem => {
      const { name } = definition;
      const problem = claim(standing, id, definition) ?? closesLoop(id, definition);
      return problem ?? manager.create(Api, { id, accountId: actor.accountId, groupId, name, definition });
    });
    const made = outcomes.filter((outcome) => outcome instanceof Api);
    if (made.length > 0) await manager.insert(Api, made);
    return outcomes;
  }
}

/** What of the store may stand in the way of the drafts. */
async function readStanding(
  manager: EntityManager,
  accountId: string,
  groupId: string,
  drafts: readonly NewDraft[],
): Promise<Standing> {
  const wanted = drafts.map(({ id }) => id);
  const ids: { id: string }[] = await manager.query('SELECT id FROM apis WHERE id = ANY($1)', [wanted]);
  const retired = await retiredElsewhere(manager, 'api', wanted, accountId);
  const rows: (Route & { id: string; name: string })[] = await manager.query(
    `SELECT id, name, definition #>> '{request,method}' AS method, definition #>> '{request,path}' AS path,
            (definition #>> '{request,escapePath}')::boolean AS "escapePath"
     FROM (SELECT * FROM apis WHERE group_id = $1 AND name = ANY($2)
           UNION SELECT * FROM apis WHERE group_id = $1 AND route_bucket(definition) = ANY($3)) a`,
    [
      groupId,
      drafts.map(({ definition }) => definition.name),
      [...new Set(drafts.flatMap(({ definition }) => routeBuckets(routeOf(definition))))],
    ],
  );
  return {
    ids: new Set([...ids.map(({ id }) => id), ...retired]),
    names: new Set(rows.map(({ name }) => name)),
    routes: new Map(rows.map(({ id, name, ...route }) => [routeKey(route), { id, name }])),
  };
}

/** 409 when something is taken; null when nothing is, and then it is the draft's. */
function claim({ ids, names, routes }: Standing, id: string, definition: ApiDefinition): Problem | null {
  const { name } = definition;
  const taken = [...(ids.has(id) ? ['id'] : []), ...(names.has(name) ? ['name'] : [])];
  if (taken.length > 0) {
    const errors = taken.map((path) => ({ path, message: 'is taken' }));
    return new Problem(409, 'DuplicateApi', 'Something of that name or id is there already.', errors);
  }
  const route = routeOf(definition);
  const twin = routes.get(routeKey(route));
  if (twin !== undefined) return repeatedRoute(route, twin);
  ids.add(id);
  names.add(name);
  routes.set(routeKey(route), { id, name });
  return null;
}

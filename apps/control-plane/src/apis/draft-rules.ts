/** What a draft must keep besides its shape (management model 2.6). */
import type { ApiDefinition } from '@causeway/contract';
import { checkDefinition } from '@causeway/engine';
import type { EntityManager } from 'typeorm';
import { conflict, type Problem, refused } from '../http/problem.js';
import type { Api } from './api.entity.js';
import { hasSameRoute, type Route, routeBuckets, routeOf } from './route-shape.js';

/** 422 with every complaint of the engine, which would have to run it. */
export function refuseUnsound(definition: ApiDefinition): void {
  const problems = checkDefinition(definition);
  if (problems.length > 0)
    throw refused(problems, 'InvalidApiDefinition', 'The definition has the right shape but would not work.');
}

/** 409 when another API of the group answers to the same requests. The group is locked. */
export async function refuseSameRoute(
  manager: EntityManager,
  { id, groupId, definition }: Pick<Api, 'id' | 'groupId' | 'definition'>,
) {
  const route = routeOf(definition);
  const others: (Route & { id: string; name: string })[] = await manager.query(
    `SELECT id, name, definition #>> '{request,method}' AS method, definition #>> '{request,path}' AS path,
            (definition #>> '{request,escapePath}')::boolean AS "escapePath" FROM apis
     WHERE group_id = $1 AND id <> $2 AND route_bucket(definition) = ANY($3)`,
    [groupId, id, routeBuckets(route)],
  );
  const twin = others.find((other) => hasSameRoute(other, route));
  if (twin !== undefined) throw repeatedRoute(route, twin);
}

/** 409: `twin` answers to the same requests. */
export function repeatedRoute({ method, path }: Route, twin: { readonly id: string; readonly name: string }): Problem {
  return conflict('RepeatedApi', `${method} ${path} is answered in this group by API ${twin.name} (${twin.id}) already.`);
}

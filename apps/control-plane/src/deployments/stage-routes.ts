/** Keeps two APIs of a stage from answering to the same requests (management model 3.1 rule 4). */
import type { EntityManager } from 'typeorm';
import { hasSameRoute, type Route, routeOf } from '../apis/route-shape.js';
import { conflict } from '../http/problem.js';
import type { ApiVersion } from './api-version.entity.js';

interface Live extends Route {
  readonly api_id: string;
  readonly name: string;
}

const LIVE = `SELECT d.api_id, v.definition ->> 'name' AS name, v.definition #>> '{request,method}' AS method,
  v.definition #>> '{request,path}' AS path, (v.definition #>> '{request,escapePath}')::boolean AS "escapePath"
FROM deployments d JOIN api_versions v ON v.api_id = d.api_id AND v.version = d.version`;

/** 409 when the stage has another API of equal method and path. The group is locked. */
export async function refuseSecondRoute(
  manager: EntityManager,
  groupId: string,
  { apiId, stage, definition }: Pick<ApiVersion, 'apiId' | 'stage' | 'definition'>,
): Promise<void> {
  const route = routeOf(definition);
  const [own]: Live[] = await manager.query(`${LIVE} WHERE d.api_id = $1 AND d.stage = $2`, [apiId, stage]);
  // The usual deployment: what stands there is no other API's, and the others need not be read.
  if (own !== undefined && hasSameRoute(own, route)) return;
  const others: Live[] = await manager.query(
    `${LIVE} WHERE d.group_id = $1 AND d.stage = $2 AND d.api_id <> $3 AND v.definition #>> '{request,method}' = $4`,
    [groupId, stage, apiId, route.method],
  );
  const twin = others.find((other) => hasSameRoute(other, route));
  if (twin === undefined) return;
  throw conflict(
    'RepeatedApi',
    `${route.method} ${route.path} is answered in ${stage} by API ${twin.name} (${twin.api_id}) already: take it offline there first.`,
  );
}

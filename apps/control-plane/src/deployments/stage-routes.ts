/** Keeps two APIs of a stage from answering to the same requests (management model 3.1 rule 4). */
import type { ApiDefinition } from '@causeway/contract';
import type { EntityManager } from 'typeorm';
import { type Route, routeBuckets, routeKey, routeOf } from '../apis/route-shape.js';
import { conflict, type Problem } from '../http/problem.js';

interface Live extends Route {
  readonly apiId: string;
  readonly name: string;
}

interface Comer {
  readonly apiId: string;
  readonly definition: ApiDefinition;
}

/** Who answers to what in a stage, as far as it concerns those that are about to go live there. */
export class StageRoutes {
  private readonly owners = new Map<string, Pick<Live, 'apiId' | 'name'>>();
  private readonly routes = new Map<string, string>();

  private constructor(
    private readonly stage: string,
    live: readonly Live[],
  ) {
    for (const { apiId, name, ...route } of live) this.take(apiId, name, routeKey(route));
  }

  /** The group is locked. */
  static async read(manager: EntityManager, groupId: string, stage: string, comers: readonly Comer[]): Promise<StageRoutes> {
    const ids = comers.map(({ apiId }) => apiId);
    const buckets = [...new Set(comers.flatMap(({ definition }) => routeBuckets(routeOf(definition))))];
    const live: Live[] = await manager.query(
      `SELECT d.api_id AS "apiId", v.definition ->> 'name' AS name, v.definition #>> '{request,method}' AS method,
              v.definition #>> '{request,path}' AS path, (v.definition #>> '{request,escapePath}')::boolean AS "escapePath"
       FROM (SELECT api_id, version FROM deployments WHERE api_id = ANY($3) AND stage = $2
             UNION SELECT api_id, version FROM deployments WHERE group_id = $1 AND stage = $2 AND route = ANY($4)) d
       JOIN api_versions v ON v.api_id = d.api_id AND v.version = d.version`,
      [groupId, stage, ids, buckets],
    );
    return new StageRoutes(stage, live);
  }

  /** 409 when another API of the stage has equal method and path; null when there is none, and then the comer has them. */
  claim({ apiId, definition }: Comer): Problem | null {
    const route = routeOf(definition);
    const key = routeKey(route);
    const owner = this.owners.get(key);
    if (owner === undefined || owner.apiId === apiId) {
      this.take(apiId, definition.name, key);
      return null;
    }
    return conflict(
      'RepeatedApi',
      `${route.method} ${route.path} is answered in ${this.stage} by API ${owner.name} (${owner.apiId}) already: take it offline there first.`,
    );
  }

  private take(apiId: string, name: string, key: string): void {
    const former = this.routes.get(apiId);
    if (former !== undefined) this.owners.delete(former);
    this.routes.set(apiId, key);
    this.owners.set(key, { apiId, name });
  }
}

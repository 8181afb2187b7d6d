/** Makes live what was live at a revision, and takes offline what came since. */
import type { EntityManager } from 'typeorm';
import { routeKey } from '../apis/route-shape.js';
import { freeChunkNumbers } from '../deployments/chunk-number.js';
import { conflict } from '../http/problem.js';
import type { Difference } from './rollback-difference.js';

const NAMED_AT_MOST = 10;

/** A chunk of the group that carries one of them. */
export interface ApisPlace {
  readonly groupId: string;
  readonly n: number;
}

type Row = [ApisPlace[], number];

/** @returns the chunks that changed, some maybe twice */
export async function restoreDeployments(manager: EntityManager, differences: readonly Difference[]): Promise<ApisPlace[]> {
  const gone = differences.filter(({ past }) => past === null);
  const switched = differences.filter(({ past, now }) => past !== null && now !== null);
  const back = differences.filter(({ past, now }) => past !== null && now === null);
  // First, so that what comes finds their room.
  const [left]: Row = await manager.query(
    `DELETE FROM deployments d USING jsonb_to_recordset($1) AS g(target text, stage text)
     WHERE d.api_id = g.target AND d.stage = g.stage RETURNING d.group_id AS "groupId", d.chunk_number AS n`,
    [JSON.stringify(gone)],
  );
  const [changed]: Row = await manager.query(
    `UPDATE deployments d SET version = s.past, deployed_at = now() FROM jsonb_to_recordset($1) AS s(target text, stage text, past text)
     WHERE d.api_id = s.target AND d.stage = s.stage RETURNING d.group_id AS "groupId", d.chunk_number AS n`,
    [JSON.stringify(switched)],
  );
  return [...left, ...changed, ...(await bringBack(manager, back))];
}

/** 409 when two APIs of a stage would answer to the same requests: one of them stayed as it is. */
export async function refuseSharedRoutes(manager: EntityManager, differences: readonly Difference[]): Promise<void> {
  const live = differences.filter(({ past }) => past !== null);
  if (live.length === 0) return;
  const rows: {
    groupId: string;
    stage: string;
    apiId: string;
    name: string;
    method: string;
    path: string;
    escapePath: boolean | null;
  }[] = await manager.query(
    `SELECT d.group_id AS "groupId", d.stage, d.api_id AS "apiId", v.definition ->> 'name' AS name,
              v.definition #>> '{request,method}' AS method, v.definition #>> '{request,path}' AS path,
              (v.definition #>> '{request,escapePath}')::boolean AS "escapePath"
       FROM (SELECT DISTINCT "groupId", stage FROM jsonb_to_recordset($1) AS l("groupId" text, stage text)) AS s
       JOIN deployments d ON d.group_id = s."groupId" AND d.stage = s.stage
       JOIN api_versions v ON v.api_id = d.api_id AND v.version = d.version ORDER BY d.api_id`,
    [JSON.stringify(live)],
  );
  const owners = new Map<string, string>();
  const shared: string[] = [];
  for (const { groupId, stage, apiId, name, ...route } of rows) {
    const key = `${groupId}/${stage}/${routeKey(route)}`;
    const label = `${name} (${apiId})`;
    const first = owners.get(key);
    if (first === undefined) owners.set(key, label);
    else shared.push(`${route.method} ${route.path} in ${stage} would be answered by both ${first} and ${label}`);
  }
  if (shared.length === 0) return;
  const more = shared.length > NAMED_AT_MOST ? ' and more' : '';
  throw conflict('RepeatedApi', `${shared.slice(0, NAMED_AT_MOST).join('; ')}${more}: take one of them offline first.`);
}

async function bringBack(manager: EntityManager, differences: readonly Difference[]): Promise<ApisPlace[]> {
  const byGroup = new Map<string, Difference[]>();
  for (const each of differences) byGroup.set(each.groupId ?? '', [...(byGroup.get(each.groupId ?? '') ?? []), each]);
  const rows: { apiId: string; stage: string; groupId: string; version: string | null; n: number }[] = [];
  for (const [groupId, own] of byGroup) {
    const numbers = await freeChunkNumbers(manager, groupId, own.length);
    for (const [at, { target, stage, past }] of own.entries())
      rows.push({ apiId: target, stage, groupId, version: past, n: numbers[at] ?? 0 });
  }
  await manager.query(
    `INSERT INTO deployments (api_id, stage, group_id, version, chunk_number)
     SELECT r."apiId", r.stage, r."groupId", r.version, r.n
     FROM jsonb_to_recordset($1) AS r("apiId" text, stage text, "groupId" text, version text, n integer)`,
    [JSON.stringify(rows)],
  );
  return rows;
}

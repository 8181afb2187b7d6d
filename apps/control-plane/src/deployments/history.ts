/** The history of an API: versions by their numbers, the oldest of them forgotten. */
import type { EntityManager } from 'typeorm';
import { refused } from '../http/problem.js';
import { ApiVersion } from './api-version.entity.js';
import { nextVersion } from './version-number.js';

/** The number that the next version of each API gets, by its id. The APIs are locked. */
export async function nextVersions(manager: EntityManager, apiIds: readonly string[], now: Date): Promise<Map<string, string>> {
  const rows: { id: string; newest: string | null }[] = await manager.query(
    `SELECT a.id, (SELECT v.version FROM api_versions v WHERE v.api_id = a.id ORDER BY v.version DESC LIMIT 1) AS newest
     FROM unnest($1::text[]) AS a (id)`,
    [apiIds],
  );
  return new Map(rows.map(({ id, newest }) => [id, nextVersion(newest, now)]));
}

/** Copies drafts into versions of the stage. The APIs are locked. */
export async function recordVersions(
  manager: EntityManager,
  versions: readonly Pick<ApiVersion, 'apiId' | 'version'>[],
  stage: string,
  description: string,
): Promise<void> {
  await manager.query(
    `INSERT INTO api_versions (api_id, version, stage, definition, description)
     SELECT a.id, n.version, $2, a.definition, $3
     FROM jsonb_to_recordset($1) AS n ("apiId" text, version text) JOIN apis a ON a.id = n."apiId"`,
    [JSON.stringify(versions.map(({ apiId, version }) => ({ apiId, version }))), stage, description],
  );
}

/** 422 unless it is a version of the API that was made for the stage. */
export async function findVersion(manager: EntityManager, apiId: string, stage: string, version: string): Promise<ApiVersion> {
  const found = await manager.findOneBy(ApiVersion, { apiId, stage, version });
  if (found === null)
    throw refused([{ path: 'version', message: `is not a version of this API in ${stage}` }], 'NotFoundVersion');
  return found;
}

/** Forgets all but the newest versions of the stage; what is live stays (management model 3.1 rule 7). The group is locked. */
export async function forgetOldVersions(
  manager: EntityManager,
  apiIds: readonly string[],
  stage: string,
  keep: number,
): Promise<void> {
  await manager.query(
    `WITH kept AS MATERIALIZED (
       SELECT a.id, (SELECT v.version FROM api_versions v WHERE v.api_id = a.id AND v.stage = $2
                     ORDER BY v.version DESC OFFSET $3::integer - 1 LIMIT 1) AS oldest
       FROM unnest($1::text[]) AS a (id))
     DELETE FROM api_versions v USING kept k
     WHERE v.api_id = k.id AND v.stage = $2 AND v.version < k.oldest
       AND NOT EXISTS (SELECT 1 FROM deployments d WHERE d.api_id = v.api_id AND d.version = v.version)`,
    [apiIds, stage, keep],
  );
}

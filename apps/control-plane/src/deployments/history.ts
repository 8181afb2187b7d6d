/** The history of an API: versions by their numbers, the oldest of them forgotten. */
import type { EntityManager } from 'typeorm';
import type { Api } from '../apis/api.entity.js';
import { refused } from '../http/problem.js';
import { ApiVersion } from './api-version.entity.js';
import { nextVersion } from './version-number.js';

/** Versions kept per API and stage (management model 3.1 rule 7). */
export const VERSIONS_KEPT = 100;

/** Copies the draft into a version of the stage. The API is locked. */
export async function recordVersion(manager: EntityManager, api: Api, stage: string, description: string): Promise<ApiVersion> {
  const newest = await manager.findOne(ApiVersion, {
    select: { apiId: true, version: true },
    where: { apiId: api.id },
    order: { version: 'DESC' },
  });
  const version = nextVersion(newest?.version ?? null, new Date());
  return manager.save(manager.create(ApiVersion, { apiId: api.id, version, stage, description, definition: api.definition }));
}

/** 422 unless it is a version of the API that was made for the stage. */
export async function findVersion(manager: EntityManager, apiId: string, stage: string, version: string): Promise<ApiVersion> {
  const found = await manager.findOneBy(ApiVersion, { apiId, stage, version });
  if (found === null)
    throw refused([{ path: 'version', message: `is not a version of this API in ${stage}` }], 'NotFoundVersion');
  return found;
}

/** Forgets all but the newest versions of the stage; what is live stays. */
export async function forgetOldVersions(manager: EntityManager, apiId: string, stage: string): Promise<void> {
  await manager.query(
    `DELETE FROM api_versions v WHERE v.api_id = $1 AND v.stage = $2
       AND v.version NOT IN (SELECT version FROM api_versions WHERE api_id = $1 AND stage = $2 ORDER BY version DESC LIMIT $3)
       AND NOT EXISTS (SELECT 1 FROM deployments d WHERE d.api_id = v.api_id AND d.version = v.version)`,
    [apiId, stage, VERSIONS_KEPT],
  );
}

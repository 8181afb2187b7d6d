/** Rows -> `apps:<n>` chunks: every app of the deployment, so that a caller without a grant is told so. */
import { type AppsChunk, appBucket, chunkKeys, sealedPaths } from '@causeway/contract';
import { type ChunkSource, storedPaths } from './chunk-source.js';

interface Row {
  id: string;
  account_id: string;
  name: string;
  extend: string;
  disabled: boolean;
  keys: { key: string; secret: string; previousSecret: string | null; previousUntil: string | null }[];
  codes: { id: string; code: string }[];
  grants: { apiId: string; stage: string; expiresAt: string | null }[];
}

type App = AppsChunk['apps'][number];

export async function buildAppsChunks(source: ChunkSource, buckets: readonly number[]): Promise<[string, AppsChunk][]> {
  const rows: Row[] = await source.manager.query(
    `SELECT a.id, a.account_id, a.name, a.extend, a.disabled,
            (SELECT coalesce(jsonb_agg(jsonb_build_object('key', k.key, 'secret', k.secret,
                'previousSecret', CASE WHEN k.previous_until > clock_timestamp() THEN k.previous_secret END,
                'previousUntil', k.previous_until) ORDER BY k.key), '[]')
             FROM app_keys k WHERE k.app_id = a.id) AS keys,
            (SELECT coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'code', c.code) ORDER BY c.id), '[]')
             FROM app_codes c WHERE c.app_id = a.id) AS codes,
            (SELECT coalesce(jsonb_agg(jsonb_build_object('apiId', g.api_id, 'stage', g.stage, 'expiresAt', g.expires_at)
                                       ORDER BY g.api_id, g.stage), '[]')
             FROM grants g WHERE g.app_id = a.id) AS grants
     FROM apps a WHERE (a.id & 255)::integer = ANY($1) ORDER BY a.id`,
    [buckets],
  );
  const apps = new Map<number, App[]>();
  for (const row of rows) {
    const bucket = appBucket(row.id);
    const list = apps.get(bucket) ?? [];
    apps.set(bucket, list);
    list.push(toApp(source, row));
  }
  return [...apps].map(([bucket, list]) => [chunkKeys.apps(bucket), { kind: 'apps', bucket, apps: list }]);
}

function toApp(source: ChunkSource, { id, account_id, name, extend, disabled, keys, codes, grants }: Row): App {
  return {
    id,
    name,
    accountId: account_id,
    disabled,
    extend,
    keys: keys.map(({ key, secret, previousSecret, previousUntil }) => ({
      key,
      secret: source.seal(sealedPaths.appSecret(key), source.openStored(storedPaths.appSecret(key), secret)),
      previous:
        previousSecret === null || previousUntil === null
          ? null
          : {
              secret: source.seal(
                sealedPaths.previousAppSecret(key),
                source.openStored(storedPaths.previousAppSecret(key), previousSecret),
              ),
              until: new Date(previousUntil).toISOString(),
            },
    })),
    appCodes: codes.map(({ id: codeId, code }) => ({
      id: codeId,
      code: source.seal(sealedPaths.appCode(id, codeId), source.openStored(storedPaths.appCode(codeId), code)),
    })),
    grants: grants.map(({ apiId, stage, expiresAt }) => ({
      apiId,
      stage,
      expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
    })),
  };
}

/** App chunks -> who callers are. */
import { type AppsChunk, sealedPaths } from '@causeway/contract';
import { prepareSecret } from '@causeway/signature';
import { type Credential, grantKey } from './authenticate.js';
import type { CompileDeps } from './deps.js';

/** All key pairs of all buckets in one table; the whole of it is used again while no bucket changed. */
export async function compileCredentials(
  buckets: readonly { readonly hash: string; readonly chunk: AppsChunk }[],
  deps: CompileDeps,
  reuse: <T>(id: string, make: () => T | Promise<T>) => Promise<T>,
  quarantine: Array<{ resource: string; message: string }>,
): Promise<ReadonlyMap<string, Credential>> {
  const compiled: Array<{ credentials: Credential[]; problems: Array<{ resource: string; message: string }> }> = [];
  for (const { hash, chunk } of buckets) compiled.push(await reuse(`apps ${hash}`, () => compileApps(chunk, deps)));
  for (const { problems } of compiled) quarantine.push(...problems);
  return reuse(`credentials ${buckets.map(({ hash }) => hash).join(' ')}`, () => {
    const table = new Map<string, Credential>();
    for (const { credentials } of compiled) for (const credential of credentials) table.set(credential.key, credential);
    return table;
  });
}

function compileApps({ apps }: AppsChunk, deps: CompileDeps) {
  const credentials: Credential[] = [];
  const problems: Array<{ resource: string; message: string }> = [];
  for (const app of apps) {
    const grants = new Map(
      app.grants.map(({ apiId, stage, expiresAt }) => [
        grantKey(apiId, stage),
        expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(expiresAt),
      ]),
    );
    for (const { key, secret } of app.keys) {
      try {
        credentials.push({
          appId: app.id,
          appName: app.name,
          extend: app.extend,
          key,
          disabled: app.disabled,
          grants,
          secret: prepareSecret(deps.open(sealedPaths.appSecret(key), secret)),
        });
      } catch (error) {
        problems.push({ resource: `app:${app.id}`, message: error instanceof Error ? error.message : String(error) });
      }
    }
  }
  return { credentials, problems };
}

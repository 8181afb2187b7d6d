/** App chunks -> who callers are. */
import { type AppsChunk, sealedPaths } from '@causeway/contract';
import { prepareSecret } from '@causeway/signature';
import { appCodeDigest } from './app-code.js';
import { type AppCodeHolder, type Callers, type Credential, grantKey } from './authenticate.js';
import type { CompileDeps } from './deps.js';

type App = AppsChunk['apps'][number];
type Problem = { readonly resource: string; readonly message: string };

/** All credentials of all buckets in one table; the whole of it is used again while no bucket changed. */
export async function compileCredentials(
  buckets: readonly { readonly hash: string; readonly chunk: AppsChunk }[],
  deps: CompileDeps,
  reuse: <T>(id: string, make: () => T | Promise<T>) => Promise<T>,
  quarantine: Problem[],
): Promise<Callers> {
  const compiled: Bucket[] = [];
  for (const { hash, chunk } of buckets) compiled.push(await reuse(`apps ${hash}`, () => compileApps(chunk, deps)));
  for (const { problems } of compiled) quarantine.push(...problems);
  return reuse(`credentials ${buckets.map(({ hash }) => hash).join(' ')}`, () => {
    const credentials = new Map<string, Credential>();
    const appCodes = new Map<string, AppCodeHolder>();
    for (const bucket of compiled) {
      for (const credential of bucket.credentials) credentials.set(credential.key, credential);
      for (const [digest, holder] of bucket.appCodes) appCodes.set(digest, holder);
    }
    return { credentials, appCodes };
  });
}

interface Bucket {
  readonly credentials: readonly Credential[];
  readonly appCodes: ReadonlyArray<readonly [digest: string, AppCodeHolder]>;
  readonly problems: readonly Problem[];
}

/** A credential that cannot be opened is set aside; the others of its app are not. */
function compileApps({ apps }: AppsChunk, deps: CompileDeps): Bucket {
  const credentials: Credential[] = [];
  const appCodes: Array<readonly [string, AppCodeHolder]> = [];
  const problems: Problem[] = [];
  for (const app of apps) {
    const holder = holderOf(app);
    const open = <T>(make: () => T): T | null => {
      try {
        return make();
      } catch (error) {
        problems.push({ resource: `app:${app.id}`, message: error instanceof Error ? error.message : String(error) });
        return null;
      }
    };
    for (const { key, secret, previous } of app.keys) {
      const current = open(() => prepareSecret(deps.open(sealedPaths.appSecret(key), secret)));
      if (current === null) continue;
      const former =
        previous && open(() => ({ secret: prepareSecret(deps.open(sealedPaths.previousAppSecret(key), previous.secret)) }));
      credentials.push({
        ...holder,
        key,
        secret: current,
        previous: former && previous && { ...former, untilMs: Date.parse(previous.until) },
      });
    }
    for (const { id, code } of app.appCodes) {
      const digest = open(() => appCodeDigest(deps.open(sealedPaths.appCode(app.id, id), code)));
      if (digest !== null) appCodes.push([digest, holder]);
    }
  }
  return { credentials, appCodes, problems };
}

function holderOf({ id, name, accountId, extend, disabled, grants }: App): AppCodeHolder {
  return {
    appId: id,
    appName: name,
    accountId,
    extend,
    key: null,
    disabled,
    grants: new Map(
      grants.map(({ apiId, stage, expiresAt }) => [
        grantKey(apiId, stage),
        expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(expiresAt),
      ]),
    ),
  };
}

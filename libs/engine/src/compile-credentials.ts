/** App chunks -> who callers are. */
import { type AppsChunk, chunkKind, sealedPaths } from '@causeway/contract';
import { prepareSecret } from '@causeway/signature';
import { appCodeDigest } from './app-code.js';
import { type AppCodeHolder, type Callers, type Credential, grantKey } from './authenticate.js';
import type { CompileDeps } from './deps.js';
import { type Chunks, readChunk } from './hashed-chunk.js';
import { LayeredMap, withAll } from './layered-map.js';

type App = AppsChunk['apps'][number];
type Problem = { readonly resource: string; readonly message: string };

interface Bucket {
  readonly credentials: ReadonlyMap<string, Credential>;
  readonly appCodes: ReadonlyMap<string, AppCodeHolder>;
  readonly problems: readonly Problem[];
}

/** Everybody who may call, with what it takes to change it. */
export interface CompiledCallers extends Callers {
  readonly credentials: LayeredMap<Credential>;
  readonly appCodes: LayeredMap<AppCodeHolder>;
  /** By the key of its chunk. */
  readonly buckets: ReadonlyMap<string, Bucket>;
}

const NOBODY: CompiledCallers = { credentials: LayeredMap.empty(), appCodes: LayeredMap.empty(), buckets: new Map() };

/** All credentials of all buckets in one table. @param changed keys of chunks of any kind; only buckets among them are touched */
export async function compileCredentials(
  changed: readonly string[],
  chunks: Chunks,
  deps: CompileDeps,
  before: CompiledCallers | null,
): Promise<CompiledCallers> {
  const keys = changed.filter((key) => chunkKind(key) === 'apps');
  if (keys.length === 0 && before !== null) return before;
  const { credentials, appCodes, buckets: former } = before ?? NOBODY;
  const buckets = new Map(former);
  const [gone, come]: [Bucket[], Bucket[]] = [[], []];
  for (const key of keys) {
    const known = former.get(key);
    if (known !== undefined) gone.push(known);
    const held = chunks.get(key);
    if (held === undefined) {
      buckets.delete(key);
      continue;
    }
    await deps.pause();
    const compiled = compileApps(readChunk('apps', held), deps);
    buckets.set(key, compiled);
    come.push(compiled);
  }
  const changes = <T extends object>(of: (bucket: Bucket) => ReadonlyMap<string, T>) => {
    const made = new Map<string, T | undefined>();
    for (const bucket of gone) for (const key of of(bucket).keys()) made.set(key, undefined);
    for (const bucket of come) for (const [key, value] of of(bucket)) made.set(key, value);
    return made;
  };
  return {
    credentials: await withAll(
      credentials,
      changes((bucket) => bucket.credentials),
      deps.pause,
    ),
    appCodes: await withAll(
      appCodes,
      changes((bucket) => bucket.appCodes),
      deps.pause,
    ),
    buckets,
  };
}

/** A credential that cannot be opened is set aside; the others of its app are not. */
function compileApps({ apps }: AppsChunk, deps: CompileDeps): Bucket {
  const credentials = new Map<string, Credential>();
  const appCodes = new Map<string, AppCodeHolder>();
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
      credentials.set(key, {
        ...holder,
        key,
        secret: current,
        previous: former && previous && { ...former, untilMs: Date.parse(previous.until) },
      });
    }
    for (const { id, code } of app.appCodes) {
      const digest = open(() => appCodeDigest(deps.open(sealedPaths.appCode(app.id, id), code)));
      if (digest !== null) appCodes.set(digest, holder);
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

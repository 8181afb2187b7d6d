/** Applications for specs, in place of the one that `snapshot` makes. */
import { type AppsChunk, chunkKeys } from '@causeway/contract';
import type { HashedChunk } from '@causeway/engine';
import { plainSecret } from './snapshot.js';

type Grant = AppsChunk['apps'][number]['grants'][number];

export interface AppInput {
  readonly id: string;
  readonly disabled?: boolean;
  /** Key -> secret. */
  readonly keys?: Readonly<Record<string, string>>;
  /** The secret before, of every key. */
  readonly previous?: { readonly secret: string; readonly until: string };
  readonly codes?: readonly string[];
  /** All APIs, when it is not given. */
  readonly grants?: readonly Grant[];
}

/** @param chunks made by `snapshot` */
export function withApps(chunks: Map<string, HashedChunk>, inputs: readonly AppInput[]): Map<string, HashedChunk> {
  const key = chunkKeys.apps(1);
  const made = chunks.get(key)?.chunk;
  if (made?.kind !== 'apps') throw new Error('no chunk of apps');
  const [app] = made.apps;
  const apps = inputs.map(({ id, disabled = false, keys = {}, previous, codes = [], grants }) => ({
    ...app!,
    id,
    disabled,
    keys: Object.entries(keys).map(([name, secret]) => ({
      key: name,
      secret: plainSecret(secret),
      previous: previous === undefined ? null : { ...previous, secret: plainSecret(previous.secret) },
    })),
    appCodes: codes.map((code, n) => ({ id: String(n), code: plainSecret(code) })),
    grants: [...(grants ?? app!.grants)],
  }));
  const chunk = { ...made, apps };
  return new Map(chunks).set(key, { hash: JSON.stringify(chunk), chunk });
}

/** Which app on which API a request to grant names. */
import { malformed } from '../http/problem.js';
import type { NewGrants } from './grant-body.js';

export interface NamedId {
  readonly id: string;
  /** Where it stands in the request. */
  readonly path: string;
}

export interface GrantedPairs {
  readonly apps: readonly NamedId[];
  readonly apis: readonly NamedId[];
}

/** 400 unless it is one app with APIs, or one API with apps. */
export function readPairs({ appId, apiIds, apiId, appIds }: NewGrants): GrantedPairs {
  if (appId !== undefined && apiIds !== undefined && apiId === undefined && appIds === undefined)
    return { apps: [{ id: appId, path: 'appId' }], apis: named(apiIds, 'apiIds') };
  if (apiId !== undefined && appIds !== undefined && appId === undefined && apiIds === undefined)
    return { apps: named(appIds, 'appIds'), apis: [{ id: apiId, path: 'apiId' }] };
  throw malformed([{ path: '', message: 'must hold either appId and apiIds, or apiId and appIds' }]);
}

function named(ids: readonly string[], path: string): NamedId[] {
  return ids.map((id, index) => ({ id, path: `${path}[${index}]` }));
}

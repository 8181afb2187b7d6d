/** Tells what an API asks of its callers. Nothing is verified: a signature is good for one request, and its nonce would be used up. */

import type { ApiDefinition, GroupChunk } from '@causeway/contract';
import { appCodeRule } from './app-code.js';
import type { RouteExchange } from './route.js';

export interface ExplainedAuthentication {
  readonly type: ApiDefinition['auth'];
  /** Of APP: what a signature may be made with, and whether it needs a nonce. */
  readonly signatureMethods: readonly string[];
  readonly forceNonce: boolean;
  /** Where an AppCode may come in place of a signature: a header's name and, perhaps, a query parameter's; null: nowhere. */
  readonly appCode: { readonly header: string; readonly query: string | null } | null;
  /** Credentials that the sample shows, by name of the header. */
  readonly given: readonly string[];
}

const CREDENTIALS = ['authorization', 'x-ca-key', 'x-ca-signature', 'x-ca-nonce', 'x-ca-timestamp'];

export function explainAuthentication(x: RouteExchange, definition: ApiDefinition, group: GroupChunk): ExplainedAuthentication {
  const { auth, signatureMethods, forceNonce } = definition;
  if (auth === 'ANONYMOUS') return { type: auth, signatureMethods: [], forceNonce: false, appCode: null, given: [] };
  const code = appCodeRule(definition, group.appCode);
  const appCode = code === null ? null : { header: code.header, query: code.query };
  const names = [...CREDENTIALS, ...(appCode === null ? [] : [appCode.header])];
  return { type: auth, signatureMethods, forceNonce, appCode, given: names.filter((name) => x.head.get(name) !== null) };
}

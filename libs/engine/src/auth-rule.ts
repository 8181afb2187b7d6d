/** What a published API asks of its callers. */
import type { ApisChunk, GroupChunk } from '@causeway/contract';
import { appCodeRule } from './app-code.js';
import { type AuthRule, grantKey } from './authenticate.js';

/** Null: anonymous. */
export function authRule({ id, stage, definition }: ApisChunk['apis'][number], group: GroupChunk): AuthRule | null {
  if (definition.auth === 'ANONYMOUS') return null;
  return {
    methods: definition.signatureMethods,
    forceNonce: definition.forceNonce,
    grantKey: grantKey(id, stage),
    appCode: appCodeRule(definition, group.appCode),
  };
}

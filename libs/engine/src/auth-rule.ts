/** What a published API asks of its callers. */
import type { ApisChunk } from '@causeway/contract';
import { type AuthRule, grantKey } from './authenticate.js';

/** Null: anonymous. */
export function authRule({ id, stage, definition }: ApisChunk['apis'][number]): AuthRule | null {
  if (definition.auth === 'ANONYMOUS') return null;
  return { methods: definition.signatureMethods, forceNonce: definition.forceNonce, grantKey: grantKey(id, stage) };
}

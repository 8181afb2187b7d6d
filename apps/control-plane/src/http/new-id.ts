/** Ids of groups, APIs, plugins and the like. */
import { randomBytes } from 'node:crypto';

/** 32 random lower-case hexadecimal digits. */
export function newId(): string {
  return randomBytes(16).toString('hex');
}

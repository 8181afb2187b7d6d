/** The apps of the old account, with the credentials that its clients hold. */
import type { KeyPair } from '../sign.js';
import { oldId } from './groups.js';

export const APPS = 40;

export interface OldApp extends KeyPair {
  readonly n: number;
  readonly id: string;
  readonly name: string;
  readonly appCode: string;
}

export function oldApps(): OldApp[] {
  return Array.from({ length: APPS }, (_, n) => ({
    n,
    id: `${110_000_001 + n * 7919}`,
    name: `app_${n}`,
    key: `${203_000_017 + n * 104_729}`,
    secret: oldId(`secret ${n}`),
    appCode: oldId(`app code ${n}`),
  }));
}

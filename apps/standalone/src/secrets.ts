/** Makes the secrets of a stack on its first start and keeps them in files that only their owner reads. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SecretFiles {
  readonly masterKey: string;
  readonly adminToken: string;
  readonly nodeToken: string;
}

/** Returns the files' paths; what exists is never replaced, since the database is sealed with it. */
export function ensureSecrets(dataDir: string): SecretFiles {
  const folder = join(dataDir, 'secrets');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    masterKey: ensure(join(folder, 'master-key'), () => `k1:${randomBytes(32).toString('base64')}`),
    adminToken: ensure(join(folder, 'admin-token'), () => `cwt_${randomBytes(32).toString('base64url')}`),
    nodeToken: ensure(join(folder, 'node-token'), () => `cwn_${randomBytes(32).toString('base64url')}`),
  };
}

function ensure(file: string, make: () => string): string {
  // 'wx': two launchers that race for a fresh folder must not overwrite each other's key.
  if (!existsSync(file)) writeFileSync(file, `${make()}\n`, { mode: 0o600, flag: 'wx' });
  return file;
}

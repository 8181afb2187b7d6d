/** The key under which secrets are hashed that must be found without being read; one for the deployment. */
import type { EntityManager } from 'typeorm';
import { storedPaths } from '../publish/chunks/chunk-source.js';
import type { StoredSecrets } from './stored-secrets.js';

export async function hashKey(manager: EntityManager, secrets: StoredSecrets): Promise<Buffer> {
  const [state]: { code_hash_key: string }[] = await manager.query('SELECT code_hash_key FROM deployment_state');
  return Buffer.from(secrets.open(storedPaths.codeHashKey, state?.code_hash_key ?? ''), 'base64');
}

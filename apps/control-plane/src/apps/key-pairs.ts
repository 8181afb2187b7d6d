/** Makes and opens the key pairs of apps. */
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { conflict } from '../http/problem.js';
import { storedPaths } from '../publish/chunks/chunk-source.js';
import { MASKED, StoredSecrets } from '../secrets/stored-secrets.js';
import type { KeyView, NewKey } from './app-body.js';
import { AppKey } from './app-key.entity.js';
import { newAppKey, newAppSecret } from './credentials.js';

/** Chances of a generated key to be free; with a million keys in use the first is taken once in 900 times. */
const ATTEMPTS = 8;

@Injectable()
export class KeyPairs {
  constructor(private readonly secrets: StoredSecrets) {}

  /** The pair with its secret in clear: for who makes it. 409 when the key is taken by any app of the deployment. */
  async add(manager: EntityManager, appId: string, { key: given, secret = newAppSecret() }: NewKey): Promise<KeyView> {
    for (let attempt = 1; attempt <= (given === undefined ? ATTEMPTS : 1); attempt++) {
      const key = given ?? newAppKey();
      // Waits for another write that is taking the key, and does not spoil the transaction as a failed insert would.
      const [made]: { created_at: Date }[] = await manager.query(
        'INSERT INTO app_keys (key, app_id, secret) VALUES ($1, $2, $3) ON CONFLICT (key) DO NOTHING RETURNING created_at',
        [key, appId, this.secrets.seal(storedPaths.appSecret(key), secret)],
      );
      if (made !== undefined) return { key, secret, createdAt: made.created_at.toISOString() };
    }
    throw conflict('DuplicateAppKey', 'The key is taken: choose another, or leave it out.');
  }

  show({ key, createdAt }: AppKey): KeyView {
    return { key, secret: MASKED, createdAt: createdAt.toISOString() };
  }

  reveal({ key, secret, createdAt }: AppKey): KeyView {
    return { key, secret: this.secrets.open(storedPaths.appSecret(key), secret), createdAt: createdAt.toISOString() };
  }
}

/** Makes, rotates and opens the key pairs of apps. */
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { conflict } from '../http/problem.js';
import { storedPaths } from '../publish/chunks/chunk-source.js';
import { MASKED, StoredSecrets } from '../secrets/stored-secrets.js';
import type { AppKey } from './app-key.entity.js';
import type { KeyView, NewKey, Rotation } from './credential-body.js';
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

  /**
   * Puts a new secret in place, which the answer shows; the one before verifies too for `overlapSeconds`. An earlier one that
   * was still in its overlap ends at once (management model 2.7 rule 4).
   */
  async rotate(
    manager: EntityManager,
    { key, secret: before, createdAt }: AppKey,
    { overlapSeconds = 0, secret = newAppSecret() }: Rotation,
  ): Promise<KeyView> {
    const previous =
      overlapSeconds === 0
        ? null
        : this.secrets.seal(storedPaths.previousAppSecret(key), this.secrets.open(storedPaths.appSecret(key), before));
    const [[row]]: [{ previous_until: Date | null }[], number] = await manager.query(
      `UPDATE app_keys SET secret = $2, previous_secret = $3::text,
         previous_until = CASE WHEN $3::text IS NOT NULL THEN clock_timestamp() + make_interval(secs => $4) END
       WHERE key = $1 RETURNING previous_until`,
      [key, this.secrets.seal(storedPaths.appSecret(key), secret), previous, overlapSeconds],
    );
    return { key, secret, createdAt: createdAt.toISOString(), ...untilOf(row?.previous_until ?? null) };
  }

  show({ key, createdAt, previousUntil }: Pick<AppKey, 'key' | 'createdAt' | 'previousUntil'>): KeyView {
    return { key, secret: MASKED, createdAt: createdAt.toISOString(), ...untilOf(previousUntil) };
  }

  reveal(row: AppKey): KeyView {
    return { ...this.show(row), secret: this.secrets.open(storedPaths.appSecret(row.key), row.secret) };
  }
}

function untilOf(previousUntil: Date | null): Pick<KeyView, 'previousUntil'> {
  return previousUntil !== null && previousUntil.getTime() > Date.now() ? { previousUntil: previousUntil.toISOString() } : {};
}

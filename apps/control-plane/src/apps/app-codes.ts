/** Makes and opens the AppCodes of apps. */
import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { newId } from '../http/new-id.js';
import { conflict } from '../http/problem.js';
import { storedPaths } from '../publish/chunks/chunk-source.js';
import { hashKey } from '../secrets/hash-key.js';
import { MASKED, StoredSecrets } from '../secrets/stored-secrets.js';
import type { AppCode } from './app-code.entity.js';
import type { CodeView, NewCode } from './credential-body.js';
import { newAppCode } from './credentials.js';

@Injectable()
export class AppCodes {
  constructor(private readonly secrets: StoredSecrets) {}

  /** The code in clear: for who makes it. 409 when any app of the deployment has it, whichever that is. */
  async add(manager: EntityManager, appId: string, { code = newAppCode() }: NewCode): Promise<CodeView> {
    const id = newId();
    // Waits for another write that is taking the code, and does not spoil the transaction as a failed insert would.
    const [made]: { created_at: Date }[] = await manager.query(
      `INSERT INTO app_codes (id, app_id, code, code_hash) VALUES ($1, $2, $3, $4)
       ON CONFLICT (code_hash) DO NOTHING RETURNING created_at`,
      [id, appId, this.secrets.seal(storedPaths.appCode(id), code), await this.hash(manager, code)],
    );
    if (made === undefined) throw conflict('DuplicateAppCode', 'The AppCode is taken: choose another, or leave it out.');
    return { id, code, createdAt: made.created_at.toISOString() };
  }

  show({ id, createdAt }: Pick<AppCode, 'id' | 'createdAt'>): CodeView {
    return { id, code: MASKED, createdAt: createdAt.toISOString() };
  }

  reveal({ id, code, createdAt }: AppCode): CodeView {
    return { id, code: this.secrets.open(storedPaths.appCode(id), code), createdAt: createdAt.toISOString() };
  }

  /** Equal for equal codes in the whole deployment; a code that somebody chose cannot be guessed from it without the key. */
  private async hash(manager: EntityManager, code: string): Promise<string> {
    return createHmac('sha256', await hashKey(manager, this.secrets))
      .update(code)
      .digest('base64url');
  }
}

/** The key pairs and AppCodes of apps, as they are shown with them. */
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AppView } from './app-body.js';
import { AppCode } from './app-code.entity.js';
import { AppCodes } from './app-codes.js';
import { AppKey } from './app-key.entity.js';
import type { CodeView, KeyView, NewKey } from './credential-body.js';
import { KeyPairs } from './key-pairs.js';

/** With what is sealed; oldest first. */
export interface CredentialRows {
  readonly keys: readonly AppKey[];
  readonly codes: readonly AppCode[];
}

interface MaskedRow extends Pick<AppKey, 'createdAt' | 'previousUntil'> {
  readonly app_id: string;
  readonly isKey: boolean;
  readonly id: string;
}

type Shown = Pick<AppView, 'keys' | 'appCodes'>;

@Injectable()
export class AppCredentials {
  constructor(
    private readonly keyPairs: KeyPairs,
    private readonly codes: AppCodes,
  ) {}

  /** What every app begins with (management model 2.7 rule 1), in clear. */
  async addFirst(
    manager: EntityManager,
    appId: string,
    { key, secret, appCode }: NewKey & { appCode?: string },
  ): Promise<{ pair: KeyView; code: CodeView }> {
    const pair = await this.keyPairs.add(manager, appId, {
      ...(key !== undefined && { key }),
      ...(secret !== undefined && { secret }),
    });
    return { pair, code: await this.codes.add(manager, appId, appCode === undefined ? {} : { code: appCode }) };
  }

  async of(manager: EntityManager, appId: string): Promise<CredentialRows> {
    return {
      keys: await manager.find(AppKey, { where: { appId }, order: { createdAt: 'ASC', key: 'ASC' } }),
      codes: await manager.find(AppCode, { where: { appId }, order: { createdAt: 'ASC', id: 'ASC' } }),
    };
  }

  /** In one query for all apps, which reads no secret. */
  async masked(manager: EntityManager, appIds: readonly string[]): Promise<(appId: string) => Shown> {
    const rows: MaskedRow[] = await manager.query(
      `SELECT app_id, true AS "isKey", key AS id, created_at AS "createdAt", previous_until AS "previousUntil" FROM app_keys WHERE app_id = ANY($1)
       UNION ALL SELECT app_id, false, id, created_at, NULL FROM app_codes WHERE app_id = ANY($1) ORDER BY "createdAt", id`,
      [appIds],
    );
    const all = new Map(appIds.map((id): [string, Shown] => [id, { keys: [], appCodes: [] }]));
    for (const { app_id, isKey, ...row } of rows) {
      const shown = all.get(app_id);
      if (isKey) shown?.keys.push(this.keyPairs.show({ ...row, key: row.id }));
      else shown?.appCodes.push(this.codes.show(row));
    }
    return (id) => all.get(id) ?? { keys: [], appCodes: [] };
  }

  revealed({ keys, codes }: CredentialRows): Shown {
    return { keys: keys.map((row) => this.keyPairs.reveal(row)), appCodes: codes.map((row) => this.codes.reveal(row)) };
  }
}

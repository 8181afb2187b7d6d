/** The key pairs and AppCodes of apps, as they are shown with them. */
import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import type { AppView } from './app-body.js';
import { AppCode } from './app-code.entity.js';
import { AppCodes } from './app-codes.js';
import { AppKey } from './app-key.entity.js';
import type { CodeView, KeyView, NewKey } from './credential-body.js';
import { KeyPairs } from './key-pairs.js';

/** Oldest first. */
export interface CredentialRows {
  readonly keys: readonly AppKey[];
  readonly codes: readonly AppCode[];
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
    return (await this.ofEach(manager, [appId]))(appId);
  }

  async ofEach(manager: EntityManager, appIds: readonly string[]): Promise<(appId: string) => CredentialRows> {
    const where = { appId: In(appIds) };
    const keys = await manager.find(AppKey, { where, order: { createdAt: 'ASC', key: 'ASC' } });
    const codes = await manager.find(AppCode, { where, order: { createdAt: 'ASC', id: 'ASC' } });
    return (id) => ({ keys: keys.filter(({ appId }) => appId === id), codes: codes.filter(({ appId }) => appId === id) });
  }

  masked({ keys, codes }: CredentialRows): Shown {
    return { keys: keys.map((row) => this.keyPairs.show(row)), appCodes: codes.map((row) => this.codes.show(row)) };
  }

  revealed({ keys, codes }: CredentialRows): Shown {
    return { keys: keys.map((row) => this.keyPairs.reveal(row)), appCodes: codes.map((row) => this.codes.reveal(row)) };
  }
}

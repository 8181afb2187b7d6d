/** What an empty store needs before the first request: an account, a token, an instance, and the deployment's own keys. */
import { randomBytes } from 'node:crypto';
import { chunkKeys } from '@causeway/contract';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { CannotStart } from '../cannot-start.js';
import type { Actor } from '../change/change.js';
import { Door } from '../change/door.js';
import { Settings } from '../config.js';
import { newId } from '../http/new-id.js';
import { hashToken } from '../http/token-guard.js';
import { storedPaths } from '../publish/chunks/chunk-source.js';
import { StoredSecrets } from '../secrets/stored-secrets.js';

/** The token of `CAUSEWAY_ADMIN_TOKEN`: its row follows the setting. */
const BOOTSTRAP_TOKEN = 'bootstrap';
const DEFAULT_ACCOUNT = 'default';
const DEFAULT_INSTANCE = 'default';

@Injectable()
export class Bootstrap implements OnApplicationBootstrap {
  constructor(
    private readonly dataSource: DataSource,
    private readonly door: Door,
    private readonly secrets: StoredSecrets,
    private readonly settings: Settings,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const accountId = await this.dataSource.transaction((manager) => this.ensureAccount(manager));
    await this.refuseOtherKeys();
    await this.ensureCodeHashKey();
    const [instance]: unknown[] = await this.dataSource.query('SELECT 1 FROM instances LIMIT 1');
    if (instance === undefined) await this.createInstance(accountId);
  }

  /** Better no service than one that writes what nobody can read beside what it cannot read. */
  private async refuseOtherKeys(): Promise<void> {
    const [state]: { hop_key: string }[] = await this.dataSource.query('SELECT hop_key FROM deployment_state');
    try {
      this.secrets.open(storedPaths.hopKey, state?.hop_key ?? '');
    } catch {
      throw new CannotStart('CAUSEWAY_MASTER_KEY does not hold the key that sealed the secrets of this store.');
    }
  }

  /** After the look at the keys: a store of an earlier release lacks it, and must not get one that its own keys cannot open. */
  private async ensureCodeHashKey(): Promise<void> {
    const made = this.secrets.seal(storedPaths.codeHashKey, randomBytes(32).toString('base64'));
    await this.dataSource.query('UPDATE deployment_state SET code_hash_key = $1 WHERE code_hash_key IS NULL', [made]);
  }

  /** Several control planes may start on one empty store: each statement lets the first one win. */
  private async ensureAccount(manager: EntityManager): Promise<string> {
    const hopKey = this.secrets.seal(storedPaths.hopKey, randomBytes(32).toString('base64'));
    await manager.query('INSERT INTO deployment_state (id, epoch, hop_key) VALUES (1, 1, $1) ON CONFLICT DO NOTHING', [hopKey]);
    await manager.query('INSERT INTO accounts (id, name, is_default) VALUES ($1, $2, true) ON CONFLICT DO NOTHING', [
      newId(),
      DEFAULT_ACCOUNT,
    ]);
    const [account]: { id: string }[] = await manager.query('SELECT id FROM accounts WHERE is_default');
    if (account === undefined) throw new Error('The store has no default account');
    await manager.query(
      `INSERT INTO tokens (id, account_id, name, role, token_hash) VALUES ($1, $2, $1, 'admin', $3)
       ON CONFLICT (id) DO UPDATE SET token_hash = excluded.token_hash WHERE tokens.token_hash <> excluded.token_hash`,
      [BOOTSTRAP_TOKEN, account.id, hashToken(this.settings.adminToken)],
    );
    return account.id;
  }

  private async createInstance(accountId: string): Promise<void> {
    const id = `apigateway-${DEFAULT_INSTANCE}-${randomBytes(6).toString('hex')}`;
    await this.door.write(actor(accountId), async (change) => {
      const [made]: unknown[] = await change.manager.query(
        `INSERT INTO instances (id, account_id, name, region, hop_ids) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (name) DO NOTHING RETURNING id`,
        [id, accountId, DEFAULT_INSTANCE, this.settings.region, { public: newId(), internal: newId(), vpc: newId() }],
      );
      if (made !== undefined) {
        change.touch(id, chunkKeys.instance);
        change.touch('every', chunkKeys.network);
      }
      change.audit('instance.create', 'instance', id, { name: DEFAULT_INSTANCE, region: this.settings.region });
      return {};
    });
  }
}

function actor(accountId: string): Actor {
  return {
    accountId,
    isDefaultAccount: true,
    tokenId: BOOTSTRAP_TOKEN,
    tokenName: BOOTSTRAP_TOKEN,
    role: 'admin',
    requestId: 'start',
  };
}

/** A database of its own for a spec, on real migrations, with one account, one instance and the deployment's state. */
import { migrations } from '@causeway/migrations';
import { type Keyring, sealText } from '@causeway/snapshot';
import { createScratchDatabase } from '@causeway/test-stores';
import { DataSource } from 'typeorm';
import type { Actor } from '../../change/change.js';
import { storedPaths } from '../chunks/chunk-source.js';
import type { SnapshotSettings } from '../snapshot-settings.js';

export const testKeys: Keyring = [{ id: 'test', key: Buffer.alloc(32, 7) }];

export const testSettings: SnapshotSettings = {
  masterKeys: testKeys,
  domainSuffix: 'alicloudapi.com',
  redisUrl: null,
  redisPrefix: 'causeway-test',
  nodeToken: 'node-token-of-the-test',
};

export const testActor: Actor = {
  accountId: 'acc',
  isDefaultAccount: true,
  tokenId: 'tok',
  tokenName: 'tester',
  role: 'admin',
  requestId: 'req',
};

/** As the store holds it, sealed with the test key; the same IV each time, for golden data. */
export function storedSeal(path: string, plaintext: string): string {
  return sealText(testKeys[0], Buffer.alloc(12, 1), path, plaintext);
}

export interface ScratchStore {
  readonly dataSource: DataSource;
  /** A second pool on the same database, as another control plane has it; on a server only. */
  connect(): Promise<DataSource>;
  /** As it was when it was new. */
  reset(): Promise<void>;
  drop(): Promise<void>;
}

export async function createScratchStore(): Promise<ScratchStore> {
  const database = await createScratchDatabase();
  const poolSize = database.isEmbedded ? 1 : 10;
  const sources: DataSource[] = [];
  const connect = async () => {
    const source = new DataSource({ type: 'postgres', url: database.url, installExtensions: false, migrations, poolSize });
    sources.push(await source.initialize());
    return source;
  };
  const dataSource = await connect();
  await dataSource.runMigrations();
  await seed(dataSource);
  return {
    dataSource,
    connect,
    async reset() {
      await dataSource.transaction(async (manager) => {
        // Keeps the triggers quiet that refuse to empty the audit log.
        await manager.query('SET LOCAL session_replication_role = replica');
        await manager.query('TRUNCATE accounts, deployment_state, chunks, audit_events RESTART IDENTITY CASCADE');
      });
      await seed(dataSource);
    },
    async drop() {
      for (const source of sources) if (source.isInitialized) await source.destroy();
      await database.drop();
    },
  };
}

async function seed(source: DataSource): Promise<void> {
  await source.query('INSERT INTO deployment_state (id, epoch, hop_key) VALUES (1, 1, $1)', [
    storedSeal(storedPaths.hopKey, Buffer.alloc(32, 9).toString('base64')),
  ]);
  await source.query(`INSERT INTO accounts (id, name, is_default) VALUES ('acc', 'default', true)`);
  await insertInstance(source, 'i1');
}

export async function insertInstance(
  source: { query(sql: string, values: unknown[]): Promise<unknown> },
  id: string,
): Promise<void> {
  const hopIds = { public: 'a'.repeat(32), internal: 'b'.repeat(32), vpc: 'c'.repeat(32) };
  await source.query(
    `INSERT INTO instances (id, account_id, name, region, internal_endpoint, calls_from_gateway, hop_ids)
     VALUES ($1, 'acc', $1 || '-name', 'cn-huhehaote', '127.0.0.1:8081', true, $2)`,
    [id, JSON.stringify(hopIds)],
  );
}

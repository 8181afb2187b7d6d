/** How the control plane reaches its database. */
import { migrations } from '@causeway/migrations';
import type { DataSourceOptions } from 'typeorm';

/** Waiting for a connection ends with an error, not with a request that hangs, ms. */
const CONNECT_MS = 10_000;

export function dataSourceOptions(url: string, poolSize: number): DataSourceOptions & { type: 'postgres' } {
  return {
    type: 'postgres',
    url,
    poolSize,
    synchronize: false,
    migrationsRun: false,
    migrations,
    // Ids are made here: no extension is needed, and the embedded Postgres has none.
    installExtensions: false,
    uuidExtension: 'pgcrypto',
    applicationName: 'causeway-control-plane',
    extra: { connectionTimeoutMillis: CONNECT_MS },
  };
}

/** Brings the database to the newest migration; safe when several control planes start at once. */
import { DataSource } from 'typeorm';
import type { Settings } from './config.js';
import { dataSourceOptions } from './data-source.js';

/** Any number, the same in every control plane. */
const LOCK = 4_801_000;

/** @returns names of the migrations that ran */
export async function runMigrations({ databaseUrl, databasePool }: Settings): Promise<string[]> {
  const dataSource = await new DataSource(dataSourceOptions(databaseUrl, databasePool)).initialize();
  try {
    // A pool of one, the embedded database, has nobody to be locked out, and no second connection to run migrations on.
    return databasePool > 1 ? await underLock(dataSource) : await run(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

async function underLock(dataSource: DataSource): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  try {
    // Held by the session, which ends with the pool.
    await runner.query('SELECT pg_advisory_lock($1)', [LOCK]);
    return await run(dataSource);
  } finally {
    await runner.release();
  }
}

async function run(dataSource: DataSource): Promise<string[]> {
  const ran = await dataSource.runMigrations({ transaction: 'each' });
  return ran.map(({ name }) => name);
}

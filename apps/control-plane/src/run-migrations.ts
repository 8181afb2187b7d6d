/** Brings the database to the newest migration; safe when several control planes start at once. */
import type { DataSource } from 'typeorm';

/** Any number, the same in every control plane. */
const LOCK = 4_801_000;

/** @returns names of the migrations that ran */
export async function runMigrations(dataSource: DataSource): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  // A pool of one, the embedded database, has nobody to be locked out, and no second connection to run migrations on.
  const shared = dataSource.options.type === 'postgres' && (dataSource.options.poolSize ?? 10) > 1;
  try {
    if (shared) await runner.query('SELECT pg_advisory_lock($1)', [LOCK]);
    else await runner.release();
    const ran = await dataSource.runMigrations({ transaction: 'each' });
    return ran.map(({ name }) => name);
  } finally {
    if (shared) {
      await runner.query('SELECT pg_advisory_unlock($1)', [LOCK]);
      await runner.release();
    }
  }
}

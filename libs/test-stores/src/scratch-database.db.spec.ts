import { expect, it } from '@jest/globals';
import pg from 'pg';
import { createScratchDatabase } from './scratch-database.js';

it('gives each suite a database of its own and drops it', async () => {
  const [one, two] = [await createScratchDatabase(), await createScratchDatabase()];
  await query(one.url, 'CREATE TABLE t (x integer)');
  expect(await query(two.url, `SELECT to_regclass('t') AS t`)).toEqual([{ t: null }]);
  await Promise.all([one.drop(), two.drop()]);
  await expect(query(one.url, 'SELECT 1')).rejects.toThrow();
});

async function query(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return rows;
}

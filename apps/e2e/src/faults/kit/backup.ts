/** A copy of a database as it was, to be put back in its place. */
import pg from 'pg';

export interface Backup {
  /** In place of what the database holds by now. Nobody may be connected who minds. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

/** Nobody else may be connected: the control planes are stopped. */
export async function takeBackup(databaseUrl: string): Promise<Backup> {
  const server = new URL(databaseUrl);
  const name = server.pathname.slice(1);
  const copy = `${name}_backup`;
  server.pathname = '/postgres';
  const run = async (...statements: string[]): Promise<void> => {
    const client = new pg.Client({ connectionString: server.href });
    await client.connect();
    try {
      for (const sql of statements) await client.query(sql);
    } finally {
      await client.end();
    }
  };
  await run(`CREATE DATABASE ${copy} TEMPLATE ${name}`);
  return {
    restore: () => run(`DROP DATABASE ${name} WITH (FORCE)`, `CREATE DATABASE ${name} TEMPLATE ${copy}`),
    close: () => run(`DROP DATABASE IF EXISTS ${copy} WITH (FORCE)`),
  };
}

/** A database for one benchmark on the Postgres of `DATABASE_URL`, dropped at its end. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { clearAtEnd } from '../programs.js';

export interface ScratchDatabase {
  url: string;
  client: pg.Client;
  drop: () => Promise<void>;
}

export function databaseServer(): string {
  return process.env.DATABASE_URL ?? '';
}

export async function createDatabase(): Promise<ScratchDatabase> {
  const name = `causeway_bench_${randomBytes(6).toString('hex')}`;
  await onServer(`CREATE DATABASE ${name}`);
  const url = new URL(databaseServer());
  url.pathname = `/${name}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  const drop = () => onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  const forget = clearAtEnd(drop);
  // Dropping it under an open connection is how Ctrl-C ends.
  client.on('error', () => {});
  return {
    url: url.href,
    client,
    async drop() {
      forget();
      await client.end();
      await drop();
    },
  };
}

async function onServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseServer() });
  await client.connect();
  await client.query(sql);
  await client.end();
}

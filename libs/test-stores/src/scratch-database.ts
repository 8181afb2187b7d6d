/** A database of its own for a suite, dropped afterwards: on the server of `DATABASE_URL`, embedded where there is none. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveEmbeddedPostgres } from '@causeway/embedded-postgres';
import pg from 'pg';
import { postgresUrl } from './which-stores.js';

export interface ScratchDatabase {
  readonly url: string;
  /** True where all connections share one session: pools of 1, and no query beside an open transaction. */
  readonly isEmbedded: boolean;
  drop(): Promise<void>;
}

export function createScratchDatabase(): Promise<ScratchDatabase> {
  return postgresUrl ? createOnServer(postgresUrl) : createEmbedded();
}

async function createOnServer(server: string): Promise<ScratchDatabase> {
  const name = `causeway_test_${randomBytes(6).toString('hex')}`;
  await runOn(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, isEmbedded: false, drop: () => runOn(server, `DROP DATABASE ${name} WITH (FORCE)`) };
}

async function runOn(server: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(sql);
  await client.end();
}

async function createEmbedded(): Promise<ScratchDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'causeway-test-'));
  const postgres = await serveEmbeddedPostgres(join(folder, '.s.PGSQL.5432'));
  return {
    url: `postgres://postgres@${encodeURIComponent(folder)}/postgres`,
    isEmbedded: true,
    async drop() {
      await postgres.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A Postgres of a story's own, to be shut down, killed and started again: needs `initdb` and `postgres`, on the PATH or where packages put them. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import pg from 'pg';
import { freePort } from '../../harness/free-port.js';
import { until } from '../../harness/until.js';

const PACKAGES = '/usr/lib/postgresql';
const VERSIONS = existsSync(PACKAGES) ? readdirSync(PACKAGES) : [];
const BIN = [...(process.env.PATH ?? '').split(delimiter), ...VERSIONS.map((version) => join(PACKAGES, version, 'bin'))].find(
  (folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')),
);
/** Postgres refuses to run as root. */
const OWNER = process.getuid?.() === 0 ? ownerOf('postgres') : {};

/** False where it is not installed, and where root has nobody to run it as. */
export const hasPostgresServer = BIN !== undefined && OWNER !== null;

export interface OwnPostgres {
  /** Of a database of its own. */
  readonly url: string;
  /** SIGQUIT: an immediate shutdown, after which it recovers from its log. SIGINT: a fast one. Resolves when it is gone. */
  stop(signal: 'SIGQUIT' | 'SIGINT'): Promise<void>;
  /** Kills one process that serves a connection of a control plane in the middle of a transaction, on which it starts over by itself. */
  killBackend(): Promise<void>;
  /** On the same port, with what it held. */
  start(): Promise<void>;
  close(): Promise<void>;
}

export async function startOwnPostgres(): Promise<OwnPostgres> {
  const bin = BIN ?? '';
  const folder = await mkdtemp(join(tmpdir(), 'causeway-postgres-'));
  const data = join(folder, 'data');
  const owner = OWNER ?? {};
  if (owner.uid !== undefined && owner.gid !== undefined) await chown(folder, owner.uid, owner.gid);
  const options = { ...owner, cwd: folder, stdio: 'ignore' } as const;
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'], options);
  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/causeway`;
  const serverUrl = `postgres://postgres@127.0.0.1:${port}/postgres`;
  let child: ChildProcess | undefined;

  const postgres: OwnPostgres = {
    url,
    async stop(signal) {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    },
    async killBackend() {
      await until(async () => {
        const [row] = await query<{ pid: number }>(
          serverUrl,
          `SELECT pid FROM pg_stat_activity WHERE datname = 'causeway' AND backend_xid IS NOT NULL LIMIT 1`,
        );
        if (row) process.kill(row.pid, 'SIGKILL');
        return row !== undefined;
      }, 'a backend writes');
    },
    async start() {
      const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${folder}`];
      child = spawn(join(bin, 'postgres'), ['-D', data, '-p', `${port}`, ...settings], options);
      await until(
        () =>
          query(serverUrl, 'SELECT 1').then(
            () => true,
            () => false,
          ),
        `Postgres answers on ${port}`,
      );
    },
    async close() {
      await postgres.stop('SIGQUIT');
      await rm(folder, { recursive: true, force: true });
    },
  };
  await postgres.start();
  await query(serverUrl, 'CREATE DATABASE causeway');
  return postgres;
}

async function query<T>(connectionString: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString });
  // Its end is told by the query that it broke.
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}

function ownerOf(user: string): { uid?: number; gid?: number } | null {
  try {
    const id = (which: string): number => Number(execFileSync('id', [which, user], { stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return null;
  }
}

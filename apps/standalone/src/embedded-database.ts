/** Starts the embedded Postgres and says how to reach it. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scriptOf } from './child.js';
import type { Supervisor } from './supervisor.js';

/** A socket's path must fit into 108 bytes with its terminator; longer ones are cut off silently. */
const SOCKET_PATH_MAX_BYTES = 100;

export interface EmbeddedDatabase {
  readonly url: string;
  /** Removes what must not outlive the process. */
  cleanUp(): void;
}

/** A Unix socket in a folder of mode 0700: Postgres asks for no password here, and no port is taken. */
export async function startEmbeddedDatabase(
  supervisor: Supervisor,
  options: { dataDir: string; logFolder: string; environment: NodeJS.ProcessEnv },
): Promise<EmbeddedDatabase> {
  const { folder, isTemporary } = socketFolder(options.dataDir);
  const child = supervisor.start({
    name: 'postgres',
    script: scriptOf('standalone', 'embedded-postgres.js'),
    args: [join(folder, '.s.PGSQL.5432'), join(options.dataDir, 'postgres')],
    environment: options.environment,
    logFolder: options.logFolder,
  });
  await Promise.race([child.spoke, supervisor.failed]);
  return {
    url: `postgres://postgres@${encodeURIComponent(folder)}/postgres`,
    cleanUp: () => {
      if (isTemporary) rmSync(folder, { recursive: true, force: true });
    },
  };
}

function socketFolder(dataDir: string): { folder: string; isTemporary: boolean } {
  const folder = join(dataDir, 'run');
  if (Buffer.byteLength(join(folder, '.s.PGSQL.5432')) > SOCKET_PATH_MAX_BYTES) {
    return { folder: mkdtempSync(join(tmpdir(), 'causeway-')), isTemporary: true };
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return { folder, isTemporary: false };
}

/** Opens an embedded Postgres and serves it on a Unix socket, where `pg` finds it like any other. */
import { existsSync, rmSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { readTemplate } from './template.js';

/** All connections share one session, so more of them bring nothing; the spare ones are for whoever looks in. */
const MAX_CONNECTIONS = 16;

export interface EmbeddedPostgres {
  close(): Promise<void>;
}

/**
 * @param socketPath ends in `.s.PGSQL.5432`, the name that clients derive from its folder
 * @param dataFolder keeps the database; without one it lives in memory
 */
export async function serveEmbeddedPostgres(socketPath: string, dataFolder?: string): Promise<EmbeddedPostgres> {
  const isNew = dataFolder === undefined || !existsSync(dataFolder);
  const template = isNew ? await readTemplate() : undefined;
  const db = await PGlite.create({ ...(dataFolder && { dataDir: dataFolder }), ...(template && { loadDataDir: template }) });
  rmSync(socketPath, { force: true }); // left over by a killed process
  const server = new PGLiteSocketServer({ db, path: socketPath, maxConnections: MAX_CONNECTIONS });
  await server.start();
  return {
    async close() {
      await server.stop();
      await db.close();
      rmSync(socketPath, { force: true });
    },
  };
}

/** Postgres in WebAssembly as a process of its own: `node embedded-postgres.js <data folder> <socket path>`. */
import { rmSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

const [dataFolder = '', socketPath = ''] = process.argv.slice(2);
if (!socketPath) throw new Error('usage: embedded-postgres <data folder> <socket path>');

const db = await PGlite.create(dataFolder);
rmSync(socketPath, { force: true }); // left over by a killed process
// All connections share one session, so more of them bring nothing; the spare ones are for whoever looks in with psql.
const server = new PGLiteSocketServer({ db, path: socketPath, maxConnections: 8 });
await server.start();
process.send?.('ready');

let isStopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (isStopping) return;
    isStopping = true;
    void stop();
  });
}

async function stop(): Promise<void> {
  await server.stop();
  await db.close();
  rmSync(socketPath, { force: true });
  process.exit(0);
}

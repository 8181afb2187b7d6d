/** The embedded Postgres as a process of its own: `node embedded-postgres.js <socket path> <data folder>`. */
import { serveEmbeddedPostgres } from '@causeway/embedded-postgres';

const [socketPath, dataFolder] = process.argv.slice(2);
if (!socketPath || !dataFolder) throw new Error('usage: embedded-postgres <socket path> <data folder>');

const postgres = await serveEmbeddedPostgres(socketPath, dataFolder);
process.send?.('ready');

let isStopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (isStopping) return;
    isStopping = true;
    void postgres.close().then(() => process.exit(0));
  });
}

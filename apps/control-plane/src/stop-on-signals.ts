/** Ends the process gracefully: takes no more connections, finishes what runs, closes the stores, exits with 0. */
import type { Server } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import type { Logger } from 'pino';

/** A client that does not take its answer must not keep the process; supervisors commonly kill after this. */
const DRAIN_MS = 8000;

export function stopOnSignals(app: INestApplication, logger: Logger): void {
  const stop = async (signal: NodeJS.Signals) => {
    logger.info({ signal }, 'stopping');
    const server: Server = app.getHttpServer();
    // Before Nest's own hooks: event streams that they end would otherwise come back by a new connection.
    server.close();
    setTimeout(() => server.closeAllConnections(), DRAIN_MS).unref();
    try {
      await app.close();
    } catch (error) {
      logger.fatal({ err: error }, 'did not stop cleanly');
      process.exit(1);
    }
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(signal));
}

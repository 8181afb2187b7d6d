/** Starts the control plane. */
import 'reflect-metadata';
import pino from 'pino';
import { DataSource } from 'typeorm';
import { readSettings } from './config.js';
import { createApp } from './create-app.js';
import { dataSourceOptions } from './data-source.js';
import { runMigrations } from './run-migrations.js';

const settings = readSettings();
if ('problems' in settings) {
  for (const problem of settings.problems) process.stderr.write(`${problem}\n`);
  process.exit(1);
}
const logger = pino({ level: settings.logLevel, base: { service: 'control-plane' } });
try {
  const migrating = await new DataSource(dataSourceOptions(settings.databaseUrl, settings.databasePool)).initialize();
  const ran = await runMigrations(migrating);
  await migrating.destroy();
  if (ran.length > 0) logger.info({ migrations: ran }, 'migrated');
  const app = await createApp(settings, logger);
  await app.listen(settings.port, settings.host);
  logger.info({ url: await app.getUrl() }, 'listening');
} catch (error) {
  logger.fatal({ err: error }, reason(error as NodeJS.ErrnoException));
  process.exit(1);
}

function reason(error: NodeJS.ErrnoException): string {
  if (error.code !== 'EADDRINUSE') return 'cannot start';
  const { port, host } = settings as { port: number; host: string };
  return `Port ${port} on ${host} is taken: set CAUSEWAY_MANAGEMENT_PORT to another port`;
}

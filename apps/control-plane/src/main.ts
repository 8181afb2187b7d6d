/** Starts the control plane. */
import 'reflect-metadata';
import pino from 'pino';
import { startProblem } from './cannot-start.js';
import { readSettings } from './config.js';
import { createApp } from './create-app.js';
import { runMigrations } from './run-migrations.js';
import { stopOnSignals } from './stop-on-signals.js';

const settings = readSettings();
if ('problems' in settings) {
  for (const problem of settings.problems) process.stderr.write(`${problem}\n`);
  process.exit(1);
}
const logger = pino({ level: settings.logLevel, base: { service: 'control-plane' } });
try {
  const ran = await runMigrations(settings);
  if (ran.length > 0) logger.info({ migrations: ran }, 'migrated');
  const app = await createApp(settings, logger);
  await app.listen(settings.port, settings.host);
  stopOnSignals(app, logger);
  logger.info({ url: await app.getUrl() }, 'listening');
} catch (error) {
  const problem = startProblem(error, settings);
  if (problem !== null) logger.fatal(problem);
  else logger.fatal({ err: error }, 'cannot start');
  process.exit(1);
}

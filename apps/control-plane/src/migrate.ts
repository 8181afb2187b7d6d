/** `npm run migrate`: brings the database to the newest migration and ends. */
import { DataSource } from 'typeorm';
import { readSettings } from './config.js';
import { dataSourceOptions } from './data-source.js';
import { runMigrations } from './run-migrations.js';

const settings = readSettings();
if ('problems' in settings) {
  for (const problem of settings.problems) process.stderr.write(`${problem}\n`);
  process.exit(1);
}
const dataSource = await new DataSource(dataSourceOptions(settings.databaseUrl, settings.databasePool)).initialize();
const ran = await runMigrations(dataSource);
process.stdout.write(ran.length === 0 ? 'The database is up to date.\n' : `Ran ${ran.join(', ')}.\n`);
await dataSource.destroy();

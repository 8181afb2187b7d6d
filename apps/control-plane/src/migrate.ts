/** `npm run migrate`: brings the database to the newest migration and ends. */
import { startProblem } from './cannot-start.js';
import { readSettings } from './config.js';
import { runMigrations } from './run-migrations.js';

const settings = readSettings();
if ('problems' in settings) {
  for (const problem of settings.problems) process.stderr.write(`${problem}\n`);
  process.exit(1);
}
try {
  const ran = await runMigrations(settings);
  process.stdout.write(ran.length === 0 ? 'The database is up to date.\n' : `Ran ${ran.join(', ')}.\n`);
} catch (error) {
  process.stderr.write(`${startProblem(error, settings) ?? `The migrations failed: ${(error as Error).message}`}\n`);
  process.exit(1);
}

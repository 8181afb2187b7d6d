/** `npm run reseal`: seals everything with the first master key; ends with 1 while something is left under another. */
import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { startProblem } from './cannot-start.js';
import { readSettings } from './config.js';
import { dataSourceOptions } from './data-source.js';
import { reseal } from './secrets/reseal/reseal.js';

const settings = readSettings();
if ('problems' in settings) {
  for (const problem of settings.problems) process.stderr.write(`${problem}\n`);
  process.exit(1);
}
let isStopped = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => (isStopped = true));
try {
  const dataSource = await new DataSource(dataSourceOptions(settings.databaseUrl, settings.databasePool)).initialize();
  try {
    if (await dataSource.showMigrations()) {
      process.stderr.write('The database is older than this release: run npm run migrate first.\n');
      process.exitCode = 1;
    } else {
      const tell = (line: string) => void process.stdout.write(`${line}\n`);
      const isDone = await reseal(dataSource, settings, { tell, isStopped: () => isStopped });
      if (!isDone) process.exitCode = 1;
    }
  } finally {
    await dataSource.destroy();
  }
} catch (error) {
  process.stderr.write(`${startProblem(error, settings) ?? `Not finished: ${(error as Error).message}`}\n`);
  process.exitCode = 1;
}

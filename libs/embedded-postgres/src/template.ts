/** A packed empty database: laying one out takes seconds, unpacking this copy tenths of one. */
import { existsSync, openAsBlob } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';

/** The template, or undefined where none was made: then the database is laid out the slow way. */
export async function readTemplate(): Promise<Blob | undefined> {
  const file = await templateFile();
  return existsSync(file) ? openAsBlob(file, { type: 'application/gzip' }) : undefined;
}

export async function makeTemplate(): Promise<void> {
  const file = await templateFile();
  if (existsSync(file)) return;
  const db = await PGlite.create();
  const dump = await db.dumpDataDir('gzip');
  await db.close();
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.${process.pid}`, Buffer.from(await dump.arrayBuffer()));
  await rename(`${file}.${process.pid}`, file);
}

/** One for each version of PGlite, beside other things that can be made again. */
async function templateFile(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const { version } = JSON.parse(await readFile(join(dirname(entry), '..', 'package.json'), 'utf8')) as { version: string };
  return join(
    fileURLToPath(new URL('../../../', import.meta.url)),
    'node_modules',
    '.cache',
    'causeway',
    `postgres-${version}.tgz`,
  );
}

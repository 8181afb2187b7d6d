/** A copy of this checkout, built as far as it is, for a story that changes the source. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const PARTS = ['README.md', 'package.json', 'tsconfig.base.json', 'jest.config.mjs', 'apps', 'docs', 'libs', 'migrations'];
const LEFT_OUT = new Set(['node_modules', '.causeway', '.nx']);

export interface Checkout {
  readonly folder: string;
  /** Writes a new file. */
  create(path: string, text: string): Promise<void>;
  /** Changes a file as a diff without line numbers says; its parts are separated by `@@`. What surrounds a change must be there once. */
  change(path: string, diff: string): Promise<void>;
  read(path: string): Promise<string>;
  /** Runs a command of `node_modules/.bin`, or `node`; gives what it printed. */
  run(command: string, args: readonly string[], environment?: Record<string, string>): Promise<string>;
  remove(): Promise<void>;
}

export async function copyCheckout(): Promise<Checkout> {
  const folder = await mkdtemp(join(tmpdir(), 'causeway-checkout-'));
  const filter = (path: string) => !LEFT_OUT.has(path.split('/').at(-1) ?? '');
  // With its times: what is built already is not built again.
  for (const part of PARTS) await cp(join(ROOT, part), join(folder, part), { recursive: true, preserveTimestamps: true, filter });
  await linkPackages(folder);
  const read = (path: string) => readFile(join(folder, path), 'utf8');
  return {
    folder,
    read,
    async create(path, text) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), `${text}\n`, { flag: 'wx' });
    },
    async change(path, diff) {
      let text = await read(path);
      for (const part of diff.split(/^@@$\n?/m)) text = changed(path, text, part.replace(/\n$/, '').split('\n'));
      await writeFile(join(folder, path), text);
    },
    async run(command, args, environment = {}) {
      const program = command === 'node' ? process.execPath : join(folder, 'node_modules/.bin', command);
      const options = { cwd: folder, env: { PATH: process.env.PATH ?? '', ...environment }, maxBuffer: 16 * 1024 * 1024 };
      const { stdout, stderr } = await promisify(execFile)(program, [...args], options).catch((error) => {
        throw new Error(`${command} ${args.join(' ')}\n${error.stdout}\n${error.stderr}`);
      });
      return stdout + stderr;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Packages of others are this checkout's; those of the repository are the copy's own. */
async function linkPackages(folder: string): Promise<void> {
  const own = 'node_modules/@causeway';
  await mkdir(join(folder, own), { recursive: true });
  for (const name of await readdir(join(ROOT, own)))
    await symlink(await readlink(join(ROOT, own, name)), join(folder, own, name));
  for (const name of await readdir(join(ROOT, 'node_modules')))
    if (name !== '@causeway') await symlink(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  for (const kind of ['apps', 'libs'])
    for (const name of await readdir(join(ROOT, kind))) {
      const nested = join(kind, name, 'node_modules');
      if (existsSync(join(ROOT, nested))) await symlink(join(ROOT, nested), join(folder, nested));
    }
}

function changed(path: string, text: string, lines: readonly string[]): string {
  const side = (left: string) => lines.flatMap((line) => (line.startsWith(left) ? [] : [`${line.slice(1)}\n`])).join('');
  const [before, after] = [side('+'), side('-')];
  const parts = text.split(before);
  if (before === '' || parts.length !== 2) throw new Error(`${path} holds this ${parts.length - 1} times, not once:\n${before}`);
  return parts.join(after);
}

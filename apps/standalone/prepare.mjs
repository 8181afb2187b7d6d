/** Installs and builds what is missing, so that every command of this repository works on a fresh clone with nothing but Node. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const stampFile = join(root, 'node_modules', '.cache', 'causeway', 'built');
const withBuild = !process.argv.includes('--no-build');

refuseOldNode();
install();
if (withBuild) build();

function refuseOldNode() {
  const needed = readJson('package.json').engines.node.replace('>=', '');
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [neededMajor, neededMinor] = needed.split('.').map(Number);
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return;
  fail(`Causeway needs Node ${needed} or newer; this is Node ${process.versions.node}.`);
}

/** Compares what npm says it installed with the lock file: exact, and independent of file times. */
function install() {
  const missing = missingPackages();
  if (missing.length === 0) return;
  console.error(`Installing dependencies (${missing.length} missing or outdated) ...`);
  run(
    'npm',
    ['ci', '--no-audit', '--no-fund', '--loglevel=error'],
    'Dependencies could not be installed; what npm says is above.',
  );
}

function missingPackages() {
  const wanted = readJson('package-lock.json').packages;
  const installed = readJson('node_modules/.package-lock.json')?.packages ?? {};
  return Object.entries(wanted)
    .filter(([path, entry]) => path.startsWith('node_modules/') && !entry.optional && !entry.peer)
    .filter(([path, entry]) => (entry.link ? !existsSync(join(root, path)) : installed[path]?.version !== entry.version))
    .map(([path]) => path);
}

/** Nx knows by itself what to build again, but takes seconds to say "nothing": the stamp answers that in milliseconds. */
function build() {
  const projects = projectFolders();
  const before = stampOf(projects);
  const isBuilt = projects.every((folder) => existsSync(join(root, folder, 'dist')));
  if (isBuilt && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === before) return;
  console.error('Building (seconds when little changed, a minute the first time) ...');
  rmSync(stampFile, { force: true });
  const nx = join('node_modules', '.bin', 'nx');
  run(nx, ['run-many', '-t', 'build', '--outputStyle=static'], 'The build failed; the errors are above.', { quiet: true });
  run(process.execPath, ['libs/embedded-postgres/dist/make-template.js'], 'The embedded database could not be prepared.');
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, before);
}

function projectFolders() {
  return readJson('package.json')
    .workspaces.flatMap((pattern) => (pattern.endsWith('/*') ? childrenOf(pattern.slice(0, -2)) : [pattern]))
    .filter((folder) => existsSync(join(root, folder, 'src')));
}

function childrenOf(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${folder}/${entry.name}`);
}

/** A hash over path, size and time of change of everything a build reads. */
function stampOf(projects) {
  const hash = createHash('sha256');
  const add = (path) => {
    const { size, mtimeMs } = statSync(join(root, path));
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  };
  for (const path of ['tsconfig.base.json', 'package-lock.json', 'nx.json']) add(path);
  for (const folder of projects) {
    add(`${folder}/package.json`);
    add(`${folder}/tsconfig.json`);
    for (const entry of readdirSync(join(root, folder, 'src'), { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) add(join((entry.parentPath ?? entry.path).slice(root.length + 1), entry.name));
    }
  }
  return hash.digest('hex');
}

/** `quiet` shows the output of a command only when it fails. Nothing goes to standard output: that belongs to the command that follows. */
function run(command, args, complaint, { quiet = false } = {}) {
  const output = quiet ? 'pipe' : 2;
  const { status, signal, error, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', output, output],
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32',
  });
  if (status === 0) return;
  if (quiet) process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
  fail(`${complaint} (${command} ${args[0]}: ${error?.message ?? signal ?? `exit code ${status}`})`);
}

function readJson(path) {
  const file = join(root, path);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

/** `npm run dev`: runs everything, and builds and restarts it when a source file changes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Editors write a file in several steps, and a branch switch changes many files. */
const QUIET_MS = 200;

const root = fileURLToPath(new URL('../../../', import.meta.url));
const SOURCE = /^(apps|libs|migrations)\/.*\.(ts|ya?ml|json)$/;
const OUTPUT = /(^|\/)(node_modules|dist)\//;

let launcher = startLauncher();
let timer: NodeJS.Timeout | undefined;
let work = Promise.resolve();

watch(root, { recursive: true }, (_, file) => {
  const path = file?.replaceAll('\\', '/') ?? '';
  if (!SOURCE.test(path) || OUTPUT.test(path)) return;
  clearTimeout(timer);
  timer = setTimeout(() => {
    work = work.then(buildAndRestart);
  }, QUIET_MS);
});

/** What runs goes on running while the sources do not build. */
async function buildAndRestart(): Promise<void> {
  const build = spawn(process.execPath, ['apps/standalone/prepare.mjs'], { cwd: root, stdio: 'inherit' });
  const [code] = await once(build, 'exit');
  if (code !== 0) return;
  if (launcher.exitCode === null) {
    launcher.kill('SIGTERM');
    await once(launcher, 'exit');
  }
  launcher = startLauncher();
}

function startLauncher(): ChildProcess {
  return spawn(process.execPath, ['apps/standalone/dist/main.js'], { cwd: root, stdio: 'inherit' });
}

// Ctrl-C reaches the launcher as well, which stops everything in order; this process only waits for it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (signal === 'SIGTERM') launcher.kill(signal);
    if (launcher.exitCode !== null) process.exit(0);
    launcher.once('exit', () => process.exit(0));
  });
}

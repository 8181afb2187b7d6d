/** Decides once per run which stores the suites have, starts a Redis where it can, and says what is skipped. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default async function startStores() {
  const lines = [
    process.env.DATABASE_URL ? 'Postgres: DATABASE_URL' : 'Postgres: embedded; skipped: suites about locks (no DATABASE_URL)',
  ];
  if (process.env.REDIS_URL) {
    lines.push('Redis: REDIS_URL');
  } else if (spawnSync('redis-server', ['--version']).status === 0) {
    process.env.REDIS_URL = await startRedis();
    lines.push(`Redis: redis-server from the PATH, on ${process.env.REDIS_URL}`);
  } else {
    lines.push('Redis: none; skipped: suites that need it (no REDIS_URL, no redis-server on the PATH)');
  }
  process.stderr.write(`\nStores of this run. ${lines.join('. ')}.\n`);
}

async function startRedis() {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'causeway-redis-'));
  const options = `--port ${port} --bind 127.0.0.1 --save '' --appendonly no --dir '${folder}'`;
  // The shell ends Redis when its standard input closes, so that a killed test run leaves none behind.
  const script = `redis-server ${options} >/dev/null & read -r _; kill $!; wait; rm -rf '${folder}'`;
  globalThis.causewayTestRedis = spawn('sh', ['-c', script], { stdio: ['pipe', 'ignore', 'inherit'], detached: true });
  globalThis.causewayTestRedis.unref();
  globalThis.causewayTestRedis.stdin.unref();
  await answers(port);
  return `redis://127.0.0.1:${port}`;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function answers(port) {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (await canConnect(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`redis-server does not answer on port ${port}`);
}

function canConnect(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

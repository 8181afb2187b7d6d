/** The service as a process: how it starts, what it says when it cannot, and how it ends. Runs the build output. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createScratchDatabase, type ScratchDatabase } from '@causeway/test-stores';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

let database: ScratchDatabase;
let folder: string;
const token = `cwt_${randomBytes(24).toString('hex')}`;
const children: ChildProcess[] = [];

beforeAll(async () => {
  database = await createScratchDatabase();
  folder = await mkdtemp(join(tmpdir(), 'causeway-main-'));
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

function start(script: string, environment: Record<string, string>) {
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'dist', script)], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let output = '';
  const watchers = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => {
      output += part.toString('utf8');
      for (const look of watchers) look();
    });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const says = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const look = () => void (output.includes(text) && resolve(output));
      watchers.add(look);
      void ended.then(() => reject(new Error(`ended without saying ${text}: ${output}`)));
      look();
    });
  return { child, ended, says, output: () => output };
}

const settings = () => ({
  DATABASE_URL: database.url,
  CAUSEWAY_DATABASE_POOL: database.isEmbedded ? '1' : '3',
  CAUSEWAY_MASTER_KEY: `k1:${Buffer.alloc(32, 3).toString('base64')}`,
  CAUSEWAY_ADMIN_TOKEN: token,
  CAUSEWAY_NODE_TOKEN: 'n'.repeat(32),
  CAUSEWAY_MANAGEMENT_HOST: '127.0.0.1',
});

describe('the service', () => {
  it('names every bad setting at once, repeats no secret, and ends with 1', async () => {
    const { ended, output } = start('main.js', {
      DATABASE_URL: 'mysql://x',
      CAUSEWAY_MASTER_KEY: 'k1:c2hvcnQ=',
      CAUSEWAY_NODE_TOKEN: 'tooshort',
      CAUSEWAY_ADMIN_TOKEN_FILE: join(folder, 'absent'),
      CAUSEWAY_MANAGEMENT_PORT: '70000',
      CAUSEWAY_LOG_LEVEL: 'loud',
    });
    expect(await ended).toBe(1);
    const named = output()
      .trim()
      .split('\n')
      .map((line) => line.split(':')[0]);
    expect(named.sort()).toEqual([
      'CAUSEWAY_ADMIN_TOKEN',
      'CAUSEWAY_ADMIN_TOKEN_FILE',
      'CAUSEWAY_LOG_LEVEL',
      'CAUSEWAY_MANAGEMENT_PORT',
      'CAUSEWAY_MASTER_KEY',
      'CAUSEWAY_NODE_TOKEN',
      'DATABASE_URL',
    ]);
    expect(output()).not.toMatch(/tooshort|c2hvcnQ/);
  });

  it('migrates, takes secrets from files, logs one JSON object a line, finishes what runs on SIGTERM, and ends with 0', async () => {
    const file = join(folder, 'token');
    await writeFile(file, `${token}\n`);
    const { CAUSEWAY_ADMIN_TOKEN: _, ...rest } = settings();
    const service = start('main.js', { ...rest, CAUSEWAY_ADMIN_TOKEN_FILE: file, CAUSEWAY_MANAGEMENT_PORT: '0' });
    await service.says('"listening"');
    const { port } = new URL(JSON.parse(lastLine(service.output(), 'listening')).url);
    const call = (path: string, init: RequestInit = {}) =>
      fetch(`http://127.0.0.1:${port}${path}`, {
        ...init,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      });
    expect((await call('/readyz')).status).toBe(200);
    expect((await call('/api/v1/instances')).status).toBe(200);

    const running = slowPost(Number(port), { name: 'in_flight' });
    await running.accepted;
    service.child.kill('SIGTERM');
    await service.says('"stopping"');
    await expect(call('/livez')).rejects.toThrow();
    running.finish();
    expect(await running.status).toBe(201);
    expect(await service.ended).toBe(0);
    for (const line of service.output().trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ level: expect.any(Number) });
    expect(service.output()).not.toContain(token);
  });

  it('says in one line that its port is taken, and which setting to change', async () => {
    const port = await holdPort();
    const { ended, output } = start('main.js', { ...settings(), CAUSEWAY_MANAGEMENT_PORT: String(port) });
    expect(await ended).toBe(1);
    const fatal = JSON.parse(lastLine(output(), '"level":60'));
    expect(fatal.msg).toBe(`Port ${port} on 127.0.0.1 is taken: set CAUSEWAY_MANAGEMENT_PORT to another one.`);
    expect(output()).not.toContain('    at ');
  });

  it('does not start with a master key that opens nothing of the store', async () => {
    const other = `k2:${Buffer.alloc(32, 4).toString('base64')}`;
    const { ended, output } = start('main.js', { ...settings(), CAUSEWAY_MASTER_KEY: other, CAUSEWAY_MANAGEMENT_PORT: '0' });
    expect(await ended).toBe(1);
    expect(JSON.parse(lastLine(output(), '"level":60')).msg).toContain('CAUSEWAY_MASTER_KEY');
  });

  it('says in one line that the database does not answer', async () => {
    // Port 9 (discard) of this machine: nobody listens there.
    const away = { ...settings(), DATABASE_URL: 'postgres://postgres@127.0.0.1:9/postgres' };
    for (const script of ['main.js', 'migrate.js']) {
      const { ended, output } = start(script, away);
      expect(await ended).toBe(1);
      expect(output()).toContain('The database of DATABASE_URL does not answer (ECONNREFUSED).');
      expect(output().trim().split('\n')).toHaveLength(1);
    }
  });

  it('has migrations that run once, by themselves too', async () => {
    const { ended, output } = start('migrate.js', settings());
    expect(await ended).toBe(0);
    expect(output()).toBe('The database is up to date.\n');
  });
});

/** A request whose last byte is held back. */
function slowPost(port: number, body: object) {
  const text = JSON.stringify(body);
  const sent = request({
    port,
    host: '127.0.0.1',
    method: 'POST',
    path: '/api/v1/groups',
    agent: new Agent({ keepAlive: true }),
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      expect: '100-continue',
    },
  });
  const accepted = new Promise((resolve) => sent.once('continue', resolve));
  const status = new Promise<number | undefined>((resolve, reject) => {
    sent.once('error', reject).once('response', (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode));
    });
  });
  sent.flushHeaders();
  return { accepted, status, finish: () => sent.end(text) };
}

/** A port that is taken until the suite ends. */
function holdPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().unref();
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}

function lastLine(output: string, text: string): string {
  return (
    output
      .trim()
      .split('\n')
      .findLast((line) => line.includes(text)) ?? '{}'
  );
}

/** The Redis that keeps nonces: the one of REDIS_URL, else one started for the benchmark on the core of the load. */
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import type { Cores } from '../cores.js';
import { freePort } from '../free-port.js';
import { start } from '../programs.js';
import { isOnPath } from '../tools.js';

const START_MS = 10_000;

export function hasRedis(): boolean {
  return givenUrl() !== '' || isOnPath('redis-server');
}

/** @returns its URL */
export async function startRedis(cores: Cores, workDir: string): Promise<string> {
  return givenUrl() !== '' ? givenUrl() : (await startOwnRedis(cores, join(workDir, 'redis'))).url;
}

/** One that nobody else uses. @returns its URL, and how to end it */
export async function startOwnRedis(cores: Cores, folder: string): Promise<{ url: string; stop: () => Promise<void> }> {
  const port = await freePort();
  mkdirSync(folder, { recursive: true });
  const inMemory = ['--save', '', '--appendonly', 'no', '--dir', folder];
  const redis = start('redis-server', ['--port', String(port), '--bind', '127.0.0.1', ...inMemory], { core: cores.load });
  for (const end = Date.now() + START_MS; !(await accepts(port)); await later(20)) {
    if (redis.hasEnded() || Date.now() > end) throw new Error(`redis-server did not start: ${redis.complaints()}`);
  }
  return { url: `redis://127.0.0.1:${port}`, stop: redis.stop };
}

function givenUrl(): string {
  return process.env.REDIS_URL ?? '';
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

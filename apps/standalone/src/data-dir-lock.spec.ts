import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lockDataDir } from './data-dir-lock.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'causeway-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the lock of a data folder', () => {
  it('is refused to a second launcher, with the number of the first', async () => {
    const lock = await lockDataDir(folder);
    await expect(lockDataDir(folder)).rejects.toThrow(`(process ${process.pid})`);
    lock.release();
    (await lockDataDir(folder)).release();
  });

  it('is taken over from a killed launcher once its children have ended', async () => {
    const child = spawn('sleep', ['0.3']);
    const ended = once(child, 'exit');
    const lock = await lockDataDir(folder);
    lock.add(child.pid as number);
    const [, childHolder] = JSON.parse(readFileSync(join(folder, 'lock'), 'utf8'));
    writeFileSync(join(folder, 'lock'), JSON.stringify([{ pid: 2 ** 22 + 1, startedAt: null }, childHolder]));
    const taken = lockDataDir(folder);
    const first = await Promise.race([taken.then(() => 'lock'), ended.then(() => 'end of the child')]);
    expect(first).toBe('end of the child');
    (await taken).release();
  });

  it('does not mistake a later process with the same number for the launcher', async () => {
    writeFileSync(join(folder, 'lock'), JSON.stringify([{ pid: process.pid, startedAt: '1' }]));
    (await lockDataDir(folder)).release();
  });

  it('is free when its file is cut off', async () => {
    writeFileSync(join(folder, 'lock'), '[{"pid":');
    (await lockDataDir(folder)).release();
  });
});

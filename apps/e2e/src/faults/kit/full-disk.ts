/** Ways to leave a process without room for its files. */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataPlane } from './bed.js';

export interface FullDisk {
  readonly name: string;
  /** False where this machine does not let us. */
  readonly isPossible: boolean;
  /** Settings of the node whose disk it is to be. */
  prepare(): Promise<Record<string, string>>;
  fill(node: DataPlane): Promise<void>;
  free(node: DataPlane): Promise<void>;
  close(): Promise<void>;
}

const run = (command: string, ...args: string[]): boolean => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

const SIZE = 2 * 1024 * 1024;

/** A file system of its own, of 2 MiB in memory, with a file beside the copies that takes the rest. Needs root. */
export function smallFileSystem(): FullDisk {
  const mounted: string[] = [];
  const ballast = () => join(mounted[0] ?? '', 'ballast');
  const mount = (folder: string): boolean => run('mount', '-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', folder);
  return {
    name: 'no byte is left on the file system',
    isPossible: process.getuid?.() === 0 && canMount(mount),
    async prepare() {
      const folder = await mkdtemp(join(tmpdir(), 'causeway-small-'));
      if (!mount(folder)) throw new Error(`cannot mount ${folder}`);
      mounted.push(folder);
      await mkdir(join(folder, 'copies'));
      return { CAUSEWAY_DATA_DIR: join(folder, 'copies') };
    },
    async fill() {
      const file = await open(ballast(), 'w');
      try {
        for (let left = SIZE; left > 0; left -= 4096) await file.write(Buffer.alloc(4096));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        await file.close();
      }
    },
    free: () => rm(ballast()),
    async close() {
      for (const folder of mounted.splice(0)) {
        run('umount', folder);
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

function canMount(mount: (folder: string) => boolean): boolean {
  const folder = spawnSync('mktemp', ['-d']).stdout.toString().trim();
  const isPossible = mount(folder) && run('umount', folder);
  return run('rmdir', folder) && isPossible;
}

/** No file of the process may grow beyond a few bytes (RLIMIT_FSIZE), as with a quota. */
export function smallFiles(): FullDisk {
  const limit = (node: DataPlane, bytes: string): void => {
    if (!run('prlimit', '--pid', `${node.service.child.pid}`, `--fsize=${bytes}:unlimited`)) throw new Error('prlimit failed');
  };
  return {
    name: 'no file may be longer than 16 bytes',
    isPossible: run('prlimit', '--version'),
    prepare: async () => ({}),
    fill: async (node) => limit(node, '16'),
    free: async (node) => limit(node, 'unlimited'),
    close: async () => {},
  };
}

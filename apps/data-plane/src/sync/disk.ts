/** The last good snapshots on disk: chunk files named by their hash, and the two newest manifests. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '@causeway/contract';
import { canonicalBytes, unpack, verifyChunk } from '@causeway/snapshot';
import type { HeldChunk } from './held-chunk.js';
import type { Position } from './options.js';

const KEPT_MANIFESTS = 2;
const MANIFEST = /^manifest-\d{16}-\d{16}\.json$/;
const CHUNK = /^[0-9a-f]{64}$/;
const DRAFT = /\.new$/;

/** Another worker of this machine may just be writing files that no manifest names yet. */
const SPARED_MS = 3_600_000;

export class Disk {
  private readonly folder: string;
  /** What manifests name that this process has written or read, by file. */
  private readonly hashes = new Map<string, readonly string[]>();
  /** Chunks that this process has written, or found to be what their names say. */
  private readonly whole = new Set<string>();

  /** Instances, as the settings call them, have folders of their own; workers of one instance share it. */
  constructor(dataDir: string, instance: string) {
    this.folder = join(dataDir, 'snapshots', encodeURIComponent(instance).replaceAll('.', '%2E'));
  }

  /** Newest first, as bytes that nobody has checked, with the wall clock when each was last known to be the newest, ms. */
  async manifests(): Promise<Array<{ readonly packed: Buffer; readonly confirmedAt: number }>> {
    const names = newestFirst(await this.names());
    return Promise.all(
      names.map(async (name) => {
        const path = join(this.folder, name);
        try {
          return { packed: await readFile(path), confirmedAt: (await stat(path)).mtimeMs };
        } catch {
          // What cannot be read is no copy, as what is damaged: the one before may be whole.
          return { packed: Buffer.alloc(0), confirmedAt: 0 };
        }
      }),
    );
  }

  /** Notes that a saved snapshot is still the newest, so that a start without any source knows how old it is. */
  async confirm(position: Position, nowMs: number): Promise<void> {
    const seconds = nowMs / 1000;
    await utimes(join(this.folder, nameOf(position)), seconds, seconds);
  }

  /**
   * Null when there is no such file. Read in one go: a start reads thousands of small files, and one that goes through the thread pool
   * costs several times as much.
   */
  async chunk(hash: string): Promise<Buffer | null> {
    try {
      return readFileSync(join(this.folder, hash));
    } catch {
      return null;
    }
  }

  /** A file that was found to be damaged: the next save writes it anew. */
  async drop(hash: string): Promise<void> {
    this.whole.delete(hash);
    await rm(join(this.folder, hash), { force: true });
  }

  /** Chunks that are missing or damaged first, then the manifest that names them, then away with what nothing names any more. */
  async save(manifest: Manifest, chunks: Iterable<HeldChunk>, nowMs: number): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const present = new Set(await this.names());
    for (const { hash, packed } of chunks) {
      if (present.has(hash) && (await this.isWhole(hash))) continue;
      await this.write(hash, packed);
      present.add(hash);
      this.whole.add(hash);
    }
    await this.sync();
    const name = nameOf(manifest);
    // Not packed: that would hold up traffic, for some hundred kilobytes of disk.
    await this.write(name, canonicalBytes(manifest));
    this.hashes.set(name, Object.values(manifest.chunks));
    await this.sync();
    await this.sweep(nowMs);
  }

  /** What an earlier process left is looked into once. */
  private async isWhole(hash: string): Promise<boolean> {
    if (this.whole.has(hash)) return true;
    try {
      verifyChunk(hash, await readFile(join(this.folder, hash)));
    } catch {
      return false;
    }
    this.whole.add(hash);
    return true;
  }

  /** A reader sees no file or a whole one: new file, fsync, rename. */
  private async write(name: string, bytes: Buffer): Promise<void> {
    const path = join(this.folder, name);
    const draft = `${path}.${randomBytes(6).toString('hex')}.new`;
    try {
      const file = await open(draft, 'wx', 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, path);
    } catch (error) {
      // A disk that is full is not filled with pieces.
      await rm(draft, { force: true });
      throw error;
    }
  }

  /** Makes the renames outlive a power loss. */
  private async sync(): Promise<void> {
    const folder = await open(this.folder, 'r');
    await folder.sync().finally(() => folder.close());
  }

  private async sweep(nowMs: number): Promise<void> {
    const names = await this.names();
    const manifests = newestFirst(names);
    for (const name of manifests.slice(KEPT_MANIFESTS)) {
      await rm(join(this.folder, name), { force: true });
      this.hashes.delete(name);
    }
    const kept = new Set<string>();
    for (const name of manifests.slice(0, KEPT_MANIFESTS)) for (const hash of await this.hashesIn(name)) kept.add(hash);
    for (const name of names) {
      if (kept.has(name) || !(CHUNK.test(name) || DRAFT.test(name))) continue;
      const path = join(this.folder, name);
      const age = nowMs - (await stat(path)).mtimeMs;
      if (age <= SPARED_MS) continue;
      await rm(path, { force: true });
      this.whole.delete(name);
    }
  }

  private async hashesIn(manifestName: string): Promise<readonly string[]> {
    const known = this.hashes.get(manifestName);
    if (known !== undefined) return known;
    try {
      const manifest = JSON.parse(unpack(await readFile(join(this.folder, manifestName))).toString('utf8')) as Manifest;
      const hashes = Object.values(manifest.chunks);
      this.hashes.set(manifestName, hashes);
      return hashes;
    } catch {
      return [];
    }
  }

  private async names(): Promise<string[]> {
    try {
      return await readdir(this.folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }
}

function nameOf({ epoch, revision }: Position): string {
  return `manifest-${[epoch, revision].map((each) => String(each).padStart(16, '0')).join('-')}.json`;
}

/** By (epoch, revision), which the names hold padded. */
function newestFirst(names: readonly string[]): string[] {
  return names
    .filter((name) => MANIFEST.test(name))
    .sort()
    .reverse();
}

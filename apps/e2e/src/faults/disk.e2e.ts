/** The disk of a data plane is full, taken away or damaged: traffic and edits go on, nothing wrong is served, and the copy is mended. */
import { readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeChunk, manifestHash } from '@causeway/snapshot';
import { postgresUrl } from '@causeway/test-stores';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../harness/until.js';
import type { DataPlane } from './kit/bed.js';
import { smallFileSystem, smallFiles } from './kit/full-disk.js';
import { journal } from './kit/journal.js';
import { hasRedisServer } from './kit/own-redis.js';
import { editAll, inForce, tellSeen } from './kit/rounds.js';
import { setScene } from './kit/scene.js';
import { startTraffic, type Traffic } from './kit/traffic.js';
import type { Scene } from './kit/withstand.js';

const stories = hasRedisServer && postgresUrl ? describe : describe.skip;
const SAVING = 'Keeping the snapshot on disk';
const READING = 'Reading the snapshot on disk';

stories('the disk of a node', () => {
  let scene: Scene;
  let traffic: Traffic;
  let node: DataPlane;

  beforeAll(async () => {
    scene = await setScene({ nodes: 2 });
    node = scene.bed.nodes[0] as DataPlane;
  }, 120_000);
  afterAll(() => scene?.bed.stop(), 60_000);
  beforeEach(() => {
    traffic = startTraffic(scene.bed.nodes, scene.slots, scene.calls);
  });
  afterEach(async () => {
    await traffic.stop();
    expect(traffic.counted).toMatchObject({ failures: new Map(), wrong: [] });
  }, 60_000);

  const inFolder = (dataDir: string) => join(dataDir, 'snapshots', 'default');
  const manifestsIn = async (dataDir: string): Promise<string[]> =>
    (await readdir(inFolder(dataDir)).catch(() => []))
      .filter((name) => name.startsWith('manifest-'))
      .sort()
      .reverse();

  const piecesIn = async (dataDir: string): Promise<string[]> =>
    (await readdir(inFolder(dataDir))).filter((name) => name.endsWith('.new'));

  /** The newest copy is of this revision, and every chunk of it is whole. */
  async function isSaved(dataDir: string, revision: number): Promise<boolean> {
    const [newest = ''] = await manifestsIn(dataDir);
    if (Number(newest.slice(-21, -5)) < revision) return false;
    try {
      const manifest = JSON.parse(await readFile(join(inFolder(dataDir), newest), 'utf8'));
      for (const hash of Object.values<string>(manifest.chunks)) decodeChunk(hash, await readFile(join(inFolder(dataDir), hash)));
      return manifestHash(manifest) !== '';
    } catch {
      return false;
    }
  }

  async function newestRevision(): Promise<number> {
    const { items } = await scene.bed.management.call<{ items: Array<{ revision: number }> }>('GET /nodes');
    return Math.max(...items.map(({ revision }) => revision));
  }

  /** Edits are in force, and soon on disk. */
  async function untilMended(dataDir: string): Promise<number> {
    await editAll(scene);
    await inForce(scene, traffic);
    const revision = await newestRevision();
    const begun = performance.now();
    await until(() => isSaved(dataDir, revision), 'the copy on disk is whole and new', 60_000);
    return performance.now() - begun;
  }

  it.each([smallFileSystem(), smallFiles()].filter(({ isPossible }) => isPossible))(
    'is full: $name',
    async (disk) => {
      scene.bed.closeAtEnd(disk);
      const { CAUSEWAY_DATA_DIR: dataDir = node.dataDir } = await disk.prepare();
      await node.kill();
      await node.start({ CAUSEWAY_DATA_DIR: dataDir });
      await untilMended(dataDir);
      const since = journal(node);
      // Of one that was killed while it wrote: they stay for an hour.
      const before = await piecesIn(dataDir);
      await disk.fill(node);
      await editAll(scene, 3);
      const forceMs = await inForce(scene, traffic);
      await until(() => since(SAVING).length > 0, 'the full disk is told');
      // More saves fail, each after the rest between two of them.
      for (const begun = Date.now(); Date.now() - begun < 5000; ) {
        await editAll(scene);
        await inForce(scene, traffic);
      }
      const told = since(SAVING);
      await until(async () => (await piecesIn(dataDir)).length === before.length, 'no pieces of files are left');
      await disk.free(node);
      const mendedMs = await untilMended(dataDir);
      tellSeen(`the disk is full: ${disk.name}`, traffic.counted, {
        'told in the log': told.join(', '),
        'edits in force after ms': forceMs,
        'copy mended ms after edits were in force': mendedMs,
      });
      expect(told).toHaveLength(1);
      await node.kill();
      await node.start({ CAUSEWAY_DATA_DIR: node.dataDir });
      await disk.close();
    },
    120_000,
  );

  it('is taken away under it, and is there again without a new edit', async () => {
    await untilMended(node.dataDir);
    await rm(node.dataDir, { recursive: true });
    const revision = await newestRevision();
    const begun = performance.now();
    await until(() => isSaved(node.dataDir, revision), 'the copy on disk is there again', 90_000);
    tellSeen('the data folder is removed under a running node', traffic.counted, {
      'written again after ms, without an edit': performance.now() - begun,
    });
  }, 150_000);

  it('is not a folder any more, as good as read-only', async () => {
    const since = journal(node);
    const aside = `${node.dataDir}-aside`;
    await rename(node.dataDir, aside);
    await writeFile(node.dataDir, 'a file');
    await editAll(scene);
    const forceMs = await inForce(scene, traffic);
    await until(() => since(SAVING).length > 0, 'it is told');
    await rm(node.dataDir);
    await rename(aside, node.dataDir);
    const mendedMs = await untilMended(node.dataDir);
    expect(since(SAVING)).toHaveLength(1);
    tellSeen('the data folder cannot be written to', traffic.counted, {
      'told in the log': since(SAVING).join(', '),
      'edits in force after ms': forceMs,
      'copy mended ms after edits were in force': mendedMs,
    });
  }, 120_000);

  /** What is done to each of these files. */
  const DAMAGES: ReadonlyArray<readonly [string, (path: string) => Promise<unknown>]> = [
    ['empty', (path) => truncate(path)],
    ['cut off in the middle', async (path) => truncate(path, (await readFile(path)).length >> 1)],
    ['full of garbage', (path) => writeFile(path, Buffer.alloc(1000, 0xa5))],
    ['valid, and not what was signed', (path) => alter(path)],
  ];

  it.each(DAMAGES)(
    'holds only files that are %s, with others up: they are written anew',
    async (what, damage) => {
      await untilMended(node.dataDir);
      await node.kill();
      for (const name of await readdir(inFolder(node.dataDir))) await damage(join(inFolder(node.dataDir), name));
      await node.start();
      await inForce(scene, traffic);
      const begun = performance.now();
      await until(() => newestRevision().then((revision) => isSaved(node.dataDir, revision)), 'the copy is mended', 60_000);
      tellSeen(`every file on disk is ${what}, others are up`, traffic.counted, { 'mended after ms': performance.now() - begun });
    },
    120_000,
  );

  describe('with everything else down', () => {
    const withOthersDown = async (work: () => Promise<void>): Promise<void> => {
      await untilMended(node.dataDir);
      await scene.bed.controlPlanes[0]?.kill();
      await scene.bed.redis?.kill();
      await node.kill();
      try {
        await work();
      } finally {
        await scene.bed.redis?.start();
        await scene.bed.controlPlanes[0]?.start();
      }
    };

    it.each(DAMAGES)(
      'and a newest copy that is %s, serves the one before',
      async (what, damage) => {
        await withOthersDown(async () => {
          const since = journal(node);
          const [newest = '', before = ''] = await manifestsIn(node.dataDir);
          expect(before).not.toBe('');
          await damage(join(inFolder(node.dataDir), newest));
          // Numbers that clients have seen go back: only the kept copy says so, and nobody else is there to know better.
          await traffic.stop();
          await node.start();
          const calm = startTraffic([node], scene.slots, scene.calls);
          await calm.turn();
          await calm.stop();
          expect(calm.counted).toMatchObject({ failures: new Map(), wrong: [] });
          expect(since(READING)).toHaveLength(1);
          tellSeen(`the newest manifest on disk is ${what}, everything else is down`, calm.counted, {
            'told in the log': since(READING).join(', ').slice(0, 160),
            served: `${before} instead of ${newest}`,
          });
        });
      },
      120_000,
    );

    it('and no copy that is whole, is not ready and says why, until others are back', async () => {
      await withOthersDown(async () => {
        const since = journal(node);
        for (const name of await readdir(inFolder(node.dataDir))) await truncate(join(inFolder(node.dataDir), name), 7);
        const starting = node.start();
        await until(() => since(READING).length > 0, 'the damage is told');
        const readyz = await fetch(`${node.adminUrl}/readyz`);
        expect([readyz.status, since(READING).length]).toEqual([503, 1]);
        await scene.bed.redis?.start();
        await scene.bed.controlPlanes[0]?.start();
        await starting;
        tellSeen('every file on disk is cut off, everything else is down', traffic.counted, {
          readyz: `${readyz.status} ${(await readyz.text()).trim()}`,
          'told in the log': since('').join(' | ').slice(0, 400),
        });
      });
    }, 120_000);
  });
});

/** One letter of a document is another. */
async function alter(path: string): Promise<void> {
  const bytes = await readFile(path);
  const at = bytes.length >> 1;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

/** The last rung: what a data plane keeps on disk. */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { HttpOrigin, INSTANCE, instanceChunks, makeSnapshot } from './testing/origin.js';
import { flipped, originPerTest } from './testing/origin-per-test.js';

const bed = originPerTest();

describe('the copy on disk', () => {
  it('serves a cold start when everything else is down, and falls back to the copy before when it is damaged', async () => {
    bed.http.publish(makeSnapshot({ revision: 1 }, instanceChunks(3)));
    const first = await bed.start();
    bed.http.publish(makeSnapshot({ revision: 2 }, instanceChunks(4)));
    await first.runs(2);
    await first.sync.stop();
    await bed.http.stop();
    const second = await bed.start({ dataDir: first.dataDir });
    expect(second.sync.status()).toMatchObject({ running: { epoch: 1, revision: 2 }, source: 'disk' });
    expect([...(second.applied[0]?.chunks ?? [])]).toEqual([...(first.applied.at(-1)?.chunks ?? [])]);
    await second.sync.stop();

    const folder = join(first.dataDir, 'snapshots', INSTANCE);
    const names = await readdir(folder);
    for (const name of names) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    const newest =
      names
        .filter((name) => name.startsWith('manifest-'))
        .sort()
        .at(-1) ?? '';
    await writeFile(join(folder, newest), flipped(await readFile(join(folder, newest))));
    const third = await bed.start({ dataDir: first.dataDir });
    expect(third.sync.status()).toMatchObject({ running: { revision: 1 }, source: 'disk' });
    await bed.http.start(Number(new URL(bed.controlPlaneUrl).port));
    await third.runs(2);
  });

  it('tells at a cold start how old it is, and is noted anew while it is the newest', async () => {
    bed.http.publish(makeSnapshot({ revision: 1 }));
    const first = await bed.start({ timing: { pollMs: 600_000, askMs: 20, heartbeatMs: 600_000 } });
    const file = join(first.dataDir, 'snapshots', INSTANCE, 'manifest-0000000000000001-0000000000000001.json');
    const hourAgo = Date.now() / 1000 - 3600;
    const confirmedAt = () =>
      stat(file).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      );
    while ((await confirmedAt()) === 0) await new Promise(setImmediate);
    await utimes(file, hourAgo, hourAgo);
    while ((await confirmedAt()) < Date.now() - 60_000) await new Promise(setImmediate);
    await first.sync.stop();
    await bed.http.stop();
    await utimes(file, hourAgo, hourAgo);
    const second = await bed.start({ dataDir: first.dataDir });
    const { unconfirmedMs, state } = second.sync.status();
    expect([unconfirmedMs >= 3_590_000, state]).toEqual([true, 'stale']);
    await bed.http.start(Number(new URL(bed.controlPlaneUrl).port));
    while (second.sync.status().state !== 'applied') await new Promise(setImmediate);
    expect(second.sync.status().unconfirmedMs).toBeLessThan(60_000);
  });

  it('keeps two manifests and nothing but their chunks', async () => {
    bed.http.publish(makeSnapshot({ revision: 1 }));
    const node = await bed.start({ clock: { now: () => Date.now() + 7_200_000, random: Math.random } });
    for (let revision = 2; revision <= 6; revision++) {
      bed.http.publish(makeSnapshot({ revision }, instanceChunks(revision)));
      await node.runs(revision);
    }
    await node.sync.stop();
    const names = await readdir(join(node.dataDir, 'snapshots', INSTANCE));
    expect(names.filter((name) => name.startsWith('manifest-'))).toHaveLength(2);
    expect(names.filter((name) => /^[0-9a-f]{64}$/.test(name)).length).toBeLessThanOrEqual(3);
  });

  it('is mended by the first save after a start that found others up', async () => {
    bed.http.publish(makeSnapshot({ revision: 1 }, instanceChunks(3)));
    const first = await bed.start();
    await first.sync.stop();
    const folder = join(first.dataDir, 'snapshots', INSTANCE);
    for (const name of await readdir(folder)) await truncate(join(folder, name), 5);
    const second = await bed.start({ dataDir: first.dataDir });
    await second.sync.stop();
    await bed.http.stop();
    const third = await bed.start({ dataDir: first.dataDir });
    expect(third.sync.status()).toMatchObject({ running: { revision: 1 }, source: 'disk' });
    await bed.http.start(Number(new URL(bed.controlPlaneUrl).port));
  });

  it('of which a file cannot even be read is the one before', async () => {
    bed.http.publish(makeSnapshot({ revision: 1 }));
    const first = await bed.start();
    await first.sync.stop();
    await bed.http.stop();
    await mkdir(join(first.dataDir, 'snapshots', INSTANCE, 'manifest-0000000000000001-0000000000000002.json'));
    const second = await bed.start({ dataDir: first.dataDir });
    expect(second.sync.status()).toMatchObject({ running: { revision: 1 }, source: 'disk' });
    await bed.http.start(Number(new URL(bed.controlPlaneUrl).port));
  });

  it('is written again when somebody took it away, without a new revision', async () => {
    bed.http.publish(makeSnapshot({ revision: 1 }));
    const node = await bed.start({ timing: { askMs: 20, heartbeatMs: 600_000 } });
    const folder = join(node.dataDir, 'snapshots');
    const files = () => readdir(folder, { recursive: true }).catch(() => []);
    const isWhole = async () => (await files()).some((name) => name.includes('manifest-'));
    while (!(await isWhole())) await new Promise(setImmediate);
    await rm(folder, { recursive: true });
    while (!(await isWhole())) await new Promise(setImmediate);
  });

  it('leaves no pieces behind when it cannot be written to the end', async () => {
    bed.http.publish(makeSnapshot({ revision: 1 }));
    const dataDir = await mkdtemp(join(tmpdir(), 'causeway-sync-'));
    const folder = join(dataDir, 'snapshots', INSTANCE);
    // Where a file is to go there is a folder: the renaming fails, as writing does on a full disk.
    const { hash } = makeSnapshot({ revision: 1 }).chunks[0] ?? { hash: '' };
    await mkdir(join(folder, hash, 'taken'), { recursive: true });
    const node = await bed.start({ dataDir });
    while (!node.logged.some((line) => line.includes('on disk'))) await new Promise(setImmediate);
    await node.sync.stop();
    expect(await readdir(folder)).toEqual([hash]);
  });

  it('that cannot be written stops nothing, and is told once', async () => {
    bed.http.publish(makeSnapshot({ revision: 1 }));
    const file = join(await mkdtemp(join(tmpdir(), 'causeway-sync-')), 'file');
    await writeFile(file, '');
    const node = await bed.start({ dataDir: file });
    bed.http.publish(makeSnapshot({ revision: 2 }));
    await node.runs(2);
    const told = () => node.logged.filter((line) => line.includes('Keeping the snapshot on disk'));
    while (told().length === 0) await new Promise(setImmediate);
    bed.http.publish(makeSnapshot({ revision: 3 }));
    await node.runs(3);
    await node.sync.stop();
    expect(told()).toHaveLength(1);
  });

  it('is not left for anything older: that may be a replay, or of a database that was set back', async () => {
    bed.http.publish(makeSnapshot({ revision: 5 }));
    const first = await bed.start();
    await first.sync.stop();
    bed.http.publish(makeSnapshot({ revision: 4 }));
    const second = await bed.start({ dataDir: first.dataDir });
    expect(second.sync.status()).toMatchObject({ running: { revision: 5 }, source: 'disk' });
    bed.http.publish(makeSnapshot({ epoch: 2, revision: 4 }));
    while (second.sync.status().running?.epoch !== 2) await new Promise(setImmediate);
  });

  it('is left for what is older when it is not whole', async () => {
    bed.http.publish(makeSnapshot({ revision: 5 }, instanceChunks(3)));
    const first = await bed.start();
    await first.sync.stop();
    const folder = join(first.dataDir, 'snapshots', INSTANCE);
    for (const name of await readdir(folder)) if (!name.startsWith('manifest-')) await rm(join(folder, name));
    // One that does not have the chunks either.
    await bed.http.stop();
    bed.http = new HttpOrigin();
    bed.controlPlaneUrl = await bed.http.start();
    bed.http.publish(makeSnapshot({ revision: 4 }));
    const second = await bed.start({ dataDir: first.dataDir });
    expect(second.sync.status()).toMatchObject({ running: { revision: 4 }, source: 'http' });
  });
});

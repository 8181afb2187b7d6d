/** A data plane runs the newest authentic snapshot that any rung of the ladder has, and goes on when all of them fail. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { redisKeys } from '@causeway/contract';
import { type Keyring, pack } from '@causeway/snapshot';
import { describeWithRedis, redisUrl } from '@causeway/test-stores';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpOrigin, INSTANCE, instanceChunks, makeSnapshot, RedisOrigin } from './testing/origin.js';
import { startNode } from './testing/start-node.js';

let http: HttpOrigin;
let controlPlaneUrl: string;
const ends: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  http = new HttpOrigin();
  controlPlaneUrl = await http.start();
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await http.stop();
});

async function start(options: Parameters<typeof startNode>[0] = {}) {
  const node = await startNode({ controlPlaneUrl, ...options });
  ends.push(node.remove);
  return node;
}

/** One byte of a document is another. */
const flipped = (packed: Buffer) => {
  const copy = Buffer.from(packed);
  copy[copy.length >> 1] = (copy[copy.length >> 1] ?? 0) ^ 1;
  return copy;
};

describe('over HTTP alone', () => {
  it('runs the newest snapshot at once, by name too, and follows the event stream', async () => {
    http.publish(makeSnapshot({ revision: 1 }));
    const node = await start({ instance: 'default', timing: { pollMs: 600_000, askMs: 600_000 } });
    expect(node.sync.status()).toMatchObject({ running: { epoch: 1, revision: 1 }, state: 'applied', source: 'http' });
    while (!http.asked.includes(`instances/${INSTANCE}/events`)) await new Promise(setImmediate);
    await http.reported(({ revision }) => revision === 1);
    http.publish(makeSnapshot({ revision: 2 }));
    await node.runs(2);
  });

  it('heals within one poll when no event comes', async () => {
    const node = await start();
    http.snapshot = null;
    const second = makeSnapshot({ revision: 2 });
    http.publish(second);
    await node.runs(2);
  });

  it('parses and fetches a chunk once: what did not change is the same object', async () => {
    http.publish(makeSnapshot({ revision: 1 }, instanceChunks(70)));
    const node = await start();
    http.publish(makeSnapshot({ revision: 2 }, instanceChunks(70, false)));
    await node.runs(2);
    const [first, second] = node.applied;
    const changed = [...(second?.chunks ?? [])].filter(([key, held]) => held !== first?.chunks.get(key)).map(([key]) => key);
    expect(changed).toEqual(['instance']);
    const fetched = http.asked.filter((path) => path.startsWith('chunks/'));
    expect(new Set(fetched).size).toBe(fetched.length);
  });

  it('reports what it runs, what is quarantined, and that it lives', async () => {
    http.publish(makeSnapshot({ revision: 1 }));
    await start({ outcome: () => ({ problems: [{ resource: 'api:x', message: 'does not compile' }] }) });
    const report = await http.reported(({ state }) => state === 'partial');
    expect(report).toMatchObject({ node: 'n1', instance: INSTANCE, epoch: 1, revision: 1, source: 'http', rejected: null });
    expect(report.errors).toEqual([{ resource: 'api:x', message: 'does not compile' }]);
    const before = http.reports.length;
    while (http.reports.length < before + 2) await new Promise(setImmediate);
  });

  it('takes only the newest of a burst that comes while it compiles', async () => {
    http.publish(makeSnapshot({ revision: 1 }));
    let release = () => {};
    const compiling = new Promise<void>((resolve) => {
      release = resolve;
    });
    const node = await start({
      async outcome(revision) {
        if (revision === 2) await compiling;
        return { problems: [] };
      },
    });
    http.publish(makeSnapshot({ revision: 2 }));
    while (http.asked.filter((path) => path.endsWith('/manifest')).length < 2) await new Promise(setImmediate);
    for (let revision = 3; revision <= 20; revision++) http.publish(makeSnapshot({ revision }));
    release();
    await node.runs(20);
    expect(node.applied.length).toBeLessThanOrEqual(4);
  });
});

describe('what is not authentic', () => {
  it.each(['manifest', 'chunk'])('an altered %s is refused and fetched again, and what ran goes on', async (document) => {
    http.publish(makeSnapshot({ revision: 1 }));
    const node = await start();
    let altered = 0;
    http.alter = (name, packed) => {
      if ((name === 'manifest') !== (document === 'manifest')) return packed;
      altered += 1;
      return altered <= 3 ? flipped(packed) : packed;
    };
    http.publish(makeSnapshot({ revision: 2 }, instanceChunks(0, false)));
    await node.runs(2);
    expect(altered).toBeGreaterThan(3);
    expect(node.applied.map(({ revision }) => revision)).toEqual([1, 2]);
  });

  it('a manifest signed with another key never runs', async () => {
    const other: Keyring = [{ id: 'k', key: Buffer.alloc(32, 99) }];
    http.publish(makeSnapshot({ revision: 5, keyring: other }));
    const node = await start();
    expect(node.sync.status().running).toBeNull();
  });

  it('an older manifest is not taken, whatever its epoch says of a younger one', async () => {
    http.publish(makeSnapshot({ epoch: 2, revision: 5 }));
    const node = await start();
    for (const older of [
      { epoch: 2, revision: 4 },
      { epoch: 1, revision: 9 },
    ]) {
      http.publish(makeSnapshot(older));
      const asked = http.asked.length;
      while (http.asked.slice(asked).filter((path) => path.endsWith('/manifest')).length < 2) await new Promise(setImmediate);
    }
    http.publish(makeSnapshot({ epoch: 3, revision: 1 }));
    await node.runs(1);
    expect(node.applied.map(({ revision }) => revision)).toEqual([5, 1]);
  });

  it('the snapshot of an instance that the settings do not name never runs', async () => {
    const chunks = instanceChunks();
    http.publish(makeSnapshot({ revision: 1 }, { instance: { ...chunks.instance, name: 'other' } as (typeof chunks)[string] }));
    const node = await start({ instance: 'default' });
    expect(node.sync.status().running).toBeNull();
  });
});

describe('a refused snapshot', () => {
  it('is tried once, told, and the next one is taken', async () => {
    http.publish(makeSnapshot({ revision: 1 }));
    const tried: number[] = [];
    const node = await start({
      outcome(revision) {
        tried.push(revision);
        if (revision === 2) throw new Error('no hop key');
        return { problems: [] };
      },
    });
    http.publish(makeSnapshot({ revision: 2 }));
    const report = await http.reported(({ state }) => state === 'rejected');
    expect(report).toMatchObject({ revision: 1, rejected: { epoch: 1, revision: 2 }, errors: [{ message: 'no hop key' }] });
    const asked = http.asked.length;
    while (http.asked.length < asked + 6) await new Promise(setImmediate);
    http.publish(makeSnapshot({ revision: 3 }));
    await node.runs(3);
    expect(tried).toEqual([1, 2, 3]);
    expect(node.sync.status()).toMatchObject({ state: 'applied', rejected: null });
  });

  it('is one that loses most APIs without a reason; with a reason it passes, even when the revision that gave it was skipped', async () => {
    http.publish(makeSnapshot({ revision: 1 }, instanceChunks(100)));
    const node = await start();
    http.publish(makeSnapshot({ revision: 2, allowShrink: { epoch: 1, revision: 1 } }, instanceChunks(49)));
    const report = await http.reported(({ state }) => state === 'rejected');
    expect(report.errors[0]?.message).toBe('51 of 100 live APIs would go away, and no write explains it');
    http.publish(makeSnapshot({ revision: 4, allowShrink: { epoch: 1, revision: 3 } }, instanceChunks(49)));
    await node.runs(4);
    http.publish(makeSnapshot({ revision: 5 }, instanceChunks(25)));
    await node.runs(5);
  });
});

describe('the copy on disk', () => {
  it('serves a cold start when everything else is down, and falls back to the copy before when it is damaged', async () => {
    http.publish(makeSnapshot({ revision: 1 }, instanceChunks(3)));
    const first = await start();
    http.publish(makeSnapshot({ revision: 2 }, instanceChunks(4)));
    await first.runs(2);
    await first.sync.stop();
    await http.stop();
    const second = await start({ dataDir: first.dataDir });
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
    const third = await start({ dataDir: first.dataDir });
    expect(third.sync.status()).toMatchObject({ running: { revision: 1 }, source: 'disk' });
    controlPlaneUrl = await http.start(Number(new URL(controlPlaneUrl).port));
    await third.runs(2);
  });

  it('keeps two manifests and nothing but their chunks', async () => {
    http.publish(makeSnapshot({ revision: 1 }));
    const node = await start({ clock: { now: () => Date.now() + 7_200_000, random: Math.random } });
    for (let revision = 2; revision <= 6; revision++) {
      http.publish(makeSnapshot({ revision }, instanceChunks(revision)));
      await node.runs(revision);
    }
    await node.sync.stop();
    const names = await readdir(join(node.dataDir, 'snapshots', INSTANCE));
    expect(names.filter((name) => name.startsWith('manifest-'))).toHaveLength(2);
    expect(names.filter((name) => /^[0-9a-f]{64}$/.test(name)).length).toBeLessThanOrEqual(3);
  });

  it('that cannot be written stops nothing, and is told once', async () => {
    http.publish(makeSnapshot({ revision: 1 }));
    const file = join(await mkdtemp(join(tmpdir(), 'causeway-sync-')), 'file');
    await writeFile(file, '');
    const node = await start({ dataDir: file });
    http.publish(makeSnapshot({ revision: 2 }));
    await node.runs(2);
    const told = () => node.logged.filter((line) => line.includes('on disk'));
    while (told().length === 0) await new Promise(setImmediate);
    http.publish(makeSnapshot({ revision: 3 }));
    await node.runs(3);
    await node.sync.stop();
    expect(told()).toHaveLength(1);
  });
});

describeWithRedis('with Redis', () => {
  const prefix = `causeway-test-${randomBytes(4).toString('hex')}`;
  const redis = new RedisOrigin(redisUrl ?? '', prefix);
  const withRedis = { redisUrl: redisUrl ?? null, redisPrefix: prefix };

  beforeEach(async () => {
    await redis.client.connect();
    ends.push(async () => {
      await redis.flush();
      redis.client.destroy();
    });
  });

  it('follows the doorbell with the control plane gone', async () => {
    await redis.publish(makeSnapshot({ revision: 1 }));
    await http.stop();
    const node = await start({ ...withRedis, instance: 'default', timing: { pollMs: 600_000, askMs: 600_000 } });
    expect(node.sync.status()).toMatchObject({ running: { revision: 1 }, source: 'redis' });
    while (Object.values(await redis.client.pubSubNumSub([redisKeys.doorbell(prefix, INSTANCE)]))[0] !== 1);
    await redis.publish(makeSnapshot({ revision: 2 }));
    await node.runs(2);
    http = new HttpOrigin();
    await http.start();
  });

  it('heals within one poll when the doorbell was lost', async () => {
    await redis.publish(makeSnapshot({ revision: 1 }));
    const node = await start(withRedis);
    await redis.publish(makeSnapshot({ revision: 2 }), { ring: false });
    await node.runs(2);
  });

  it('takes from the control plane what Redis has lost, and everything when Redis is behind', async () => {
    const first = makeSnapshot({ revision: 1 });
    http.publish(first);
    await redis.publish(first, { withChunks: false });
    const node = await start(withRedis);
    expect(node.sync.status().running).toEqual({ epoch: 1, revision: 1 });
    await redis.flush();
    http.publish(makeSnapshot({ revision: 2 }));
    await node.runs(2);
    expect(node.sync.status().source).toBe('http');
  });

  it('cannot be made to run anything by someone who can only write Redis', async () => {
    const first = makeSnapshot({ revision: 1 });
    http.publish(first);
    await redis.publish(first);
    const node = await start(withRedis);
    const forged = makeSnapshot({ revision: 9, keyring: [{ id: 'k', key: Buffer.alloc(32, 99) }] });
    await redis.publish(forged);
    for (const { hash } of first.chunks) await redis.client.set(redisKeys.chunk(prefix, hash), pack(Buffer.from('{}')));
    http.publish(makeSnapshot({ revision: 2 }, instanceChunks(0, false)));
    await node.runs(2);
    expect(node.applied.map(({ revision }) => revision)).toEqual([1, 2]);
  });

  it('that hangs or refuses is left alone: the control plane is followed at once', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    ends.push(async () => silent.close());
    const { port } = silent.address() as { port: number };
    http.publish(makeSnapshot({ revision: 1 }));
    for (const url of [`redis://127.0.0.1:${port}`, 'redis://127.0.0.1:1']) {
      const node = await start({ ...withRedis, redisUrl: url });
      expect(node.sync.status()).toMatchObject({ running: { revision: 1 }, source: 'http' });
      await node.sync.stop();
    }
  });
});

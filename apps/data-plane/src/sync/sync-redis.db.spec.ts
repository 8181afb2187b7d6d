/** A data plane follows Redis while it answers and tells the truth, and the control plane when it does not. */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { redisKeys } from '@causeway/contract';
import { canonicalBytes, changeBetween, manifestHash, pack } from '@causeway/snapshot';
import { describeWithRedis, redisUrl } from '@causeway/test-stores';
import { beforeEach, expect, it } from '@jest/globals';
import { HttpOrigin, INSTANCE, instanceChunks, makeSnapshot, RedisOrigin, type Snapshot } from './testing/origin.js';
import { originPerTest } from './testing/origin-per-test.js';

const bed = originPerTest();

describeWithRedis('with Redis', () => {
  const prefix = `causeway-test-${randomBytes(4).toString('hex')}`;
  const redis = new RedisOrigin(redisUrl ?? '', prefix);
  const withRedis = { redisUrl: redisUrl ?? null, redisPrefix: prefix };

  beforeEach(async () => {
    await redis.client.connect();
    bed.after(async () => {
      await redis.flush();
      redis.client.destroy();
    });
  });

  it('follows the doorbell with the control plane gone', async () => {
    await redis.publish(makeSnapshot({ revision: 1 }));
    await bed.http.stop();
    const node = await bed.start({ ...withRedis, instance: 'default', timing: { pollMs: 600_000, askMs: 600_000 } });
    expect(node.sync.status()).toMatchObject({ running: { revision: 1 }, source: 'redis' });
    while (Object.values(await redis.client.pubSubNumSub([redisKeys.doorbell(prefix, INSTANCE)]))[0] !== 1);
    await redis.publish(makeSnapshot({ revision: 2 }));
    await node.runs(2);
    bed.http = new HttpOrigin();
    await bed.http.start();
  });

  it('heals within one poll when the doorbell was lost', async () => {
    await redis.publish(makeSnapshot({ revision: 1 }));
    const node = await bed.start(withRedis);
    await redis.publish(makeSnapshot({ revision: 2 }), { ring: false });
    await node.runs(2);
  });

  it('takes from the control plane what Redis has lost, and everything when Redis is behind', async () => {
    const first = makeSnapshot({ revision: 1 });
    bed.http.publish(first);
    await redis.publish(first, { withChunks: false });
    const node = await bed.start(withRedis);
    expect(node.sync.status().running).toEqual({ epoch: 1, revision: 1 });
    await redis.flush();
    bed.http.publish(makeSnapshot({ revision: 2 }));
    await node.runs(2);
    expect(node.sync.status().source).toBe('http');
  });

  it('needs no more than what changed, several revisions of it, and the whole where that leads astray', async () => {
    const [first, second, third, fourth] = [1, 2, 3, 4].map((revision) =>
      makeSnapshot({ revision }, instanceChunks(64, revision % 2 === 0)),
    ) as [Snapshot, Snapshot, Snapshot, Snapshot];
    await redis.publish(first);
    const node = await bed.start(withRedis);
    const change = (before: Snapshot, { manifest }: Snapshot) =>
      redis.client.set(
        redisKeys.change(prefix, INSTANCE, manifestHash(before.manifest)),
        pack(canonicalBytes(changeBetween(before.manifest, manifest, manifestHash(manifest)))),
      );
    await change(first, second);
    await change(second, third);
    // What is not there cannot be read.
    await redis.publish(third, { withManifest: false });
    await node.runs(3);
    const forged = changeBetween(third.manifest, { ...fourth.manifest, chunks: {} }, manifestHash(fourth.manifest));
    for (const bytes of [pack(canonicalBytes(forged)), Buffer.from('{'), Buffer.from([0x1f, 0x8b, 0])]) {
      await redis.client.set(redisKeys.change(prefix, INSTANCE, manifestHash(third.manifest)), bytes);
      await redis.publish(fourth, { withManifest: false });
    }
    await redis.publish(fourth);
    await node.runs(4);
    expect(node.applied.map(({ revision }) => revision)).toEqual([1, 3, 4]);
    const hashesOf = (chunks: ReadonlyMap<string, { hash: string }>) =>
      Object.fromEntries([...chunks].map(([key, { hash }]) => [key, hash]));
    expect(node.applied.slice(1).map(({ chunks }) => hashesOf(chunks))).toEqual([third.manifest.chunks, fourth.manifest.chunks]);
  });

  it('cannot be made to run anything by someone who can only write Redis', async () => {
    const first = makeSnapshot({ revision: 1 });
    bed.http.publish(first);
    await redis.publish(first);
    const node = await bed.start(withRedis);
    const forged = makeSnapshot({ revision: 9, keyring: [{ id: 'k', key: Buffer.alloc(32, 99) }] });
    await redis.publish(forged);
    for (const { hash } of first.chunks) await redis.client.set(redisKeys.chunk(prefix, hash), pack(Buffer.from('{}')));
    bed.http.publish(makeSnapshot({ revision: 2 }, instanceChunks(0, false)));
    await node.runs(2);
    expect(node.applied.map(({ revision }) => revision)).toEqual([1, 2]);
    expect(node.sync.status().counters.refused).toBeGreaterThan(0);
    expect(node.logged.filter((line) => line.startsWith('Redis fails'))).toHaveLength(1);
  });

  it('loses chunks that are not what their names say, so that they are put back', async () => {
    const first = makeSnapshot({ revision: 1 }, instanceChunks(3));
    bed.http.publish(first);
    await redis.publish(first);
    const keys = first.chunks.map(({ hash }) => redisKeys.chunk(prefix, hash));
    await redis.client.set(keys[0] ?? '', pack(Buffer.from('{}')));
    await redis.client
      .multi()
      .del(keys[1] ?? '')
      .rPush(keys[1] ?? '', 'not a string')
      .exec();
    const node = await bed.start(withRedis);
    expect(node.sync.status()).toMatchObject({ running: { revision: 1 }, counters: { refused: 2 } });
    expect(await redis.client.exists(keys)).toBe(0);
    expect(node.logged.filter((line) => line.startsWith('Reading chunks from Redis fails'))).toHaveLength(1);
  });

  it('that hangs or refuses is left alone: the control plane is followed at once', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    bed.after(async () => silent.close());
    const { port } = silent.address() as { port: number };
    bed.http.publish(makeSnapshot({ revision: 1 }));
    for (const url of [`redis://127.0.0.1:${port}`, 'redis://127.0.0.1:1']) {
      const node = await bed.start({ ...withRedis, redisUrl: url });
      expect(node.sync.status()).toMatchObject({ running: { revision: 1 }, source: 'http' });
      await node.sync.stop();
    }
  });
});

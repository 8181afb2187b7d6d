/** Redis follows Postgres whatever happens to it, and never holds it up. */
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { redisKeys, SNAPSHOT_FORMATS } from '@causeway/contract';
import { applyChange, canonicalBytes, decodeChange, decodeChunk, decodeManifest, manifestHash, pack } from '@causeway/snapshot';
import { describeWithRedis, redisUrl } from '@causeway/test-stores';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { createClient, RESP_TYPES } from '@redis/client';
import { createPublishing } from './testing/control-plane.js';
import { createScratchStore, insertInstance, type ScratchStore } from './testing/scratch-store.js';
import { seedScenario } from './testing/seed-scenario.js';

describeWithRedis('the copy in Redis', () => {
  let store: ScratchStore;
  let plane: ReturnType<typeof createPublishing>;
  const prefix = `causeway-test-${randomBytes(4).toString('hex')}`;
  const redis = createClient({ url: redisUrl ?? '' }).withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  const text = async (key: string) => (await redis.get(key))?.toString() ?? null;
  const head = async () => JSON.parse((await text(redisKeys.head(prefix, 'i1'))) ?? 'null');
  const chunkKeys = () => redis.keys(`${prefix}:chunk:*`);

  beforeAll(async () => {
    await redis.connect();
    store = await createScratchStore();
  });
  beforeEach(async () => {
    await store.reset();
    await seedScenario(store.dataSource);
    plane = createPublishing(store.dataSource, { redisUrl: redisUrl ?? null, redisPrefix: prefix });
    plane.redis.open();
    await plane.publisher.publishPending();
    await healed();
  });
  afterEach(async () => {
    await plane.redis.close();
    await flush();
  });
  afterAll(async () => {
    redis.destroy();
    await store.drop();
  });

  /** Asserts until Redis is reached: the connection is made in the background. */
  async function healed(): Promise<void> {
    const want = (await plane.manifests.find('i1'))?.hash;
    while ((await head())?.hash !== want) {
      await plane.redis.assertAll();
      await new Promise(setImmediate);
    }
    await plane.redis.assertAll();
  }

  async function flush(): Promise<void> {
    const keys = await redis.keys(`${prefix}:*`);
    if (keys.length > 0) await redis.del(keys.map(String));
  }

  async function complete(): Promise<void> {
    const packed = Buffer.from((await redis.get(redisKeys.manifest(prefix, 'i1'))) ?? '');
    const manifest = decodeManifest((id) => plane.sources.keysOf(id), 'i1', packed);
    expect(manifest).toEqual((await plane.manifests.find('i1'))?.manifest);
    expect(await head()).toEqual({ epoch: manifest.epoch, revision: manifest.revision, hash: manifestHash(manifest) });
    for (const hash of Object.values(manifest.chunks))
      decodeChunk(hash, Buffer.from((await redis.get(redisKeys.chunk(prefix, hash))) ?? ''));
    expect(await text(redisKeys.instanceName(prefix, 'i1-name'))).toBe('i1');
  }

  it('is whole after a first publication', complete);

  it('is announced on the doorbell after chunks, manifest and head stand', async () => {
    const subscriber = createClient({ url: redisUrl ?? '' });
    await subscriber.connect();
    const rung = new Promise<string>((resolve) => void subscriber.subscribe(redisKeys.doorbell(prefix, 'i1'), resolve));
    await subscriber.ping();
    await plane.write({ i1: ['instance'] }, ({ manager }) =>
      manager.query("UPDATE instances SET calls_from_gateway = false WHERE id = 'i1'"),
    );
    await plane.publisher.publishPending();
    expect(JSON.parse(await rung)).toEqual({ epoch: 1, revision: 1 });
    await complete();
    subscriber.destroy();
  });

  it('says what changed, for readers who know the manifest before', async () => {
    const known = [(await plane.manifests.find('i1'))!.manifest];
    for (const name of ['one', 'two']) {
      await plane.write({ i1: ['instance'] }, ({ manager }) =>
        manager.query('UPDATE instances SET name = $1 WHERE id = $2', [name, 'i1']),
      );
      await plane.publisher.publishPending();
      known.push((await plane.manifests.find('i1'))!.manifest);
    }
    await healed();
    let made = known[0]!;
    for (const wanted of known.slice(1)) {
      const packed = await redis.get(redisKeys.change(prefix, 'i1', manifestHash(made)));
      const change = decodeChange(Buffer.from(packed ?? ''));
      expect([Object.keys(change.set), change.hash]).toEqual([['instance'], manifestHash(wanted)]);
      made = applyChange(made, change);
      expect(made).toEqual(wanted);
    }
  });

  it('keeps chunks that are in use alive', async () => {
    const left = async () => Promise.all((await chunkKeys()).map((key) => redis.ttl(String(key))));
    for (const key of await chunkKeys()) await redis.expire(String(key), 100);
    await plane.redis.assertAll();
    expect(Math.max(...(await left()))).toBe(100);
    await plane.redis.close();
    plane = createPublishing(store.dataSource, { redisUrl: redisUrl ?? null, redisPrefix: prefix });
    plane.redis.open();
    while (Math.min(...(await left())) < 80_000) {
      await plane.redis.assertAll();
      await new Promise(setImmediate);
    }
  });

  it('heals when Redis was flushed, or lost a chunk, or its publisher died after the commit', async () => {
    await flush();
    await healed();
    await complete();
    await redis.del(String((await chunkKeys())[0]));
    await plane.redis.assertAll();
    await complete();
    const silent = createPublishing(store.dataSource);
    await silent.write({ i1: ['instance'] });
    await silent.publisher.publishPending();
    await healed();
    await complete();
  });

  it('is never lowered by a publisher that was slow', async () => {
    const old = await plane.manifests.find('i1');
    await plane.write({ i1: ['instance'] });
    await plane.publisher.publishPending();
    await healed();
    if (old !== null) plane.redis.announce(old, []);
    await plane.redis.close();
    expect(await head()).toMatchObject({ revision: 1 });
  });

  it('makes a new epoch begin when it holds, truly signed, more than a restored database', async () => {
    for (let n = 0; n < 3; n++) await plane.write({ i1: ['instance'] });
    await plane.publisher.publishPending();
    await healed();
    // The backup is older than revision 3.
    await store.dataSource.query("UPDATE instances SET revision = 1 WHERE id = 'i1'");
    await store.dataSource.query("DELETE FROM published_manifests WHERE instance_id = 'i1'");
    await store.dataSource.query("DELETE FROM manifest_chunks WHERE instance_id = 'i1'");
    await plane.publisher.publishPending();
    while ((await store.dataSource.query('SELECT epoch FROM deployment_state'))[0].epoch === '1') {
      await plane.redis.assertAll();
      await new Promise(setImmediate);
    }
    await plane.publisher.publishPending();
    await healed();
    expect(await head()).toMatchObject({ epoch: 2, revision: 1 });
    await complete();
  });

  it('is overwritten when somebody forged a newer head', async () => {
    await redis.set(redisKeys.head(prefix, 'i1'), JSON.stringify({ epoch: 9, revision: 9, hash: 'f'.repeat(64) }));
    await healed();
    await complete();
    expect(await store.dataSource.query('SELECT epoch FROM deployment_state')).toEqual([{ epoch: '1' }]);
  });

  it('gets back what somebody replaced: by a list, or by a name that leads elsewhere', async () => {
    const name = redisKeys.instanceName(prefix, 'i1-name');
    const own = [redisKeys.head(prefix, 'i1'), redisKeys.manifest(prefix, 'i1'), name];
    for (const key of own) await redis.multi().del(key).rPush(key, 'not a string').exec();
    await plane.redis.assertAll();
    await complete();
    await redis.set(name, 'i2');
    await plane.redis.assertAll();
    await complete();
    const [manifest = '', forged] = [own[1], JSON.stringify({ epoch: 9, revision: 9, hash: 'f'.repeat(64) })];
    await redis.multi().del(manifest).rPush(manifest, 'not a string').set(redisKeys.head(prefix, 'i1'), forged).exec();
    await plane.redis.assertAll();
    await complete();
  });

  it('loses what led to an instance that was deleted, or to its old name', async () => {
    await insertInstance(store.dataSource, 'i2');
    await plane.publisher.publishPending();
    await plane.redis.assertAll();
    const keys = () => redis.keys(`${prefix}:*i2*`).then((found) => found.map(String).sort());
    while ((await keys()).length < 3) await plane.redis.assertAll();
    await store.dataSource.query("UPDATE instances SET name = 'renamed' WHERE id = 'i2'");
    while ((await text(redisKeys.instanceName(prefix, 'i2-name'))) !== null) await plane.redis.assertAll();
    await store.dataSource.query("DELETE FROM instances WHERE id = 'i2'");
    while ((await keys()).length > 0) await plane.redis.assertAll();
    expect(await text(redisKeys.instanceName(prefix, 'renamed'))).toBe(null);
    await complete();
  });

  it('is believed when a control plane of a later release has signed it, whatever its format', async () => {
    const { manifest } = (await plane.manifests.find('i1'))!;
    const { keyId: _, mac: __, ...unsigned } = { ...manifest, format: SNAPSHOT_FORMATS.newestRead + 1, revision: 9 };
    const later = plane.sources.keysOf('i1').sign(unsigned);
    await redis.set(redisKeys.manifest(prefix, 'i1'), pack(canonicalBytes(later)));
    await redis.set(redisKeys.head(prefix, 'i1'), JSON.stringify({ epoch: 1, revision: 9, hash: manifestHash(later) }));
    await plane.redis.assertAll();
    // The database holds less: it was restored.
    expect(await store.dataSource.query('SELECT epoch FROM deployment_state')).toEqual([{ epoch: '2' }]);
    expect(await head()).toMatchObject({ revision: 9 });
  });

  it('does not hold up publishing when it hangs', async () => {
    const silent: Server = createServer(() => {}).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as { port: number };
    const hung = createPublishing(store.dataSource, { redisUrl: `redis://127.0.0.1:${port}`, redisPrefix: prefix });
    hung.redis.open();
    await hung.write({ i1: ['instance'] });
    await hung.publisher.publishPending();
    expect((await hung.manifests.find('i1'))?.manifest.revision).toBe(1);
    await hung.redis.close();
    silent.close();
  });
});

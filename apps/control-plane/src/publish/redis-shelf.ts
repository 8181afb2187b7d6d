/** The copy of published manifests and chunks in Redis: doorbell and cache, never the truth. */
import { createHash } from 'node:crypto';
import { compareRevisions, Head, redisKeys } from '@causeway/contract';
import { connectRedis } from '@causeway/redis';
import { decodeManifest, type EncodedChunk, pack, UnreadableFormat } from '@causeway/snapshot';
import { RESP_TYPES } from '@redis/client';
import type { ChunkSources } from './chunk-sources.js';
import { deadline } from './deadline.js';
import type { PublishedManifest } from './published-manifests.js';

/** A Redis that hangs is given up after this and tried again later. */
const ANSWER_WITHIN_MS = 2000;

/** Chunks that no manifest names any more go by themselves; those in use are touched long before. */
const CHUNK_TTL_SECONDS = 24 * 3600;

/** Readers that are further behind than this take the whole manifest. */
const CHANGE_TTL_SECONDS = 600;

/** Keys or values in one command. */
const BATCH = 500;

/** What is no string, because somebody else wrote there, counts as lost: SET takes its place. */
const READ = `
local function read(key)
  local held = redis.pcall('GET', key)
  return type(held) == 'string' and held or nil
end`;

/**
 * Raises head and manifest together, and never lowers them; answers the head that stands. The head is compared by (epoch, revision).
 * ARGV: epoch, revision, head, manifest, "force" or "".
 */
const RAISE = `${READ}
local held = read(KEYS[1])
if held and ARGV[5] ~= 'force' then
  local ok, head = pcall(cjson.decode, held)
  if ok and type(head) == 'table' and type(head.epoch) == 'number' and type(head.revision) == 'number' then
    local epoch, revision = tonumber(ARGV[1]), tonumber(ARGV[2])
    if head.epoch > epoch or (head.epoch == epoch and head.revision > revision) then return held end
  end
end
redis.call('SET', KEYS[2], ARGV[4])
redis.call('SET', KEYS[1], ARGV[3])
return ARGV[3]`;

/** 1 when head, manifest and name stand as they should. ARGV: head, SHA-1 of the manifest, instance id. */
const STANDS = `${READ}
local manifest = read(KEYS[2])
if not manifest or redis.sha1hex(manifest) ~= ARGV[2] then return 0 end
return read(KEYS[1]) == ARGV[1] and read(KEYS[3]) == ARGV[3] and 1 or 0`;

/** Takes a name away unless it stands for another instance by now. ARGV: instance id. */
const UNNAME = `${READ}
if read(KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1`;

export type Position = Pick<Head, 'epoch' | 'revision'>;

export class RedisShelf {
  private readonly client;

  /** Connects in the background and again after every loss. */
  constructor(
    url: string,
    private readonly prefix: string,
    private readonly sources: ChunkSources,
    events: { onReady(): void; onError(error: Error): void },
  ) {
    this.client = connectRedis(url, events.onError).withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
    this.client.on('ready', events.onReady);
  }

  get isReady(): boolean {
    return this.client.isReady;
  }

  /** Before the head that leads to it: a change is much less to read than a manifest. */
  async putChange({ manifest, change }: PublishedManifest): Promise<void> {
    if (change === null) return;
    const key = redisKeys.change(this.prefix, manifest.instance, change.since);
    await this.answer(this.client.set(key, change.packed, { EX: CHANGE_TTL_SECONDS }));
  }

  /** Before the manifest that names them. */
  async putChunks(chunks: readonly EncodedChunk[]): Promise<void> {
    for (const batch of batches(chunks)) {
      const put = this.client.multi();
      for (const { hash, bytes } of batch) put.set(redisKeys.chunk(this.prefix, hash), pack(bytes), { EX: CHUNK_TTL_SECONDS });
      await this.answer(put.execAsPipeline());
    }
  }

  /**
   * Raises manifest and head, then rings. Answers a position that Redis holds beyond ours under a valid signature: then the database
   * was restored from a backup, or another control plane is ahead. A forged one is overwritten.
   */
  async raise(published: PublishedManifest): Promise<Position | null> {
    const { manifest, instanceName } = published;
    await this.answer(this.client.set(redisKeys.instanceName(this.prefix, instanceName), manifest.instance));
    const ahead = await this.raiseHead(published, '');
    if (ahead === null) await this.ring(manifest.instance, manifest);
    return ahead;
  }

  /** Takes away the name of an instance that has another one by now, or is gone. */
  async forgetName(instanceName: string, instanceId: string): Promise<void> {
    const key = redisKeys.instanceName(this.prefix, instanceName);
    await this.answer(this.client.eval(UNNAME, { keys: [key], arguments: [instanceId] }));
  }

  /** Of an instance that was deleted; its chunks and changes go by themselves. */
  async forget(instanceId: string): Promise<void> {
    await this.answer(this.client.del(this.headAndManifest(instanceId)));
  }

  /** True when head, manifest and name stand there exactly as published. */
  async stands(published: PublishedManifest): Promise<boolean> {
    const { instance } = published.manifest;
    const sha1 = createHash('sha1').update(published.packed).digest('hex');
    const keys = [...this.headAndManifest(instance), redisKeys.instanceName(this.prefix, published.instanceName)];
    const values = [headText(published), sha1, instance];
    return (await this.answer(this.client.eval(STANDS, { keys, arguments: values }))) === 1;
  }

  /** Keeps chunks for the full time from now on; the hashes that Redis has lost. */
  async touch(hashes: readonly string[]): Promise<string[]> {
    const lost: string[] = [];
    for (const batch of batches(hashes)) {
      const ask = this.client.multi();
      for (const hash of batch) ask.expire(redisKeys.chunk(this.prefix, hash), CHUNK_TTL_SECONDS);
      const found = await this.answer(ask.execAsPipeline());
      lost.push(...batch.filter((_, index) => Number(found[index]) === 0));
    }
    return lost;
  }

  /** The hashes that Redis has lost. */
  async missing(hashes: readonly string[]): Promise<string[]> {
    const missing: string[] = [];
    for (const batch of batches(hashes)) {
      const keys = batch.map((hash) => redisKeys.chunk(this.prefix, hash));
      if (Number(await this.answer(this.client.exists(keys))) === batch.length) continue;
      const ask = this.client.multi();
      for (const key of keys) ask.exists(key);
      const found = await this.answer(ask.execAsPipeline());
      missing.push(...batch.filter((_, index) => Number(found[index]) === 0));
    }
    return missing;
  }

  close(): void {
    this.client.destroy();
  }

  private async raiseHead(published: PublishedManifest, force: 'force' | ''): Promise<Position | null> {
    const { epoch, revision, instance } = published.manifest;
    const text = headText(published);
    const standing = await this.answer(
      this.client.eval(RAISE, {
        keys: this.headAndManifest(instance),
        arguments: [String(epoch), String(revision), text, published.packed, force],
      }),
    );
    if (String(standing) === text) return null;
    const head = Head.safeParse(parse(String(standing)));
    if (head.success && (await this.isAuthentic(instance, head.data))) return head.data;
    return force === '' ? this.raiseHead(published, 'force') : null;
  }

  /** Anybody who can write Redis can write a head; only a control plane can sign the manifest that belongs to it. */
  private async isAuthentic(instanceId: string, head: Head): Promise<boolean> {
    const key = redisKeys.manifest(this.prefix, instanceId);
    if ((await this.answer(this.client.type(key))) !== 'string') return false;
    const packed = await this.answer(this.client.get(key));
    if (packed === null) return false;
    try {
      const manifest = decodeManifest((id) => this.sources.keysOf(id), instanceId, Buffer.from(packed));
      return compareRevisions(manifest, head) === 0;
    } catch (error) {
      // Of a control plane of a later release.
      return error instanceof UnreadableFormat && compareRevisions(error.position, head) === 0;
    }
  }

  private async ring(instanceId: string, { epoch, revision }: Position): Promise<void> {
    await this.answer(this.client.publish(redisKeys.doorbell(this.prefix, instanceId), JSON.stringify({ epoch, revision })));
  }

  private headAndManifest(instanceId: string): [string, string] {
    return [redisKeys.head(this.prefix, instanceId), redisKeys.manifest(this.prefix, instanceId)];
  }

  private answer<T>(reply: Promise<T>): Promise<T> {
    return deadline(reply, ANSWER_WITHIN_MS, 'Redis');
  }
}

function headText({ manifest: { epoch, revision }, hash }: PublishedManifest): string {
  return JSON.stringify({ epoch, revision, hash });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function* batches<T>(items: readonly T[]): Iterable<readonly T[]> {
  for (let start = 0; start < items.length; start += BATCH) yield items.slice(start, start + BATCH);
}

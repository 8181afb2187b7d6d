/** Redis as a data plane uses it: head, manifest, chunks, and the doorbell. */
import { Head, redisKeys } from '@causeway/contract';
import { connectRedis } from '@causeway/redis';
import { RESP_TYPES } from '@redis/client';
import { deadline } from './deadline.js';

const ANSWER_WITHIN_MS = 2000;

/** Several times what one takes: nobody has signed it, and it is parsed at every look. */
const MAX_HEAD_BYTES = 1024;

export interface RedisEvents {
  /** Connected, or connected again: what rang meanwhile was not heard. */
  onReady(): void;
  onDoorbell(): void;
  onLost(error: Error): void;
}

export class RedisFeed {
  private readonly client;
  private readonly subscriber;
  private following: string | null = null;

  /** Connects in the background, and again after every loss. */
  constructor(
    url: string,
    private readonly prefix: string,
    private readonly events: RedisEvents,
  ) {
    const client = connectRedis(url, (error) => events.onLost(error));
    this.client = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
    this.subscriber = connectRedis(url, (error) => events.onLost(error));
    client.on('ready', () => events.onReady());
    this.subscriber.on('ready', () => this.subscribe());
  }

  get isReady(): boolean {
    return this.client.isReady;
  }

  /** The id that a name stands for; null when Redis does not know the name. */
  async instanceId(name: string): Promise<string | null> {
    return (await this.get(redisKeys.instanceName(this.prefix, name)))?.toString() ?? null;
  }

  /** Null when there is none, or none that can be read. */
  async head(instanceId: string): Promise<Head | null> {
    const text = await this.get(redisKeys.head(this.prefix, instanceId));
    if (text === null || text.length > MAX_HEAD_BYTES) return null;
    try {
      return Head.parse(JSON.parse(text.toString()));
    } catch {
      return null;
    }
  }

  manifest(instanceId: string): Promise<Buffer | null> {
    return this.get(redisKeys.manifest(this.prefix, instanceId));
  }

  /** What changed since the manifest with this hash. */
  change(instanceId: string, hash: string): Promise<Buffer | null> {
    return this.get(redisKeys.change(this.prefix, instanceId, hash));
  }

  chunk(hash: string): Promise<Buffer | null> {
    return this.get(redisKeys.chunk(this.prefix, hash));
  }

  /** Takes away what is not the chunk: a control plane puts back what is missing, and does not look into what is there. */
  async dropChunk(hash: string): Promise<void> {
    await deadline(this.client.del(redisKeys.chunk(this.prefix, hash)), ANSWER_WITHIN_MS, 'Redis');
  }

  /** Listens to the doorbell of an instance from now on. */
  follow(instanceId: string): void {
    if (this.following === instanceId) return;
    this.following = instanceId;
    if (this.subscriber.isReady) this.subscribe();
  }

  close(): void {
    this.client.destroy();
    this.subscriber.destroy();
  }

  private subscribe(): void {
    if (this.following === null) return;
    const { onDoorbell, onReady, onLost } = this.events;
    const channel = redisKeys.doorbell(this.prefix, this.following);
    this.subscriber
      .unsubscribe()
      .then(() => this.subscriber.subscribe(channel, () => onDoorbell()))
      .then(onReady, onLost);
  }

  private async get(key: string): Promise<Buffer | null> {
    try {
      const value = await deadline(this.client.get(key), ANSWER_WITHIN_MS, 'Redis');
      return value === null ? null : Buffer.from(value);
    } catch (error) {
      // Somebody else wrote there: as little a document as any text that is none.
      if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return Buffer.alloc(0);
      throw error;
    }
  }
}

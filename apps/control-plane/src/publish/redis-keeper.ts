/** Keeps Redis in line with Postgres: announces what is new, and puts back what a flushed or older Redis has lost. */
import type { EncodedChunk } from '@causeway/snapshot';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CommitBell } from '../change/commit-bell.js';
import { ChunkSources } from './chunk-sources.js';
import { type PublishedManifest, PublishedManifests } from './published-manifests.js';
import { raiseEpoch } from './raise-epoch.js';
import { RedisShelf } from './redis-shelf.js';
import { SnapshotSettings } from './snapshot-settings.js';

/** Chunks read from Postgres at once to be put back. */
const CHUNKS_AT_ONCE = 100;

/** Well within the time that Redis keeps chunks; every control plane does so. */
const TOUCH_EVERY_MS = 3_600_000;

/** Manifests of one instance that may wait for Redis, with their chunks; what is beyond is healed by the next assertion. */
const MOST_WAITING = 64;

interface Announcement {
  readonly published: PublishedManifest;
  readonly chunks: readonly EncodedChunk[];
}

@Injectable()
export class RedisKeeper {
  private readonly logger = new Logger(RedisKeeper.name);
  private shelf: RedisShelf | null = null;
  private healthy = true;
  /** When chunks were last given their full time, by instance, monotonic ms. */
  private readonly touchedMs = new Map<string, number>();
  /** What this process has held Redis to: instance id -> name. */
  private readonly held = new Map<string, string>();
  /** By instance, oldest first. */
  private readonly waiting = new Map<string, Announcement[]>();
  private draining: Promise<void> | null = null;
  private asserting: Promise<void> | null = null;

  constructor(
    private readonly settings: SnapshotSettings,
    private readonly dataSource: DataSource,
    private readonly sources: ChunkSources,
    private readonly manifests: PublishedManifests,
    private readonly commits: CommitBell,
  ) {}

  /** Whether Redis answers and takes what is published; null without one. */
  get follows(): boolean | null {
    return this.shelf === null ? null : this.shelf.isReady && this.healthy;
  }

  /** Does nothing without `REDIS_URL`. */
  open(): void {
    const { redisUrl, redisPrefix } = this.settings;
    if (redisUrl === null) return;
    this.shelf = new RedisShelf(redisUrl, redisPrefix, this.sources, {
      onReady: () => void this.assertAll(),
      onError: (error) => this.unhealthy(error),
    });
  }

  /** Returns at once: a Redis that is slow or gone holds nobody up. */
  announce(published: PublishedManifest, chunks: readonly EncodedChunk[]): void {
    // Until it is reached, the assertion that follows the connection brings everything.
    if (this.shelf?.isReady !== true) return;
    const { instance } = published.manifest;
    const before = this.waiting.get(instance) ?? [];
    this.waiting.set(instance, [...before.slice(1 - MOST_WAITING), { published, chunks }]);
    this.startDraining(this.shelf);
  }

  /** Head, manifest and chunks of every instance. Never rejects; a second call joins the one under way. */
  assertAll(): Promise<void> {
    const { shelf } = this;
    if (shelf?.isReady !== true) return Promise.resolve();
    this.asserting ??= this.assertEach(shelf)
      .then(
        () => this.recovered(),
        (error: unknown) => this.unhealthy(error),
      )
      .finally(() => {
        this.asserting = null;
      });
    return this.asserting;
  }

  async close(): Promise<void> {
    this.waiting.clear();
    this.shelf?.close();
    this.shelf = null;
    await Promise.all([this.draining, this.asserting]);
  }

  private startDraining(shelf: RedisShelf): void {
    this.draining ??= this.drain(shelf).finally(() => {
      this.draining = null;
      if (this.waiting.size > 0) this.startDraining(shelf);
    });
  }

  private async drain(shelf: RedisShelf): Promise<void> {
    for (const [instanceId, announcements] of this.waiting) {
      this.waiting.delete(instanceId);
      try {
        // Each change, so that a reader finds its way from any; the head goes to the newest at once. A Redis far away answers all of it together.
        await Promise.all([
          shelf.putChunks(announcements.flatMap(({ chunks }) => chunks)),
          ...announcements.map(({ published }) => shelf.putChange(published)),
        ]);
        await this.raise(shelf, (announcements.at(-1) as Announcement).published);
      } catch (error) {
        this.unhealthy(error);
      }
    }
  }

  private async assertEach(shelf: RedisShelf): Promise<void> {
    const all = await this.manifests.refresh();
    await this.forgetGone(shelf, new Map(all.map(({ manifest, instanceName }) => [manifest.instance, instanceName])));
    for (const published of all) {
      const lost = await this.lost(shelf, published);
      for (let start = 0; start < lost.length; start += CHUNKS_AT_ONCE) {
        await shelf.putChunks(await this.load(lost.slice(start, start + CHUNKS_AT_ONCE)));
      }
      if (!(await shelf.stands(published))) await this.raise(shelf, published);
    }
  }

  /** Names that changed, and instances that were deleted: a data plane that starts must not be led to them. */
  private async forgetGone(shelf: RedisShelf, present: ReadonlyMap<string, string>): Promise<void> {
    for (const [id, name] of this.held) {
      const named = present.get(id);
      if (named === name) continue;
      if (named === undefined && (await this.dataSource.query('SELECT 1 FROM instances WHERE id = $1', [id])).length > 0)
        continue;
      await shelf.forgetName(name, id);
      if (named === undefined) await shelf.forget(id);
      this.held.delete(id);
      this.touchedMs.delete(id);
    }
    for (const [id, name] of present) this.held.set(id, name);
  }

  private async lost(shelf: RedisShelf, { manifest }: PublishedManifest): Promise<string[]> {
    const hashes = [...new Set(Object.values(manifest.chunks))];
    const touchedMs = this.touchedMs.get(manifest.instance);
    if (touchedMs !== undefined && performance.now() - touchedMs < TOUCH_EVERY_MS) return shelf.missing(hashes);
    const lost = await shelf.touch(hashes);
    this.touchedMs.set(manifest.instance, performance.now());
    return lost;
  }

  private async raise(shelf: RedisShelf, published: PublishedManifest): Promise<void> {
    const ahead = await shelf.raise(published);
    if (ahead === null) return;
    const { instance } = published.manifest;
    if (!(await raiseEpoch(this.dataSource, instance, ahead))) return;
    this.logger.warn(`Redis holds revision ${ahead.revision} of ${instance}, which the database has lost: a new epoch begins`);
    this.commits.ring();
  }

  private load(hashes: readonly string[]): Promise<EncodedChunk[]> {
    return this.dataSource.query('SELECT hash, bytes FROM chunks WHERE hash = ANY($1)', [hashes]);
  }

  private unhealthy(error: unknown): void {
    if (this.healthy && this.shelf !== null)
      this.logger.warn(`Redis does not follow: ${error instanceof Error ? error.message : String(error)}`);
    this.healthy = false;
  }

  private recovered(): void {
    if (!this.healthy) this.logger.log('Redis follows again');
    this.healthy = true;
  }
}

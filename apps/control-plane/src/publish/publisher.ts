/** The outbox relay: publishes what committed, at least once, whoever else publishes too. */
import { Injectable, Logger } from '@nestjs/common';
import { DataSource, QueryFailedError } from 'typeorm';
import { ChunkSources } from './chunk-sources.js';
import { heldInstances } from './held-instances.js';
import { LastManifests } from './last-manifests.js';
import { type Publication, publishInstance } from './publish-instance.js';
import { PublishedManifests } from './published-manifests.js';
import { RedisKeeper } from './redis-keeper.js';

/** Another publisher came first: its work is seen by the next attempt. */
const OVERTAKEN = new Set(['40001', '40P01', '23505']);
const ATTEMPTS = 3;

@Injectable()
export class Publisher {
  /** Since the process began: publications, attempts at one that failed, and the time that publications took together. */
  readonly counters = { published: 0, failed: 0, seconds: 0 };
  private readonly logger = new Logger(Publisher.name);
  /** What last went wrong, by instance: told once, not at every attempt. */
  private readonly troubles = new Map<string, string>();
  private readonly last = new LastManifests();

  constructor(
    private readonly dataSource: DataSource,
    private readonly sources: ChunkSources,
    private readonly manifests: PublishedManifests,
    private readonly redis: RedisKeeper,
  ) {}

  /** Publishes every instance that is behind; answers how many have to wait for a migration. One failure stops no other instance. */
  async publishPending(): Promise<{ held: number }> {
    for (;;) {
      const pending = await this.pending();
      const held = await heldInstances(this.dataSource, pending);
      let gained = false;
      for (const instanceId of pending.keys()) {
        if (held.has(instanceId)) continue;
        gained = (await this.publish(instanceId)) || gained;
      }
      // Publishing the target may have been all that its source waited for.
      if (held.size === 0 || !gained) return { held: held.size };
    }
  }

  /** Instance id -> keys to build, for each instance with an outbox row, an older epoch, or no manifest yet. */
  private async pending(): Promise<Map<string, Set<string>>> {
    const rows: { id: string; keys: string[] }[] = await this.dataSource.query(
      `SELECT i.id, ARRAY(SELECT DISTINCT jsonb_array_elements_text(o.chunk_keys) FROM outbox o WHERE o.instance_id = i.id) AS keys
       FROM instances i CROSS JOIN deployment_state d LEFT JOIN published_manifests p ON p.instance_id = i.id
       WHERE d.id = 1 AND (p.instance_id IS NULL OR p.epoch < d.epoch OR EXISTS (SELECT 1 FROM outbox o WHERE o.instance_id = i.id))
       ORDER BY i.id`,
    );
    return new Map(rows.map(({ id, keys }) => [id, new Set(keys)]));
  }

  private async publish(instanceId: string): Promise<boolean> {
    const startedMs = performance.now();
    try {
      const publication = await this.attempt(instanceId);
      this.troubles.delete(instanceId);
      if (publication === null) return false;
      this.counters.published++;
      this.counters.seconds += (performance.now() - startedMs) / 1000;
      this.last.keep(publication);
      for (const { resource, path, message } of publication.problems) {
        this.logger.error(`Revision ${publication.manifest.revision} of ${instanceId}: ${resource} ${path} ${message}`);
      }
      this.redis.announce(this.manifests.accept(publication.instanceName, publication.manifest), publication.chunks);
      return true;
    } catch (error) {
      this.counters.failed++;
      const trouble = error instanceof Error ? error.message : String(error);
      if (this.troubles.get(instanceId) !== trouble) this.logger.error(`Instance ${instanceId} cannot be published: ${trouble}`);
      this.troubles.set(instanceId, trouble);
      return false;
    }
  }

  private async attempt(instanceId: string): Promise<Publication | null> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await publishInstance(this.dataSource, this.sources, this.last, instanceId);
      } catch (error) {
        const code = error instanceof QueryFailedError ? (error.driverError as { code?: string }).code : undefined;
        if (attempt >= ATTEMPTS || code === undefined || !OVERTAKEN.has(code)) throw error;
      }
    }
  }
}

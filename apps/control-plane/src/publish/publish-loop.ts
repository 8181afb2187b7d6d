/** When the publisher runs: at once after a commit in this process, and on a tick for all that nobody rang for. */
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { CommitBell } from '../change/commit-bell.js';
import { ReportBell } from '../nodes/report-bell.js';
import { PublishedManifests } from './published-manifests.js';
import { Publisher } from './publisher.js';
import { RedisKeeper } from './redis-keeper.js';

/** Finds what another control plane committed and did not publish, and what it did publish. */
const TICK_MS = 1000;
const ASSERT_REDIS_MS = 5000;

@Injectable()
export class PublishLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(PublishLoop.name);
  private readonly ends: (() => void)[] = [];
  private running: Promise<void> | null = null;
  private wanted = false;
  private stopped = false;
  private held = 0;
  private trouble: string | null = null;

  constructor(
    private readonly publisher: Publisher,
    private readonly manifests: PublishedManifests,
    private readonly redis: RedisKeeper,
    private readonly commits: CommitBell,
    private readonly reports: ReportBell,
  ) {}

  onApplicationBootstrap(): void {
    this.redis.open();
    this.ends.push(
      this.commits.listen(() => this.wake()),
      this.reports.listen(() => {
        if (this.held > 0) this.wake();
      }),
      every(TICK_MS, () => this.wake()),
      every(ASSERT_REDIS_MS, () => void this.redis.assertAll()),
    );
    this.wake();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    for (const end of this.ends) end();
    await this.running;
    await this.redis.close();
  }

  private wake(): void {
    this.wanted = true;
    if (this.stopped) return;
    this.running ??= this.run().finally(() => {
      this.running = null;
      // Somebody may have rung after the last look.
      if (this.wanted) this.wake();
    });
  }

  private async run(): Promise<void> {
    while (this.wanted && !this.stopped) {
      this.wanted = false;
      try {
        this.held = (await this.publisher.publishPending()).held;
        await this.manifests.refresh();
        this.trouble = null;
      } catch (error) {
        const trouble = error instanceof Error ? error.message : String(error);
        if (this.trouble !== trouble) this.logger.error(`Publishing rests: ${trouble}`);
        this.trouble = trouble;
      }
    }
  }
}

function every(ms: number, work: () => void): () => void {
  const timer = setInterval(work, ms).unref();
  return () => clearInterval(timer);
}

/** Takes items out of the store that have expired, in the background. */
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';

const SWEEP_MS = 60_000;
/** Rows in one statement, so that no write on a dataset waits for more than one. */
const BATCH = 1000;

@Injectable()
export class ExpiredItems implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(ExpiredItems.name);
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> | null = null;
  private stopped = false;

  constructor(private readonly dataSource: DataSource) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.running ??= this.sweep()
        .catch((error: unknown) => this.logger.warn(`Expired items of datasets stay for now: ${String(error)}`))
        .finally(() => {
          this.running = null;
        });
    }, SWEEP_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearInterval(this.timer);
    await this.running;
  }

  /** Nothing that anybody can notice changes, as an expired item is nowhere in force: no revision, no audit row. */
  async sweep(batch = BATCH): Promise<void> {
    let count = batch;
    while (count === batch && !this.stopped) {
      // Another control plane at it has rows of its own. An array, as a join of so many with all items may read them all.
      const [, swept]: [unknown, number] = await this.dataSource.query(
        `DELETE FROM dataset_items WHERE id = ANY (ARRAY(
           SELECT id FROM dataset_items WHERE expires_at <= clock_timestamp() ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED))`,
        [batch],
      );
      count = swept;
    }
  }
}

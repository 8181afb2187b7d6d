/** Keeps the history from growing without end, in the background. */
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Settings } from '../config.js';
import { forgetBatch } from './forget-history.js';

const TICK_MS = 60_000;

@Injectable()
export class HistoryKeeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(HistoryKeeper.name);
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> | null = null;
  private stopped = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: Settings,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.running ??= this.look().finally(() => {
        this.running = null;
      });
    }, TICK_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearInterval(this.timer);
    await this.running;
  }

  /** Batch after batch, so that no write waits for more than one. */
  async forget(): Promise<void> {
    while (!this.stopped && (await forgetBatch(this.dataSource, this.settings.revisionsKeep)));
  }

  private async look(): Promise<void> {
    try {
      await this.forget();
    } catch (error) {
      this.logger.warn(`Old revisions stay for now: ${(error as Error).message}`);
    }
  }
}

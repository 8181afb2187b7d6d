/** Keeps the history from growing without end, in the background. */
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Settings } from '../config.js';
import { forgetIntervals, sweepChunks } from './forget-chunks.js';
import { forgetBatch } from './forget-history.js';

const TICK_MS = 60_000;

@Injectable()
export class HistoryKeeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  /** Since the process began: intervals in which a chunk stood under a key, and chunks. */
  readonly forgotten = { intervals: 0, chunks: 0 };
  private readonly logger = new Logger(HistoryKeeper.name);
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> | null = null;
  private stopped = false;
  /** Where the next page of chunks begins. */
  private sweptTo = '';

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

  /** After the revisions, which say what may go. The chunks that no interval gave away are found page by page, one at each look. */
  async forgetChunks(): Promise<void> {
    const before = { ...this.forgotten };
    for (let isMore = true; isMore && !this.stopped; ) {
      const batch = await forgetIntervals(this.dataSource);
      this.forgotten.intervals += batch.intervals;
      this.forgotten.chunks += batch.chunks;
      isMore = batch.isMore;
    }
    const page = await sweepChunks(this.dataSource, this.sweptTo);
    this.forgotten.chunks += page.chunks;
    this.sweptTo = page.next;
    const intervals = this.forgotten.intervals - before.intervals;
    const chunks = this.forgotten.chunks - before.chunks;
    if (intervals + chunks > 0) this.logger.log(`Chunks forgotten: ${chunks}; intervals in which one stood: ${intervals}`);
  }

  private async look(): Promise<void> {
    try {
      await this.forget();
      await this.forgetChunks();
    } catch (error) {
      this.logger.warn(`What is old stays for now: ${(error as Error).message}`);
    }
  }
}

/** Takes secrets that were rotated away out of the store once their overlap is over. */
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';

const SWEEP_MS = 3_600_000;

@Injectable()
export class RetiredSecrets implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(RetiredSecrets.name);
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly dataSource: DataSource) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.sweep().catch((error: unknown) => this.logger.error(`Secrets past their overlap stay for now: ${String(error)}`));
    }, SWEEP_MS).unref();
  }

  beforeApplicationShutdown(): void {
    if (this.timer !== null) clearInterval(this.timer);
  }

  /** Nothing that anybody can notice changes, as chunks leave them out from then on: no revision, no audit row. */
  async sweep(): Promise<void> {
    await this.dataSource.query(
      'UPDATE app_keys SET previous_secret = NULL, previous_until = NULL WHERE previous_until <= clock_timestamp()',
    );
  }
}

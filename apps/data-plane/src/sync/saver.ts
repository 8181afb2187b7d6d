/** Writes what runs to disk, after the swap and beside the traffic: only the newest that waits. */
import { coalesce } from './coalesce.js';
import type { Disk } from './disk.js';
import type { Running } from './follower.js';
import type { Clock } from './options.js';
import type { Troubles } from './troubles.js';

const SAVING = 'Keeping the snapshot on disk';

export class Saver {
  private newest: Running | null = null;
  private written: Promise<void> = Promise.resolve();
  private readonly write = coalesce(() => this.writeNewest());

  constructor(
    private readonly disk: Disk,
    private readonly clock: Clock,
    private readonly troubles: Troubles,
  ) {}

  save(running: Running): void {
    this.newest = running;
    this.written = this.write();
  }

  /** Resolves when nothing waits to be written. */
  idle(): Promise<void> {
    return this.written;
  }

  private async writeNewest(): Promise<void> {
    if (this.newest === null) return;
    try {
      await this.disk.save(this.newest.manifest, this.newest.chunks.values(), this.clock.now());
      this.troubles.works(SAVING);
    } catch (error) {
      this.troubles.failed(SAVING, error);
    }
  }
}

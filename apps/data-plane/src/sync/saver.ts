/** Writes what runs to disk, after the swap and beside the traffic: only the newest that waits, and no more often than needed. */
import { setTimeout as pause } from 'node:timers/promises';
import { coalesce } from './coalesce.js';
import type { Disk } from './disk.js';
import type { Running } from './follower.js';
import type { Clock } from './options.js';
import type { Troubles } from './troubles.js';

const SAVING = 'Keeping the snapshot on disk';

/** Between two saves: the copy is the last resort, and need not be of this second while edits come one after the other, ms. */
const REST_MS = 2000;

export class Saver {
  private newest: Running | null = null;
  private written: Promise<void> = Promise.resolve();
  private savedMs = Number.NEGATIVE_INFINITY;
  private readonly write = coalesce(() => this.writeNewest());

  constructor(
    private readonly disk: Disk,
    private readonly clock: Clock,
    private readonly troubles: Troubles,
    /** What waits then is written at once. */
    private readonly stopping: AbortSignal,
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
    const restMs = this.savedMs + REST_MS - performance.now();
    if (restMs > 0) await pause(restMs, undefined, { signal: this.stopping, ref: false }).catch(() => undefined);
    if (this.newest === null) return;
    this.savedMs = performance.now();
    try {
      await this.disk.save(this.newest.manifest, this.newest.chunks.values(), this.clock.now());
      this.troubles.works(SAVING);
    } catch (error) {
      this.troubles.failed(SAVING, error);
    }
  }
}

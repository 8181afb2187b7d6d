/** Says once that something fails and once that it works again, however often it is tried. */
import type { SyncLogger } from './options.js';

export class Troubles {
  private readonly failing = new Set<string>();

  constructor(
    private readonly logger: SyncLogger,
    private readonly signal: AbortSignal,
  ) {}

  failed(what: string, error: unknown): void {
    // What fails because it was stopped is no trouble.
    if (this.signal.aborted || this.failing.has(what)) return;
    this.failing.add(what);
    this.logger.warn({ reason: error instanceof Error ? error.message : String(error) }, `${what} fails`);
  }

  works(what: string): void {
    if (this.failing.delete(what)) this.logger.info({}, `${what} works again`);
  }
}

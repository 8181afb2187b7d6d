/** The doorbell over HTTP, for as long as Redis does not ring. */
import { setTimeout as pause } from 'node:timers/promises';
import type { ControlPlaneClient } from './control-plane-client.js';
import type { Troubles } from './troubles.js';

const STREAM = 'The event stream of the control plane';

export class EventStream {
  private current: AbortController | null = null;

  constructor(
    private readonly controlPlane: ControlPlaneClient,
    private readonly instance: () => string,
    private readonly onEvent: () => void,
    private readonly retryMs: () => number,
    private readonly troubles: Troubles,
  ) {}

  /** Connects, and again after every loss, until it is closed. A second call changes nothing. */
  open(): void {
    if (this.current !== null) return;
    this.current = new AbortController();
    void this.keepOpen(this.current.signal);
  }

  close(): void {
    this.current?.abort();
    this.current = null;
  }

  private async keepOpen(signal: AbortSignal): Promise<void> {
    const heard = () => {
      this.troubles.works(STREAM);
      this.onEvent();
    };
    while (!signal.aborted) {
      try {
        await this.controlPlane.events(this.instance(), heard, signal);
      } catch (error) {
        if (!signal.aborted) this.troubles.failed(STREAM, error);
      }
      await pause(this.retryMs(), undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}

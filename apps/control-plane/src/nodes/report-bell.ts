/** Rings in this process when a data plane has reported. */
import { Injectable } from '@nestjs/common';

@Injectable()
export class ReportBell {
  private readonly listeners = new Set<(instanceId: string) => void>();

  /** Returns the function that stops listening. */
  listen(listener: (instanceId: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  ring(instanceId: string): void {
    for (const listener of this.listeners) listener(instanceId);
  }
}

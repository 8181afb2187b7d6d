/** Rings in this process when a write that changes a snapshot has committed. */
import { Injectable } from '@nestjs/common';

@Injectable()
export class CommitBell {
  private readonly listeners = new Set<() => void>();

  /** Returns the function that stops listening. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  ring(): void {
    for (const listener of this.listeners) listener();
  }
}

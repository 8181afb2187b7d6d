/** Rings in this process when a newer manifest of an instance stands in Postgres. */
import type { Manifest } from '@causeway/contract';
import { Injectable } from '@nestjs/common';

export type ManifestListener = (head: Pick<Manifest, 'instance' | 'epoch' | 'revision'>) => void;

@Injectable()
export class ManifestBell {
  private readonly listeners = new Set<ManifestListener>();

  /** Returns the function that stops listening. */
  listen(listener: ManifestListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  ring(head: Parameters<ManifestListener>[0]): void {
    for (const listener of this.listeners) listener(head);
  }
}

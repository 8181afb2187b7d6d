/** The manifest that this process stored or read last, by instance: the next one is made from it without reading it again. */
import type { Manifest } from '@causeway/contract';
import type { EntityManager } from 'typeorm';

export interface StoredManifest {
  /** When it was stored, to the microsecond: tells it from what another control plane or a backup put in its place. */
  readonly publishedAt: string;
  readonly manifest: Manifest;
}

export class LastManifests {
  private readonly known = new Map<string, StoredManifest>();

  /** @param publishedAt of the row as the transaction sees it */
  async read(manager: EntityManager, instanceId: string, publishedAt: string): Promise<Manifest> {
    const known = this.known.get(instanceId);
    if (known?.publishedAt === publishedAt) return known.manifest;
    const [row]: { manifest: Manifest }[] = await manager.query(
      'SELECT manifest FROM published_manifests WHERE instance_id = $1',
      [instanceId],
    );
    if (row === undefined) throw new Error(`The manifest of ${instanceId} went away within a transaction`);
    return row.manifest;
  }

  /** Once the transaction that stored it has committed. */
  keep(stored: StoredManifest): void {
    this.known.set(stored.manifest.instance, stored);
  }
}

/** The manifests that stand in Postgres, each read once: what the HTTP endpoints serve and Redis is held to. */
import { compareRevisions, type Manifest } from '@causeway/contract';
import { canonicalBytes, changeBetween, hashOf, MAX_UNSIGNED_BYTES, pack } from '@causeway/snapshot';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ManifestBell } from './manifest-bell.js';

export interface PublishedManifest {
  readonly instanceName: string;
  readonly manifest: Manifest;
  /** SHA-256 of its canonical bytes: the ETag, and the `hash` of a head. */
  readonly hash: string;
  /** Canonical bytes as they travel, gzip when large. */
  readonly packed: Buffer;
  /** What is new in it since the one that this process knew before; null: it knew none. */
  readonly change: { readonly since: string; readonly packed: Buffer } | null;
}

@Injectable()
export class PublishedManifests {
  private readonly known = new Map<string, PublishedManifest>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly bell: ManifestBell,
  ) {}

  /** By the id or the name of the instance; null when there is no such instance or it was never published. */
  async find(idOrName: string): Promise<PublishedManifest | null> {
    const [row]: HeadRow[] = await this.dataSource.query(
      `${HEADS} WHERE i.id = $1 OR i.name = $1 ORDER BY (i.id = $1) DESC LIMIT 1`,
      [idOrName],
    );
    return row === undefined ? null : await this.current(row);
  }

  /** All instances; rings for each manifest that is newer than what this process knew. */
  async refresh(): Promise<PublishedManifest[]> {
    const rows: HeadRow[] = await this.dataSource.query(HEADS);
    const present = new Set(rows.map(({ id }) => id));
    for (const id of this.known.keys()) if (!present.has(id)) this.known.delete(id);
    const all: PublishedManifest[] = [];
    for (const row of rows) {
      const current = await this.current(row);
      if (current !== null) all.push(current);
    }
    return all;
  }

  /** Takes over what this process has just published, and rings when it is newer than what it knew. */
  accept(instanceName: string, manifest: Manifest): PublishedManifest {
    const bytes = canonicalBytes(manifest);
    const hash = hashOf(bytes);
    const known = this.known.get(manifest.instance);
    const published = { instanceName, manifest, hash, packed: pack(bytes), change: changeSince(known, manifest, hash) };
    this.known.set(manifest.instance, published);
    if (known === undefined || compareRevisions(known.manifest, manifest) < 0) this.bell.ring(manifest);
    return published;
  }

  private async current({ id, name, epoch, revision }: HeadRow): Promise<PublishedManifest | null> {
    const head = { epoch: Number(epoch), revision: Number(revision) };
    const known = this.known.get(id);
    if (known !== undefined && known.instanceName === name && compareRevisions(known.manifest, head) === 0) return known;
    const [row]: { manifest: Manifest }[] = await this.dataSource.query(
      'SELECT manifest FROM published_manifests WHERE instance_id = $1',
      [id],
    );
    return row === undefined ? null : this.accept(name, row.manifest);
  }
}

function changeSince(known: PublishedManifest | undefined, manifest: Manifest, hash: string): PublishedManifest['change'] {
  if (known === undefined || known.hash === hash) return null;
  const bytes = canonicalBytes(changeBetween(known.manifest, manifest, hash));
  // Nobody would read it: the manifest itself is signed.
  return bytes.length > MAX_UNSIGNED_BYTES ? null : { since: known.hash, packed: pack(bytes) };
}

interface HeadRow {
  id: string;
  name: string;
  epoch: string;
  revision: string;
}

const HEADS = 'SELECT i.id, i.name, p.epoch, p.revision FROM published_manifests p JOIN instances i ON i.id = p.instance_id';

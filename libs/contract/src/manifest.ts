/** The table of contents of a snapshot: which chunk stands under which key at a revision of an instance. */
import { z } from 'zod';

export const MANIFEST_FORMAT = 1;

/** SHA-256 of a chunk's canonical bytes, in hexadecimal. */
export const ChunkHash = z.string().regex(/^[0-9a-f]{64}$/);

export const Manifest = z.strictObject({
  format: z.literal(MANIFEST_FORMAT),
  instance: z.string().min(1).max(128),
  epoch: z.int().min(0),
  revision: z.int().min(0),
  /**
   * Where the newest named write stands that explains why APIs went away: the reader's shrink guard lets the loss pass when it
   * runs something older than that, even when it skipped that very revision. Null when there was no such write.
   */
  allowShrink: z.strictObject({ epoch: z.int().min(0), revision: z.int().min(0) }).nullable(),
  chunks: z.record(z.string().max(200), ChunkHash),
  createdAt: z.iso.datetime(),
  keyId: z.string().min(1).max(64),
  /** HMAC-SHA256 over the canonical JSON of all other fields with the instance's manifest key, base64url. */
  mac: z.string().max(64),
});

/** Where an instance stands: compared first by epoch, then by revision. */
export const Head = z.strictObject({ epoch: z.int().min(0), revision: z.int().min(0), hash: ChunkHash });

export const NodeReport = z.strictObject({
  node: z.string().min(1).max(128),
  instance: z.string().min(1).max(128),
  /** With `revision`: what the node runs, whatever its state. */
  epoch: z.int().min(0),
  revision: z.int().min(0),
  /**
   * `applied` it runs all of it; `partial` some resources are quarantined (see `errors`); `rejected` it refused a newer manifest;
   * `stale` it reaches none of its sources and cannot know whether there is a newer one.
   */
  state: z.enum(['applied', 'partial', 'rejected', 'stale']),
  /** The newest manifest it refused, while that is newer than what it runs. */
  rejected: z.strictObject({ epoch: z.int().min(0), revision: z.int().min(0) }).nullable(),
  errors: z.array(z.strictObject({ resource: z.string().max(200), message: z.string().max(2000) })).max(100),
  source: z.enum(['redis', 'http', 'disk']),
  appliedAt: z.iso.datetime(),
});

export type Manifest = z.infer<typeof Manifest>;
export type Head = z.infer<typeof Head>;
export type NodeReport = z.infer<typeof NodeReport>;

/** Negative when `a` is older than `b`: epochs first, revisions second. */
export function compareRevisions(a: { epoch: number; revision: number }, b: { epoch: number; revision: number }): number {
  return a.epoch - b.epoch || a.revision - b.revision;
}

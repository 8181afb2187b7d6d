/** The table of contents of a snapshot: which chunk stands under which key at a revision of an instance. */
import { z } from 'zod';
import { Hints } from './hints.js';
import { formatProblem } from './snapshot-formats.js';

/** SHA-256 of a chunk's canonical bytes, in hexadecimal. */
export const ChunkHash = z.string().regex(/^[0-9a-f]{64}$/);

const Format = z
  .int()
  .refine((format) => formatProblem(format) === null, { error: ({ input }) => formatProblem(input as number) ?? '' });

export const ManifestFields = z.strictObject({
  format: Format,
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
  hints: Hints,
  keyId: z.string().min(1).max(64),
  /** HMAC-SHA256 over the canonical JSON of all other fields with the instance's manifest key, base64url. */
  mac: z.string().max(64),
});

/** The format first: of one that is not read here no other field says anything. */
export const Manifest = z.preprocess((value, context) => {
  const { format } = (value ?? {}) as { format?: unknown };
  const problem = typeof format === 'number' ? formatProblem(format) : null;
  if (problem !== null) context.addIssue({ code: 'custom', path: ['format'], message: problem });
  return value;
}, ManifestFields);

/**
 * What a manifest says in every format, and how it is signed: so much can be believed of one that cannot be read, and it can be refused
 * for good and not only missed.
 */
export const ManifestEnvelope = z.looseObject({
  ...ManifestFields.pick({ instance: true, epoch: true, revision: true, keyId: true, mac: true }).shape,
  format: z.int(),
});

/** Where an instance stands: compared first by epoch, then by revision. What a newer release adds is left unread. */
export const Head = z.object({ epoch: z.int().min(0), revision: z.int().min(0), hash: ChunkHash });

/** What a data plane of a newer release tells besides is left unread. */
export const NodeReport = z.object({
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
  rejected: z.object({ epoch: z.int().min(0), revision: z.int().min(0) }).nullable(),
  errors: z.array(z.object({ resource: z.string().max(200), message: z.string().max(2000) })).max(100),
  source: z.enum(['redis', 'http', 'disk']),
  appliedAt: z.iso.datetime(),
});

export type Manifest = z.infer<typeof Manifest>;
export type ManifestEnvelope = z.infer<typeof ManifestEnvelope>;
export type Head = z.infer<typeof Head>;
export type NodeReport = z.infer<typeof NodeReport>;

/** Negative when `a` is older than `b`: epochs first, revisions second. */
export function compareRevisions(a: { epoch: number; revision: number }, b: { epoch: number; revision: number }): number {
  return a.epoch - b.epoch || a.revision - b.revision;
}

/** Chunks as bytes named by their hash. */
import { createHash } from 'node:crypto';
import { Chunk } from '@causeway/contract';
import { canonicalBytes } from './canonical-json.js';
import { unpack } from './transport.js';

export interface EncodedChunk {
  /** SHA-256 of `bytes`, in hexadecimal. */
  readonly hash: string;
  /** Canonical JSON, not compressed. */
  readonly bytes: Buffer;
}

/** Throws ZodError when the chunk does not follow its kind's schema. */
export function encodeChunk(chunk: Chunk): EncodedChunk {
  const bytes = canonicalBytes(Chunk.parse(chunk));
  return { hash: hashOf(bytes), bytes };
}

/** From bytes as they travelled or lay on disk. Throws an Error on another hash, broken JSON, or a schema that is not met. */
export function decodeChunk(hash: string, packed: Buffer): Chunk {
  return parseChunk(verifyChunk(hash, packed));
}

/** The canonical bytes. Throws an Error when they are not what their name says. */
export function verifyChunk(hash: string, packed: Buffer): Buffer {
  const bytes = unpack(packed);
  if (hashOf(bytes) !== hash) throw new Error(`Chunk ${hash} has other content than its name says`);
  return bytes;
}

/** Complaints that an error tells; the rest is of the same kind. */
const COMPLAINTS_TOLD = 3;

/** Throws an Error when bytes that are authentic do not follow the schema, such as those of a later release. */
export function parseChunk(bytes: Buffer): Chunk {
  const parsed = Chunk.safeParse(JSON.parse(bytes.toString('utf8')));
  if (parsed.success) return parsed.data;
  const complaints = parsed.error.issues.slice(0, COMPLAINTS_TOLD).map(({ path, message }) => `${path.join('.')} ${message}`);
  throw new Error(`${complaints.join('; ')}. If the control plane is of a newer release, upgrade the data plane`);
}

/** SHA-256 in hexadecimal. */
export function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

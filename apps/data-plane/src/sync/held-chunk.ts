/** An authentic chunk: unchanged ones are the same object in each snapshot. */
import { type Chunk, chunkKind } from '@causeway/contract';
import { parseChunk, unpack } from '@causeway/snapshot';
import { UnusableSnapshot } from './unusable-snapshot.js';

/**
 * Nearly all of a large snapshot, compiled once and then not asked for until they are taken away. As they travelled, they take a tenth of
 * the memory that they take when they are parsed, and a collector has nothing to look at.
 */
const PARSED_ANEW = new Set(['apis', 'apps']);

export class HeldChunk {
  private parsed: Chunk | null = null;

  private constructor(
    readonly hash: string,
    /** As it travels and lies on disk. */
    readonly packed: Buffer,
  ) {}

  /**
   * @param key under which it stands in a manifest
   * @param bytes what `packed` holds, found to be what the hash says
   * @throws UnusableSnapshot when it does not follow its schema; of a kind that is parsed anew `chunk` throws
   */
  static of(key: string, hash: string, packed: Buffer, bytes: Buffer): HeldChunk {
    // Nobody has signed how it is packed: in a form that is larger than its content it is not kept.
    const held = new HeldChunk(hash, packed.length < bytes.length ? packed : bytes);
    if (!PARSED_ANEW.has(chunkKind(key))) held.parsed = held.parse(bytes);
    return held;
  }

  get chunk(): Chunk {
    return this.parsed ?? this.parse(unpack(this.packed));
  }

  private parse(bytes: Buffer): Chunk {
    try {
      return parseChunk(bytes);
    } catch (error) {
      throw new UnusableSnapshot(
        `chunk ${this.hash} does not follow its schema: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
}

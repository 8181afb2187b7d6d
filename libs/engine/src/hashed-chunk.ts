/** Chunks as a program is compiled from them. */
import type { Chunk } from '@causeway/contract';

export interface HashedChunk {
  readonly hash: string;
  /**
   * Of kinds `apis` and `apps`, which are nearly all of a large snapshot, it may be parsed anew whenever it is asked for: what is compiled
   * of it is kept, and not the chunk. Asked for when it has to be compiled or taken away, never to see whether it changed.
   */
  readonly chunk: Chunk;
}

/** By the keys of a manifest. */
export type Chunks = ReadonlyMap<string, HashedChunk>;

/** @throws when another kind of chunk stands there than its key says */
export function readChunk<K extends Chunk['kind']>(kind: K, { hash, chunk }: HashedChunk): Extract<Chunk, { kind: K }> {
  if (chunk.kind !== kind) throw new Error(`chunk ${hash} is of kind ${chunk.kind}, where one of kind ${kind} should stand`);
  return chunk as Extract<Chunk, { kind: K }>;
}

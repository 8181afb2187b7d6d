/** What does not compile in a chunk that is about to be published. */
import { Chunk } from '@causeway/contract';
import { type ChunkProblem, checkChunk as compileChunk } from '@causeway/engine';
import type { InstanceKeys } from '@causeway/snapshot';

export type { ChunkProblem };

/** The schema first, on which every reader insists, then the engine. */
export function checkChunk(key: string, chunk: unknown, keys: InstanceKeys): ChunkProblem[] {
  const parsed = Chunk.safeParse(chunk);
  if (parsed.success) return compileChunk(parsed.data, { open: (path, sealed) => keys.open(path, sealed) });
  return parsed.error.issues.map(({ path, message }) => ({ resource: key, path: path.join('.'), message }));
}

/** What does not compile in a chunk that is about to be published. */
import { Chunk } from '@causeway/contract';
import type { InstanceKeys } from '@causeway/snapshot';

export interface ChunkProblem {
  /** The API, plugin or app it is about, such as `plugin:<id>`. */
  readonly resource: string;
  readonly path: string;
  readonly message: string;
}

/** The schema first, which every reader insists on. */
export function checkChunk(key: string, chunk: unknown, _keys: InstanceKeys): ChunkProblem[] {
  const parsed = Chunk.safeParse(chunk);
  if (parsed.success) return [];
  return parsed.error.issues.map(({ path, message }) => ({ resource: key, path: path.join('.'), message }));
}

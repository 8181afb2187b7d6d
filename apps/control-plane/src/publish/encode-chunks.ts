/** Builds, compiles and encodes chunks for a publication: what is broken is reported and never stops the rest. */
import type { Chunk } from '@causeway/contract';
import { type EncodedChunk, encodeChunk } from '@causeway/snapshot';
import { type EntityManager, QueryFailedError } from 'typeorm';
import { buildChunks } from './build-chunks.js';
import { type ChunkProblem, checkChunk } from './check-chunk.js';
import type { ChunkSources } from './chunk-sources.js';
import type { ChunkSource } from './chunks/chunk-source.js';

export interface EncodedChunks {
  /** A key whose chunk nobody could read is in neither list: what stood there stays. */
  readonly encoded: ReadonlyMap<string, EncodedChunk>;
  /** Keys under which nothing stands any more. */
  readonly removed: readonly string[];
  readonly problems: readonly ChunkProblem[];
}

/** Keys built at once: bounds memory and lets other work in between on a first publication. */
const KEYS_AT_ONCE = 64;

export async function encodeChunks(
  sources: ChunkSources,
  manager: EntityManager,
  instanceId: string,
  keys: Iterable<string>,
): Promise<EncodedChunks> {
  const source = sources.of(manager, instanceId);
  const encoded = new Map<string, EncodedChunk>();
  const removed: string[] = [];
  const problems: ChunkProblem[] = [];
  const all = [...keys];
  for (let start = 0; start < all.length; start += KEYS_AT_ONCE) {
    for (const [key, chunk] of await buildOrReport(source, all.slice(start, start + KEYS_AT_ONCE), problems)) {
      if (chunk === null) {
        removed.push(key);
        continue;
      }
      problems.push(...checkChunk(key, chunk, sources.keysOf(instanceId)));
      try {
        encoded.set(key, encodeChunk(chunk));
      } catch (error) {
        problems.push(unpublished(key, error));
      }
    }
  }
  return { encoded, removed, problems };
}

/** All at once; one by one when that fails, so that a row that cannot be read spoils its own chunk only. */
async function buildOrReport(source: ChunkSource, keys: string[], problems: ChunkProblem[]): Promise<[string, Chunk | null][]> {
  try {
    return [...(await buildChunks(source, keys))];
  } catch (error) {
    if (error instanceof QueryFailedError) throw error;
    const built: [string, Chunk | null][] = [];
    for (const key of keys) {
      try {
        built.push(...(await buildChunks(source, [key])));
      } catch (cause) {
        if (cause instanceof QueryFailedError) throw cause;
        problems.push(unpublished(key, cause));
      }
    }
    return built;
  }
}

function unpublished(key: string, error: unknown): ChunkProblem {
  const reason = error instanceof Error ? error.message : String(error);
  return { resource: key, path: '', message: `cannot be published, what stood there stays: ${reason.slice(0, 500)}` };
}

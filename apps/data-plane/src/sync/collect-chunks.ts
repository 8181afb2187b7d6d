/** Brings together the chunks that a manifest names: those at hand as they are, the others fetched and checked. */
import { setImmediate } from 'node:timers/promises';
import type { Manifest } from '@causeway/contract';
import { verifyChunk } from '@causeway/snapshot';
import type { SyncCounters } from './counters.js';
import { HeldChunk } from './held-chunk.js';

/** Answers null when it does not have the chunk. Whatever it answers is checked. */
export interface ChunkSource {
  get(hash: string, instanceId: string): Promise<Buffer | null>;
  /** Called when what it answered was not the chunk. */
  damaged?(hash: string): Promise<void>;
}

const AT_ONCE = 8;

export interface Collected {
  /** By key. */
  readonly chunks: ReadonlyMap<string, HeldChunk>;
  /** Keys under which there was another chunk before, or none, or is none any more. */
  readonly changed: readonly string[];
}

/**
 * Sources are asked in order, for each chunk anew.
 * Throws UnusableSnapshot when a chunk does not follow its schema, and an Error when no source has an unaltered copy.
 *
 * @param before what is at hand; null: nothing
 */
export async function collectChunks(
  manifest: Manifest,
  before: { readonly manifest: Manifest; readonly chunks: ReadonlyMap<string, HeldChunk> } | null,
  sources: readonly ChunkSource[],
  counters: SyncCounters,
): Promise<Collected> {
  const changed = changedKeys(before?.manifest.chunks ?? {}, manifest.chunks);
  const chunks = new Map(before?.chunks);
  const missing = changed.filter((key) => Object.hasOwn(manifest.chunks, key));
  const fetchRest = async (): Promise<void> => {
    for (let key = missing.pop(); key !== undefined; key = missing.pop()) {
      const hash = manifest.chunks[key]!;
      const fetched = await fetchChunk(hash, manifest.instance, sources, counters);
      // Traffic goes first: one chunk is dealt with between two turns of the event loop.
      await setImmediate();
      chunks.set(key, HeldChunk.of(key, hash, fetched.packed, fetched.bytes));
    }
  };
  for (const key of changed) chunks.delete(key);
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, fetchRest));
  } finally {
    missing.length = 0;
  }
  return { chunks, changed };
}

type Hashes = Readonly<Record<string, string>>;

function changedKeys(before: Hashes, after: Hashes): string[] {
  const changed: string[] = [];
  for (const key in after) if (before[key] !== after[key]) changed.push(key);
  for (const key in before) if (!Object.hasOwn(after, key)) changed.push(key);
  return changed;
}

interface Fetched {
  readonly packed: Buffer;
  readonly bytes: Buffer;
}

async function fetchChunk(
  hash: string,
  instanceId: string,
  sources: readonly ChunkSource[],
  counters: SyncCounters,
): Promise<Fetched> {
  const reasons: string[] = [];
  for (const source of sources) {
    try {
      const packed = await source.get(hash, instanceId);
      if (packed === null) continue;
      try {
        return { packed, bytes: verifyChunk(hash, packed) };
      } catch (error) {
        counters.refused++;
        await source.damaged?.(hash);
        throw error;
      }
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(`chunk ${hash} is nowhere to be had${reasons.length > 0 ? `: ${reasons.join('; ')}` : ''}`);
}

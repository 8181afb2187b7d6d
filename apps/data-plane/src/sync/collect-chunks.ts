/** Brings together the chunks that a manifest names: those at hand as they are, the others fetched, checked and parsed. */
import { setImmediate } from 'node:timers/promises';
import type { Manifest } from '@causeway/contract';
import { parseChunk, verifyChunk } from '@causeway/snapshot';
import type { SyncCounters } from './counters.js';
import type { HeldChunk } from './options.js';

/** Answers null when it does not have the chunk. Whatever it answers is checked. */
export interface ChunkSource {
  get(hash: string, instanceId: string): Promise<Buffer | null>;
  /** Called when what it answered was not the chunk. */
  damaged?(hash: string): Promise<void>;
}

/** The content is authentic and cannot be used: asking again would not help. */
export class UnusableSnapshot extends Error {}

const AT_ONCE = 8;

/**
 * Key -> chunk. Sources are asked in order, for each chunk anew.
 * Throws UnusableSnapshot when a chunk does not follow its schema, and an Error when no source has an unaltered copy.
 */
export async function collectChunks(
  manifest: Manifest,
  held: ReadonlyMap<string, HeldChunk>,
  sources: readonly ChunkSource[],
  counters: SyncCounters,
): Promise<Map<string, HeldChunk>> {
  const byHash = new Map<string, HeldChunk>();
  const missing: string[] = [];
  for (const hash of new Set(Object.values(manifest.chunks))) {
    const known = held.get(hash);
    if (known === undefined) missing.push(hash);
    else byHash.set(hash, known);
  }
  const fetchRest = async (): Promise<void> => {
    for (let hash = missing.pop(); hash !== undefined; hash = missing.pop()) {
      const bytes = await fetchChunk(hash, manifest.instance, sources, counters);
      // Traffic goes first: one chunk is parsed between two turns of the event loop.
      await setImmediate();
      byHash.set(hash, { hash, chunk: parse(hash, bytes) });
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, fetchRest));
  } finally {
    missing.length = 0;
  }
  return new Map(Object.entries(manifest.chunks).map(([key, hash]) => [key, byHash.get(hash) as HeldChunk]));
}

async function fetchChunk(
  hash: string,
  instanceId: string,
  sources: readonly ChunkSource[],
  counters: SyncCounters,
): Promise<Buffer> {
  const reasons: string[] = [];
  for (const source of sources) {
    try {
      const packed = await source.get(hash, instanceId);
      if (packed === null) continue;
      try {
        return verifyChunk(hash, packed);
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

function parse(hash: string, bytes: Buffer): HeldChunk['chunk'] {
  try {
    return parseChunk(bytes);
  } catch (error) {
    throw new UnusableSnapshot(
      `chunk ${hash} does not follow its schema: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

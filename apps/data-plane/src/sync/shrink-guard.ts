/** Refuses a manifest that loses most of what is live when no write explains the loss. */
import { setImmediate } from 'node:timers/promises';
import { APIS_PER_CHUNK, chunkKind, compareRevisions, type Manifest } from '@causeway/contract';
import type { HeldChunk } from './held-chunk.js';
import type { Position } from './options.js';

const AT_LEAST = 10;

export interface Whole {
  readonly manifest: Position;
  readonly chunks: ReadonlyMap<string, HeldChunk>;
  /** Live APIs. */
  readonly size: number;
}

/** What is wrong, or null: more than half of the live APIs, and at least 10, go away, and `allowShrink` lies before what runs. */
export async function unexplainedLoss(
  running: Whole,
  manifest: Manifest,
  after: ReadonlyMap<string, HeldChunk>,
): Promise<string | null> {
  if (manifest.allowShrink !== null && compareRevisions(manifest.allowShrink, running.manifest) > 0) return null;
  const { size: live, chunks: before } = running;
  const changed = chunksMissingIn(after, before);
  // As many as can be in them are not too many: they need not be looked into.
  if (!isTooMany(changed.length * APIS_PER_CHUNK, live)) return null;
  const gone = await apisOf(changed);
  for (const api of await apisOf(chunksMissingIn(before, after))) gone.delete(api);
  return isTooMany(gone.size, live) ? `${gone.size} of ${live} live APIs would go away, and no write explains it` : null;
}

function isTooMany(gone: number, live: number): boolean {
  return gone >= AT_LEAST && gone * 2 > live;
}

function chunksMissingIn(other: Whole['chunks'], all: Whole['chunks']): HeldChunk[] {
  const known = new Set<string>();
  for (const { hash } of other.values()) known.add(hash);
  return [...all].flatMap(([key, held]) => (chunkKind(key) === 'apis' && !known.has(held.hash) ? [held] : []));
}

async function apisOf(chunks: readonly HeldChunk[]): Promise<Set<string>> {
  const apis = new Set<string>();
  for (const { chunk } of chunks) {
    if (chunk.kind === 'apis') for (const { id, stage } of chunk.apis) apis.add(`${id} ${stage}`);
    await setImmediate();
  }
  return apis;
}

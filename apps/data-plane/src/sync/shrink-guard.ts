/** Refuses a manifest that loses most of what is live when no write explains the loss. */
import { setImmediate } from 'node:timers/promises';
import { APIS_PER_CHUNK, chunkKind, compareRevisions, type Manifest } from '@causeway/contract';
import type { Collected } from './collect-chunks.js';
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
  { chunks, changed }: Collected,
): Promise<string | null> {
  if (manifest.allowShrink !== null && compareRevisions(manifest.allowShrink, running.manifest) > 0) return null;
  const { size: live } = running;
  const apis = changed.filter((key) => chunkKind(key) === 'apis');
  // As many as can be in them are not too many: they need not be looked into.
  if (!isTooMany(apis.length * APIS_PER_CHUNK, live)) return null;
  const gone = await apisUnder(apis, running.chunks);
  for (const api of await apisUnder(apis, chunks)) gone.delete(api);
  return isTooMany(gone.size, live) ? `${gone.size} of ${live} live APIs would go away, and no write explains it` : null;
}

function isTooMany(gone: number, live: number): boolean {
  return gone >= AT_LEAST && gone * 2 > live;
}

async function apisUnder(keys: readonly string[], chunks: Whole['chunks']): Promise<Set<string>> {
  const apis = new Set<string>();
  for (const key of keys) {
    const chunk = chunks.get(key)?.chunk;
    if (chunk?.kind === 'apis') for (const { id, stage } of chunk.apis) apis.add(`${id} ${stage}`);
    await setImmediate();
  }
  return apis;
}

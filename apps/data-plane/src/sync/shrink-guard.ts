/** Refuses a manifest that loses most of what is live when no write explains the loss. */
import { compareRevisions, type Manifest } from '@causeway/contract';
import type { HeldChunk, Position } from './options.js';

const AT_LEAST = 10;

type Chunks = ReadonlyMap<string, HeldChunk>;

/** What is wrong, or null: more than half of the live APIs, and at least 10, go away, and `allowShrink` lies before what runs. */
export function unexplainedLoss(running: Position, before: Chunks, manifest: Manifest, after: Chunks): string | null {
  if (manifest.allowShrink !== null && compareRevisions(manifest.allowShrink, running) > 0) return null;
  let live = 0;
  for (const { chunk } of before.values()) if (chunk.kind === 'apis') live += chunk.apis.length;
  const gone = apisMissingIn(after, before);
  for (const api of apisMissingIn(before, after)) gone.delete(api);
  if (gone.size < AT_LEAST || gone.size * 2 <= live) return null;
  return `${gone.size} of ${live} live APIs would go away, and no write explains it`;
}

/** Live APIs of chunks that are in `all` and not in `other`: unchanged chunks are not looked into. */
function apisMissingIn(other: Chunks, all: Chunks): Set<string> {
  const known = new Set<string>();
  for (const { hash } of other.values()) known.add(hash);
  const apis = new Set<string>();
  for (const { hash, chunk } of all.values()) {
    if (chunk.kind !== 'apis' || known.has(hash)) continue;
    for (const { id, stage } of chunk.apis) apis.add(`${id} ${stage}`);
  }
  return apis;
}

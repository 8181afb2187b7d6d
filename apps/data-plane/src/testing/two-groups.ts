/** Snapshots with a second group on the same instance, for specs about calls from one group to another. */
import { type Chunk, chunkKeys } from '@causeway/contract';
import type { HashedChunk } from '@causeway/engine';
import { GROUP, INTERNAL_HOST, type SnapshotInput, snapshot } from './snapshot.js';

export const OTHER_GROUP = 'fedcba9876543210fedcba9876543210';
export const OTHER_INTERNAL_HOST = INTERNAL_HOST.replace(GROUP, OTHER_GROUP);

/** What the second one says of instance, apps and plugins does not count. */
export function twoGroups(one: SnapshotInput, other: Pick<SnapshotInput, 'apis' | 'group'>): Map<string, HashedChunk> {
  const chunks = snapshot(one);
  for (const [key, { hash, chunk }] of snapshot(other))
    if (chunk.kind === 'group' || chunk.kind === 'apis') {
      const moved: Chunk = JSON.parse(JSON.stringify(chunk).replaceAll(GROUP, OTHER_GROUP));
      chunks.set(key.replace(GROUP, OTHER_GROUP), { hash: hash.replaceAll(GROUP, OTHER_GROUP), chunk: moved });
    }
  const network = chunks.get(chunkKeys.network)!.chunk;
  const both = JSON.stringify(network).replaceAll(`"${GROUP}"`, `"${GROUP}","${OTHER_GROUP}"`);
  return chunks.set(chunkKeys.network, { hash: both, chunk: JSON.parse(both) });
}

/** What differs between two manifests of an instance: so much travels for an edit, whatever the size of the instance. */
import { z } from 'zod';
import { ChunkHash, ManifestFields } from './manifest.js';

export const ManifestChange = z.strictObject({
  /** Of the manifest that it makes. */
  hash: ChunkHash,
  /** All fields of that manifest but its chunks; its `mac` says whether what was made is right. */
  manifest: ManifestFields.omit({ chunks: true }),
  /** Keys that are new or hold something else. */
  set: ManifestFields.shape.chunks,
  removed: z.array(z.string().max(200)),
});

export type ManifestChange = z.infer<typeof ManifestChange>;

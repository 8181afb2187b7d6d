/** Manifests as text: read with every check that needs no history. */
import { Manifest } from '@causeway/contract';
import { canonicalBytes } from './canonical-json.js';
import { hashOf } from './chunk-codec.js';
import type { InstanceKeys } from './instance-keys.js';
import { unpack } from './transport.js';

/** Hash of the canonical bytes: the manifest's ETag and the `hash` of a head. */
export function manifestHash(manifest: Manifest): string {
  return hashOf(canonicalBytes(manifest));
}

/** Throws an Error on broken JSON, another format or schema, another instance, or a mac that is not the instance's. */
export function decodeManifest(keys: InstanceKeys, instanceId: string | null, packed: Buffer): Manifest {
  const manifest = Manifest.parse(JSON.parse(unpack(packed).toString('utf8')));
  if (instanceId !== null && manifest.instance !== instanceId)
    throw new Error(`The manifest is of instance ${manifest.instance}`);
  if (!keys.verify(manifest))
    throw new Error(`The manifest of revision ${manifest.revision} is not signed with a key of this instance`);
  return manifest;
}

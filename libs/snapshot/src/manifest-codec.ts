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

/**
 * `keysOf` gives the keys of the instance that the manifest names. `instanceId` is the one it must be of; null takes any.
 * Throws an Error on broken JSON, another format or schema, another instance, or a mac that is not the instance's.
 */
export function decodeManifest(
  keysOf: (instanceId: string) => InstanceKeys,
  instanceId: string | null,
  packed: Buffer,
): Manifest {
  const manifest = Manifest.parse(JSON.parse(unpack(packed).toString('utf8')));
  if (instanceId !== null && manifest.instance !== instanceId)
    throw new Error(`The manifest is of instance ${manifest.instance}`);
  if (!keysOf(manifest.instance).verify(manifest)) {
    throw new Error(`The manifest of revision ${manifest.revision} is not signed with a key of this instance`);
  }
  return manifest;
}

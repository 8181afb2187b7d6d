/** Manifests as text: read with every check that needs no history. */
import { formatProblem, Manifest, ManifestEnvelope } from '@causeway/contract';
import { canonicalBytes } from './canonical-json.js';
import { hashOf } from './chunk-codec.js';
import type { InstanceKeys } from './instance-keys.js';
import { MAX_UNSIGNED_BYTES, unpack } from './transport.js';

/** Hash of the canonical bytes: the manifest's ETag and the `hash` of a head. */
export function manifestHash(manifest: Manifest): string {
  return hashOf(canonicalBytes(manifest));
}

/** A manifest that is authentic and of a format that is not read here: its position is all that can be said of it. */
export class UnreadableFormat extends Error {
  constructor(
    message: string,
    readonly position: Pick<Manifest, 'epoch' | 'revision'>,
  ) {
    super(message);
  }
}

/**
 * `keysOf` gives the keys of the instance that the manifest names. `instanceId` is the one it must be of; null takes any.
 * Throws `UnreadableFormat`, and an Error on broken JSON or schema, another instance, or a mac that is not the instance's.
 */
export function decodeManifest(
  keysOf: (instanceId: string) => InstanceKeys,
  instanceId: string | null,
  packed: Buffer,
): Manifest {
  const bytes = unpack(packed);
  if (instanceId !== null && bytes.length > MAX_UNSIGNED_BYTES && !keysOf(instanceId).verifyText(bytes))
    throw new Error(`A manifest of ${bytes.length} bytes is not signed with a key of this instance`);
  const content: unknown = JSON.parse(bytes.toString('utf8'));
  const envelope = ManifestEnvelope.parse(content);
  const { instance, epoch, revision, format } = envelope;
  if (instanceId !== null && instance !== instanceId) throw new Error(`The manifest is of instance ${instance}`);
  if (!keysOf(instance).verify(envelope))
    throw new Error(`The manifest of revision ${revision} is not signed with a key of this instance`);
  const problem = formatProblem(format);
  if (problem !== null) throw new UnreadableFormat(problem, { epoch, revision });
  return Manifest.parse(content);
}

/** Manifests as what changed of them. */
import { type Manifest, ManifestChange } from '@causeway/contract';
import { MAX_UNSIGNED_BYTES, unpack } from './transport.js';

/** @param hash of `after` */
export function changeBetween(before: Manifest, { chunks, ...manifest }: Manifest, hash: string): ManifestChange {
  const set: Record<string, string> = {};
  for (const key in chunks) if (before.chunks[key] !== chunks[key]) set[key] = chunks[key] as string;
  return { hash, manifest, set, removed: Object.keys(before.chunks).filter((key) => !Object.hasOwn(chunks, key)) };
}

/** Throws an Error on broken JSON or schema, and on more than `MAX_UNSIGNED_BYTES`. Nothing says yet that what it makes is right: see `InstanceKeys.verify`. */
export function decodeChange(packed: Buffer): ManifestChange {
  return ManifestChange.parse(JSON.parse(unpack(packed, MAX_UNSIGNED_BYTES).toString('utf8')));
}

/** The manifest after a change; authentic only when its signature is. */
export function applyChange(before: Manifest, { manifest, set, removed }: ManifestChange): Manifest {
  const chunks = { ...before.chunks, ...set };
  for (const key of removed) delete chunks[key];
  return { ...manifest, chunks };
}

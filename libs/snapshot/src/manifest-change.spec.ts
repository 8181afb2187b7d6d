/** What changed of a manifest makes the next one of it, and nothing else that would be believed. */
import { MANIFEST_FORMAT, type Manifest } from '@causeway/contract';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalBytes } from './canonical-json.js';
import { InstanceKeys } from './instance-keys.js';
import { applyChange, changeBetween, decodeChange } from './manifest-change.js';
import { manifestHash } from './manifest-codec.js';
import { MAX_UNSIGNED_BYTES, pack } from './transport.js';

const keys = new InstanceKeys([{ id: 'k', key: Buffer.alloc(32, 5) }]);
const chunks = fc.dictionary(
  fc.oneof(fc.stringMatching(/^[a-z]{1,3}:[0-9]$/), fc.constant('constructor')),
  fc.stringMatching(/^[0-9a-f]{64}$/),
);

function manifest(revision: number, of: Record<string, string>): Manifest {
  const createdAt = '2026-01-01T00:00:00.000Z';
  return keys.sign({ format: MANIFEST_FORMAT, instance: 'i', epoch: 1, revision, allowShrink: null, chunks: of, createdAt });
}

describe('a change', () => {
  it('makes the next manifest of the one before, signature included', () => {
    fc.assert(
      fc.property(chunks, chunks, (one, other) => {
        const [before, after] = [manifest(1, one), manifest(2, other)];
        const change = decodeChange(pack(canonicalBytes(changeBetween(before, after, manifestHash(after)))));
        const made = applyChange(before, change);
        expect(canonicalBytes(made)).toEqual(canonicalBytes(after));
        expect([keys.verify(made), change.hash]).toEqual([true, manifestHash(made)]);
      }),
    );
  });

  it('of another manifest, or altered, makes one that is not signed', () => {
    const hash = 'a'.repeat(64);
    const [before, after] = [manifest(1, { a: hash, b: hash }), manifest(2, { a: hash, c: hash })];
    const change = changeBetween(before, after, manifestHash(after));
    expect(keys.verify(applyChange(manifest(1, { d: hash }), change))).toBe(false);
    expect(keys.verify(applyChange(before, { ...change, set: { ...change.set, e: hash } }))).toBe(false);
    expect(keys.verify(applyChange(before, { ...change, removed: [] }))).toBe(false);
    expect(keys.verify(applyChange(before, { ...change, manifest: { ...change.manifest, revision: 9 } }))).toBe(false);
  });

  it('that is larger than anybody would parse is refused', () => {
    for (const packed of [Buffer.alloc(MAX_UNSIGNED_BYTES + 1, ' '), pack(Buffer.alloc(MAX_UNSIGNED_BYTES + 1, ' '))])
      expect(() => decodeChange(packed)).toThrow(/larger/);
  });
});

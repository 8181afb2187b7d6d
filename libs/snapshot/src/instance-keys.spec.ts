/** Seals and signatures: whatever is altered is refused. */

import { MANIFEST_FORMAT, type Manifest } from '@causeway/contract';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalBytes } from './canonical-json.js';
import { InstanceKeys } from './instance-keys.js';
import { decodeManifest, manifestHash } from './manifest-codec.js';
import { MAX_UNSIGNED_BYTES } from './transport.js';

const oldKey = { id: 'old', key: Buffer.alloc(32, 1) };
const newKey = { id: 'new', key: Buffer.alloc(32, 2) };
const keys = new InstanceKeys([oldKey]);

describe('a sealed value', () => {
  it('opens at its path to what it was, and has the same bytes each time', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ unit: 'binary' }), (path, text) => {
        const sealed = keys.seal(path, text);
        expect(keys.seal(path, text)).toBe(sealed);
        expect(keys.open(path, sealed)).toBe(text);
      }),
    );
  });

  it('opens at no other path, even one that runs into the text', () => {
    const sealed = keys.seal('app/a/secret', 'text');
    expect(() => keys.open('app/b/secret', sealed)).toThrow('altered or belongs elsewhere');
    expect(keys.seal('ab', 'c')).not.toBe(keys.seal('a', 'bc'));
  });

  it('is refused with any character changed, cut or added', () => {
    const sealed = keys.seal('path', 'a secret of some length');
    for (let at = 0; at < sealed.length; at++) {
      const other = sealed[at] === 'A' ? 'B' : 'A';
      expect(() => keys.open('path', sealed.slice(0, at) + other + sealed.slice(at + 1))).toThrow();
      expect(() => keys.open('path', sealed.slice(0, at))).toThrow();
    }
    for (const longer of [`${sealed}A`, `${sealed}.`, `${sealed}=`, ` ${sealed}`])
      expect(() => keys.open('path', longer)).toThrow();
  });

  it('never shows its content or key in an error', () => {
    for (const [path, sealed] of [
      ['other', keys.seal('path', 'topsecret')],
      ['path', `${keys.seal('path', 'topsecret')}x`],
      ['path', 'topsecret'],
    ] as const)
      expect(() => keys.open(path, sealed)).toThrow(
        expect.not.objectContaining({ message: expect.stringContaining('topsecret') }),
      );
  });
});

describe('rotation', () => {
  const rotated = new InstanceKeys([newKey, oldKey]);

  it('seals and signs with the first key, and still takes what the others made', () => {
    expect(rotated.seal('p', 'x')).toMatch(/^v1\.new\./);
    expect(rotated.open('p', keys.seal('p', 'x'))).toBe('x');
    expect(rotated.verify(keys.sign(unsigned))).toBe(true);
    expect(rotated.sign(unsigned).keyId).toBe('new');
  });

  it('ends when the old key is taken away', () => {
    const done = new InstanceKeys([newKey]);
    expect(() => done.open('p', keys.seal('p', 'x'))).toThrow('key old, which is not at hand');
    expect(done.verify(keys.sign(unsigned))).toBe(false);
  });
});

const unsigned = {
  format: MANIFEST_FORMAT,
  instance: 'i1',
  epoch: 1,
  revision: 7,
  allowShrink: null,
  chunks: { instance: 'a'.repeat(64), network: 'b'.repeat(64) },
  createdAt: '2026-01-01T00:00:00.000Z',
} as const;

describe('a manifest', () => {
  const signed = keys.sign(unsigned);
  const decode = (bytes: Buffer, instance: string | null = 'i1') => decodeManifest(() => keys, instance, bytes);

  it('is read back when it is signed, whatever the order of its fields', () => {
    expect(decode(canonicalBytes(signed))).toEqual(signed);
    const reversed = Object.fromEntries(Object.entries(signed).reverse()) as Manifest;
    expect(decode(Buffer.from(JSON.stringify(reversed)))).toEqual(signed);
    expect(manifestHash(reversed)).toBe(manifestHash(signed));
  });

  it('is refused with any byte changed', () => {
    const bytes = canonicalBytes(signed);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const altered = Buffer.from(bytes);
        altered[at] = (altered[at] ?? 0) ^ change;
        expect(() => decode(altered)).toThrow();
      }),
      { numRuns: 500 },
    );
  });

  it('that is large is believed as text, by any key there is, before anybody parses it', () => {
    const chunks = Object.fromEntries(Array.from({ length: 4000 }, (_, n) => [`plugin:${n}`, 'c'.repeat(64)]));
    const large = keys.sign({ ...unsigned, chunks });
    const bytes = canonicalBytes(large);
    expect(bytes.length).toBeGreaterThan(MAX_UNSIGNED_BYTES);
    expect(decodeManifest(() => new InstanceKeys([newKey, oldKey]), 'i1', bytes)).toEqual(large);
    const forged = canonicalBytes({ ...large, revision: 8 });
    // Not JSON at all: who parsed it would say so.
    for (const text of [forged, Buffer.alloc(bytes.length, '['), Buffer.concat([bytes, Buffer.from('[')])])
      expect(() => decode(text)).toThrow(`A manifest of ${text.length} bytes is not signed`);
  });

  it('is refused with any field changed, and for another instance', () => {
    const changes: Partial<Manifest>[] = [
      { instance: 'i2' },
      { epoch: 2 },
      { revision: 8 },
      { allowShrink: { epoch: 1, revision: 7 } },
      { chunks: { instance: 'a'.repeat(64) } },
      { createdAt: '2026-01-01T00:00:00.001Z' },
      { keyId: 'new' },
      { mac: '' },
    ];
    for (const change of changes) expect(() => decode(canonicalBytes({ ...signed, ...change }), null)).toThrow();
    expect(() => decode(canonicalBytes(signed), 'i2')).toThrow('of instance i1');
  });
});

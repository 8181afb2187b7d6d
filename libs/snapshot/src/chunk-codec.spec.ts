/** Chunks travel unaltered or not at all. */
import { gzipSync } from 'node:zlib';
import type { NetworkChunk } from '@causeway/contract';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalBytes, canonicalJson } from './canonical-json.js';
import { decodeChunk, encodeChunk, parseChunk } from './chunk-codec.js';
import { isGzip, MAX_DOCUMENT_BYTES, pack, unpack } from './transport.js';

const chunk = (instances: number): NetworkChunk => ({
  kind: 'network',
  region: 'local',
  instances: Array.from({ length: instances }, (_, n) => ({ id: `i${n}`, internalEndpoint: null, groups: [] })),
});

describe('canonical JSON', () => {
  it('spells equal values alike, whatever the order of their keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(shuffled(value))).toBe(text);
      }),
    );
  });

  it('refuses what JSON cannot say', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1n, () => 1, [undefined]])
      expect(() => canonicalJson(value)).toThrow(TypeError);
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });
});

describe('a chunk', () => {
  it.each([1, 100])('of %d instances reads back from its packed bytes', (instances) => {
    const { hash, bytes } = encodeChunk(chunk(instances));
    const packed = pack(bytes);
    expect(isGzip(packed)).toBe(bytes.length > 1024);
    expect(decodeChunk(hash, packed)).toEqual(chunk(instances));
    expect(encodeChunk(decodeChunk(hash, packed)).hash).toBe(hash);
  });

  it('is refused with any byte changed, or has the same content', () => {
    for (const instances of [1, 100]) {
      const { hash, bytes } = encodeChunk(chunk(instances));
      const packed = pack(bytes);
      fc.assert(
        fc.property(fc.nat(packed.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
          const altered = Buffer.from(packed);
          altered[at] = (altered[at] ?? 0) ^ change;
          // What is packed can be packed in more than one way: a header's bytes that say nothing, a repetition taken from elsewhere.
          const allowed = isGzip(packed) ? ['refused', canonicalJson(chunk(instances))] : ['refused'];
          expect(allowed).toContain(contentOf(hash, altered));
        }),
        { numRuns: 300 },
      );
      expect(contentOf(hash, packed.subarray(0, -1))).toBe('refused');
    }
  });

  it('is refused when it does not follow its schema', () => {
    expect(() => encodeChunk({ ...chunk(1), extra: 1 } as NetworkChunk)).toThrow();
  });

  it('of a later release is refused with what is new in it, and with what to do', () => {
    const later = { ...chunk(1), instances: [{ id: 'i', internalEndpoint: null, groups: [], zone: 'z' }] };
    expect(() => parseChunk(canonicalBytes(later))).toThrow(
      'instances.0 Unrecognized key: "zone". If the control plane is of a newer release, upgrade the data plane',
    );
  });
});

describe('a decompression bomb', () => {
  it('ends at the largest size of a document', () => {
    const bomb = gzipSync(Buffer.alloc(MAX_DOCUMENT_BYTES + 1));
    expect(bomb.length).toBeLessThan(100_000);
    expect(() => unpack(bomb)).toThrow();
    expect(() => unpack(Buffer.alloc(MAX_DOCUMENT_BYTES + 1, 0x20))).toThrow('larger than');
  });
});

function contentOf(hash: string, packed: Buffer): string {
  try {
    return canonicalJson(decodeChunk(hash, packed));
  } catch {
    return 'refused';
  }
}

function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, shuffled(member)]),
  );
}

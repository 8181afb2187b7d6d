/** What a node keeps of a chunk. */
import { gzipSync } from 'node:zlib';
import { canonicalBytes, hashOf, pack } from '@causeway/snapshot';
import { describe, expect, it } from '@jest/globals';
import { HeldChunk } from './held-chunk.js';
import { UnusableSnapshot } from './unusable-snapshot.js';

const apis = { kind: 'apis', groupId: 'a'.repeat(32), apis: [] };
const vpcAccesses = { kind: 'vpc-accesses', accountId: 'x'.repeat(2000), accesses: [] };

function hold(key: string, content: object, packing: (bytes: Buffer) => Buffer = pack): HeldChunk {
  const bytes = canonicalBytes(content);
  return HeldChunk.of(key, hashOf(bytes), packing(bytes), bytes);
}

describe('a chunk', () => {
  it('of APIs is parsed whenever it is asked for; one that others look into is the same object each time', () => {
    const [many, few] = [hold('apis:a:0', apis), hold('vpc-accesses:x', vpcAccesses)];
    expect(many.chunk).toEqual(apis);
    expect(many.chunk).not.toBe(many.chunk);
    expect(few.chunk).toBe(few.chunk);
  });

  it('is kept as it travelled, unless it is larger so', () => {
    const packed = pack(canonicalBytes(vpcAccesses));
    expect(hold('vpc-accesses:x', vpcAccesses).packed).toEqual(packed);
    const larger = hold('apis:a:0', apis, (bytes) => Buffer.concat([gzipSync(bytes), Buffer.alloc(1_000_000)]));
    expect(larger.packed).toEqual(canonicalBytes(apis));
    expect(larger.chunk).toEqual(apis);
  });

  it('that does not follow its schema makes the snapshot unusable: at once, or when it is asked for', () => {
    expect(() => hold('vpc-accesses:x', { ...vpcAccesses, zone: 'z' })).toThrow(UnusableSnapshot);
    const held = hold('apis:a:0', { ...apis, zone: 'z' });
    expect(() => held.chunk).toThrow(UnusableSnapshot);
  });
});

/** The golden snapshot has the shape that both planes agree on, and nothing else has it. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { appBucket, Chunk, chunkKeys, sealedPaths } from './chunks.js';

const { chunks }: { chunks: Record<string, { kind: string }> } = JSON.parse(
  readFileSync(new URL('../test-data/scenario-snapshot.json', import.meta.url), 'utf8'),
);

describe.each(Object.entries(chunks))('the golden chunk %s', (key, chunk) => {
  it('has its shape, and keeps it', () => {
    expect(Chunk.parse(chunk)).toEqual(chunk);
  });

  it('stands under the key of what it holds', () => {
    const parsed = Chunk.parse(chunk);
    const own = {
      instance: () => chunkKeys.instance,
      network: () => chunkKeys.network,
      group: () => chunkKeys.group((parsed as { id: string }).id),
      apis: () => chunkKeys.apis((parsed as { groupId: string }).groupId, 0),
      plugin: () => chunkKeys.plugin((parsed as { id: string }).id),
      dataset: () => chunkKeys.dataset((parsed as { id: string }).id),
      'vpc-accesses': () => chunkKeys.vpcAccesses((parsed as { accountId: string }).accountId),
      certificate: () => chunkKeys.certificate((parsed as { id: string }).id),
      apps: () => chunkKeys.apps((parsed as { bucket: number }).bucket),
    };
    expect(own[parsed.kind]()).toBe(key);
  });

  it('takes no field that nobody knows, and misses every one that it lacks', () => {
    expect(Chunk.safeParse({ ...chunk, unknown: 1 }).success).toBe(false);
    for (const field of Object.keys(chunk)) {
      const { [field as keyof typeof chunk]: _, ...rest } = chunk;
      expect([field, Chunk.safeParse(rest).success]).toEqual([field, false]);
    }
  });
});

it('secrets stand sealed alone', () => {
  const secrets = JSON.stringify(chunks).match(/"(?:secret|hopKey)":"[^"]*"/g) ?? [];
  expect(secrets).toHaveLength(3);
  for (const each of secrets) expect(each).toMatch(/":"v1\.test\./);
});

it('an app is in the bucket of its id, however long that is', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (id) => {
      expect(appBucket(String(id))).toBe(Number(BigInt(id) % 256n));
    }),
  );
});

it('a sealed value is bound to one place', () => {
  const places = [
    sealedPaths.hopKey,
    sealedPaths.pluginField('p', 'secret'),
    sealedPaths.certificateKey('p'),
    sealedPaths.datasetItem('p', 'q'),
    sealedPaths.appSecret('p'),
    sealedPaths.appSecret('q'),
  ];
  expect(new Set(places).size).toBe(places.length);
});

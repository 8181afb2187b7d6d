/** Rows become the chunks that the engine runs: the golden snapshot joins both planes. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Chunk } from '@causeway/contract';
import { decodeChunk, deriveInstanceKeyring, encodeChunk, formatKeyring } from '@causeway/snapshot';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildChunks } from './build-chunks.js';
import { checkChunk } from './check-chunk.js';
import { ChunkSources } from './chunk-sources.js';
import { listChunkKeys } from './list-chunk-keys.js';
import { createScratchStore, insertInstance, type ScratchStore, testKeys, testSettings } from './testing/scratch-store.js';
import { scenario, scenarioKeys, seedScenario } from './testing/seed-scenario.js';

const GOLDEN = new URL('../../../../libs/contract/test-data/scenario-snapshot.json', import.meta.url);

let store: ScratchStore;
const sources = new ChunkSources(testSettings);
const build = (keys: Iterable<string>, instanceId: string = scenario.instance) =>
  buildChunks(sources.of(store.dataSource.manager, instanceId), keys);

beforeAll(async () => {
  store = await createScratchStore();
  await seedScenario(store.dataSource);
  await insertInstance(store.dataSource, 'i2');
});
afterAll(() => store.drop());

describe("the original document's scenario", () => {
  it('gives the golden snapshot, which compiles', async () => {
    const chunks = await build(scenarioKeys);
    for (const [key, chunk] of chunks) expect(checkChunk(key, chunk, sources.keysOf(scenario.instance))).toEqual([]);
    const golden = {
      instance: scenario.instance,
      instanceKey: formatKeyring(deriveInstanceKeyring(testKeys, scenario.instance)),
      chunks: Object.fromEntries(chunks),
    };
    // Delete the file to record it anew.
    if (!existsSync(GOLDEN)) writeFileSync(GOLDEN, `${JSON.stringify(golden, null, 2)}\n`);
    expect(JSON.parse(readFileSync(GOLDEN, 'utf8'))).toEqual(golden);
  });

  it('fills exactly the keys that a first manifest lists', async () => {
    expect(new Set(await listChunkKeys(store.dataSource.manager, scenario.instance))).toEqual(new Set(scenarioKeys));
  });

  it('has the same bytes whenever it is built, and they read back', async () => {
    const first = await build(scenarioKeys);
    for (const [key, chunk] of await build(scenarioKeys)) {
      const { hash, bytes } = encodeChunk(chunk as Chunk);
      expect(hash).toBe(encodeChunk(first.get(key) as Chunk).hash);
      expect(decodeChunk(hash, bytes)).toEqual(chunk);
    }
  });

  it('holds no secret in the clear', async () => {
    const everything = JSON.stringify([...(await build(scenarioKeys))]);
    expect(everything).toContain('TESTKEY');
    expect(everything).not.toContain('TESTSECRET');
  });
});

describe('another instance', () => {
  it('gets the apps sealed with its own key, the same network, and nothing of groups that live elsewhere', async () => {
    const here = await build(scenarioKeys);
    const there = await build(scenarioKeys, 'i2');
    expect(there.get('network')).toEqual(here.get('network'));
    expect(there.get('apps:233')).not.toEqual(here.get('apps:233'));
    const empty = [...there].filter(([, chunk]) => chunk === null).map(([key]) => key);
    expect(empty).toEqual(scenarioKeys.filter((key) => /^(?:group|apis|plugin):/.test(key)));
  });

  it('is told of a group that moved away from it', async () => {
    await store.dataSource.query('INSERT INTO group_moves (group_id, from_instance_id) VALUES ($1, $2)', [
      scenario.groups[0],
      'i2',
    ]);
    const chunks = await build(['instance'], 'i2');
    expect(chunks.get('instance')).toMatchObject({ movedGroups: [scenario.groups[0]] });
  });
});

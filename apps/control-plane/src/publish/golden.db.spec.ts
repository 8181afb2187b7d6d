/**
 * The same rows give the same bytes as when their format was fixed. Where this fails, what older data planes read has changed: leave a
 * field out at its default, or begin a new format (snapshots, "Formats and releases").
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type Chunk, MANIFEST_FORMAT } from '@causeway/contract';
import { canonicalBytes, deriveInstanceKeyring, encodeChunk, formatKeyring } from '@causeway/snapshot';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildChunks } from './build-chunks.js';
import { checkChunk } from './check-chunk.js';
import { ChunkSources } from './chunk-sources.js';
import { listChunkKeys } from './list-chunk-keys.js';
import { createScratchStore, type ScratchStore, testKeys, testSettings } from './testing/scratch-store.js';

const INSTANCE = 'golden';
const FOLDER = new URL(`../../../../libs/snapshot/testing/golden/format-${MANIFEST_FORMAT}/`, import.meta.url);
/** As a data plane keeps it on its disk. */
const SNAPSHOT = new URL('snapshot/', FOLDER);

let store: ScratchStore;
const sources = new ChunkSources(testSettings);

beforeAll(async () => {
  store = await createScratchStore();
  const rows: { table: string; row: object }[] = JSON.parse(readFileSync(new URL('rows.json', FOLDER), 'utf8'));
  for (const { table, row } of rows) {
    const columns = Object.keys(row).join(', ');
    await store.dataSource.query(
      `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM jsonb_populate_record(NULL::${table}, $1)`,
      [JSON.stringify(row)],
    );
  }
});
afterAll(() => store.drop());

/** Name of a file -> its bytes. */
async function written(): Promise<Map<string, Buffer>> {
  const { manager } = store.dataSource;
  const files = new Map<string, Buffer>();
  const chunks: Record<string, string> = {};
  for (const [key, chunk] of await buildChunks(sources.of(manager, INSTANCE), await listChunkKeys(manager, INSTANCE))) {
    expect(checkChunk(key, chunk, sources.keysOf(INSTANCE))).toEqual([]);
    const { hash, bytes } = encodeChunk(chunk as Chunk);
    chunks[key] = hash;
    files.set(hash, bytes);
  }
  const position = { epoch: 1, revision: 42 };
  const manifest = sources.keysOf(INSTANCE).sign({
    format: MANIFEST_FORMAT,
    instance: INSTANCE,
    ...position,
    allowShrink: { epoch: 1, revision: 7 },
    chunks,
    createdAt: '2026-01-01T00:00:00.000Z',
  });
  return files.set('manifest-0000000000000001-0000000000000042.json', canonicalBytes(manifest));
}

describe('the rows of the golden store', () => {
  it('give the golden snapshot, to the byte', async () => {
    const files = await written();
    // Only of a format that no release has written yet: delete the folder to record it anew.
    if (!existsSync(SNAPSHOT)) {
      mkdirSync(SNAPSHOT);
      for (const [name, bytes] of files) writeFileSync(new URL(name, SNAPSHOT), bytes);
      writeFileSync(new URL('instance-key', FOLDER), `${formatKeyring(deriveInstanceKeyring(testKeys, INSTANCE))}\n`);
    }
    const golden = readdirSync(SNAPSHOT).map((name) => [name, readFileSync(new URL(name, SNAPSHOT), 'utf8')]);
    expect(Object.fromEntries([...files].map(([name, bytes]) => [name, bytes.toString('utf8')]))).toEqual(
      Object.fromEntries(golden),
    );
  });
});

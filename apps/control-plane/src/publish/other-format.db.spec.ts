/** What another release has published in another format is not mixed with ours. */
import { MANIFEST_FORMAT } from '@causeway/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { createPublishing } from './testing/control-plane.js';
import { createScratchStore, type ScratchStore } from './testing/scratch-store.js';
import { scenario, scenarioKeys, seedScenario } from './testing/seed-scenario.js';

let store: ScratchStore;
const query = (sql: string, values: unknown[] = []) => store.dataSource.query(sql, values);

beforeAll(async () => {
  Logger.overrideLogger(false);
  store = await createScratchStore();
});
beforeEach(async () => {
  await store.reset();
  await seedScenario(store.dataSource);
  await createPublishing(store.dataSource).publisher.publishPending();
});
afterAll(() => store.drop());

/** As a control plane of the other release left it: other content under a key, one key more, one less. */
async function leftBehind(format: number): Promise<void> {
  const [{ hash }] = await query("SELECT hash FROM manifest_chunks WHERE key = 'network'");
  await query("DELETE FROM manifest_chunks WHERE key = 'instance'");
  await query('UPDATE manifest_chunks SET hash = $1 WHERE key = $2', [hash, `group:${scenario.groups[0]}`]);
  await query('INSERT INTO manifest_chunks (instance_id, key, from_revision, hash) VALUES ($1, $2, 0, $3)', [
    'i1',
    `group:${'0'.repeat(32)}`,
    hash,
  ]);
  await query(
    `UPDATE published_manifests SET manifest = manifest || jsonb_build_object('format', $1::integer, 'chunks',
       (SELECT jsonb_object_agg(key, hash) FROM manifest_chunks WHERE to_revision IS NULL))`,
    [format],
  );
}

/** A control plane that has just started, and a write that touches one chunk. */
async function write() {
  const plane = createPublishing(store.dataSource);
  await plane.write({ i1: [`group:${scenario.groups[1]}`] });
  await plane.publisher.publishPending();
  const [{ manifest }] = await query('SELECT manifest FROM published_manifests');
  return manifest;
}

describe('after a release of', () => {
  it('an older format, everything is built anew', async () => {
    await leftBehind(MANIFEST_FORMAT - 1);
    const manifest = await write();
    expect(manifest.format).toBe(MANIFEST_FORMAT);
    expect(Object.keys(manifest.chunks).sort()).toEqual([...scenarioKeys].sort());
    expect(manifest.chunks[`group:${scenario.groups[0]}`]).not.toBe(manifest.chunks.network);
  });

  it('a newer format, nothing is published until this one is upgraded', async () => {
    await leftBehind(MANIFEST_FORMAT + 1);
    expect(await write()).toMatchObject({ format: MANIFEST_FORMAT + 1, revision: 0 });
    expect(await query('SELECT instance_id FROM outbox')).toEqual([{ instance_id: 'i1' }]);
  });

  it('the same format, only what was touched is', async () => {
    await leftBehind(MANIFEST_FORMAT);
    const manifest = await write();
    expect(manifest).toMatchObject({ revision: 1 });
    expect(manifest.chunks[`group:${scenario.groups[0]}`]).toBe(manifest.chunks.network);
  });
});

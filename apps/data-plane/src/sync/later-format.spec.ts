/** A control plane of a later release: its snapshots are refused by name, what ran goes on, and the next readable one is taken. */
import { formatProblem, type Manifest, SNAPSHOT_FORMATS } from '@causeway/contract';
import { InstanceKeys } from '@causeway/snapshot';
import { describe, expect, it } from '@jest/globals';
import { KEYRING, makeSnapshot, type Snapshot } from './testing/origin.js';
import { originPerTest } from './testing/origin-per-test.js';

const bed = originPerTest();
const LATER = SNAPSHOT_FORMATS.newestRead + 1;

/** With fields that nobody here knows, and without some that everybody needs. */
function later(revision: number, keyring = KEYRING): Snapshot {
  const { manifest, chunks } = makeSnapshot({ revision });
  const { chunks: _, allowShrink: __, mac: ___, ...rest } = manifest;
  const unsigned = { ...rest, format: LATER, index: { instance: ['a', 'b'] } };
  return { manifest: new InstanceKeys(keyring).sign(unsigned as unknown as Manifest), chunks };
}

describe('a snapshot of a later format', () => {
  it('is refused and told with what to do, asked for once, and over with the next that can be read', async () => {
    bed.http.publish(makeSnapshot({ revision: 1 }));
    const node = await bed.start();
    bed.http.publish(later(2));
    const report = await bed.http.reported(({ state }) => state === 'rejected');
    expect(report).toMatchObject({ revision: 1, rejected: { epoch: 1, revision: 2 }, errors: [{ resource: 'snapshot' }] });
    expect(report.errors[0]?.message).toBe(formatProblem(LATER));
    expect(report.errors[0]?.message).toContain('upgrade the data plane');
    expect(node.sync.status()).toMatchObject({ running: { revision: 1 }, lag: 1 });
    const reports = bed.http.reports.length;
    while (bed.http.reports.length < reports + 4) await new Promise(setImmediate);
    expect(node.logged.filter((line) => line.includes('was refused'))).toHaveLength(1);
    bed.http.publish(makeSnapshot({ revision: 3 }));
    await node.runs(3);
    expect(node.sync.status()).toMatchObject({ state: 'applied', rejected: null });
  });

  it('that is not signed refuses nothing', async () => {
    bed.http.publish(makeSnapshot({ revision: 1 }));
    const node = await bed.start();
    bed.http.publish(later(9, [{ id: 'k', key: Buffer.alloc(32, 4) }]));
    const before = node.sync.status().counters.refused;
    while (node.sync.status().counters.refused === before) await new Promise(setImmediate);
    expect(node.sync.status()).toMatchObject({ rejected: null, running: { revision: 1 } });
    bed.http.publish(makeSnapshot({ revision: 2 }));
    await node.runs(2);
  });
});

/** A data plane runs the newest authentic snapshot that the control plane offers, and tells what it runs. */

import type { Keyring } from '@causeway/snapshot';
import { describe, expect, it } from '@jest/globals';
import { INSTANCE, instanceChunks, makeSnapshot } from './testing/origin.js';
import { flipped, originPerTest } from './testing/origin-per-test.js';

const bed = originPerTest();

describe('over HTTP alone', () => {
  it('runs the newest snapshot at once, by name too, and follows the event stream', async () => {
    bed.http.publish(makeSnapshot({ revision: 1 }));
    const node = await bed.start({ instance: 'default', timing: { pollMs: 600_000, askMs: 600_000 } });
    expect(node.sync.status()).toMatchObject({ running: { epoch: 1, revision: 1 }, state: 'applied', source: 'http' });
    while (!bed.http.asked.includes(`instances/${INSTANCE}/events`)) await new Promise(setImmediate);
    await bed.http.reported(({ revision }) => revision === 1);
    bed.http.publish(makeSnapshot({ revision: 2 }));
    await node.runs(2);
  });

  it('heals within one poll when no event comes', async () => {
    const node = await bed.start();
    bed.http.snapshot = null;
    const second = makeSnapshot({ revision: 2 });
    bed.http.publish(second);
    await node.runs(2);
  });

  it('parses and fetches a chunk once: what did not change is the same object', async () => {
    bed.http.publish(makeSnapshot({ revision: 1 }, instanceChunks(70)));
    const node = await bed.start();
    bed.http.publish(makeSnapshot({ revision: 2 }, instanceChunks(70, false)));
    await node.runs(2);
    const [first, second] = node.applied;
    const changed = [...(second?.chunks ?? [])].filter(([key, held]) => held !== first?.chunks.get(key)).map(([key]) => key);
    expect(changed).toEqual(['instance']);
    const fetched = bed.http.asked.filter((path) => path.startsWith('chunks/'));
    expect(new Set(fetched).size).toBe(fetched.length);
  });

  it('reports what it runs, what is quarantined, and that it lives', async () => {
    bed.http.publish(makeSnapshot({ revision: 1 }));
    await bed.start({ outcome: () => ({ problems: [{ resource: 'api:x', message: 'does not compile' }] }) });
    const report = await bed.http.reported(({ state }) => state === 'partial');
    expect(report).toMatchObject({ node: 'n1', instance: INSTANCE, epoch: 1, revision: 1, source: 'http', rejected: null });
    expect(report.errors).toEqual([{ resource: 'api:x', message: 'does not compile' }]);
    const before = bed.http.reports.length;
    while (bed.http.reports.length < before + 2) await new Promise(setImmediate);
  });

  it('says when it leaves, and reports no more', async () => {
    bed.http.publish(makeSnapshot({ revision: 1 }));
    const node = await bed.start();
    await bed.http.reported(({ state }) => state === 'applied');
    await node.sync.stop();
    expect(bed.http.asked.findLast((path) => path.startsWith('nodes/'))).toBe(`nodes/n1?instance=${INSTANCE}`);
  });

  it('takes only the newest of a burst that comes while it compiles', async () => {
    bed.http.publish(makeSnapshot({ revision: 1 }));
    let release = () => {};
    const compiling = new Promise<void>((resolve) => {
      release = resolve;
    });
    const node = await bed.start({
      async outcome(revision) {
        if (revision === 2) await compiling;
        return { problems: [] };
      },
    });
    bed.http.publish(makeSnapshot({ revision: 2 }));
    while (bed.http.asked.filter((path) => path.endsWith('/manifest')).length < 2) await new Promise(setImmediate);
    for (let revision = 3; revision <= 20; revision++) bed.http.publish(makeSnapshot({ revision }));
    release();
    await node.runs(20);
    expect(node.applied.length).toBeLessThanOrEqual(4);
  });
});

describe('what is not authentic', () => {
  it.each(['manifest', 'chunk'])('an altered %s is refused and fetched again, and what ran goes on', async (document) => {
    bed.http.publish(makeSnapshot({ revision: 1 }));
    const node = await bed.start();
    let altered = 0;
    bed.http.alter = (name, packed) => {
      if ((name === 'manifest') !== (document === 'manifest')) return packed;
      altered += 1;
      return altered <= 3 ? flipped(packed) : packed;
    };
    bed.http.publish(makeSnapshot({ revision: 2 }, instanceChunks(0, false)));
    await node.runs(2);
    expect(altered).toBeGreaterThan(3);
    expect(node.applied.map(({ revision }) => revision)).toEqual([1, 2]);
  });

  it('a manifest signed with another key never runs', async () => {
    const other: Keyring = [{ id: 'k', key: Buffer.alloc(32, 99) }];
    bed.http.publish(makeSnapshot({ revision: 5, keyring: other }));
    const node = await bed.start();
    expect(node.sync.status().running).toBeNull();
  });

  it('an older manifest is not taken, whatever its epoch says of a younger one', async () => {
    bed.http.publish(makeSnapshot({ epoch: 2, revision: 5 }));
    const node = await bed.start();
    for (const older of [
      { epoch: 2, revision: 4 },
      { epoch: 1, revision: 9 },
    ]) {
      bed.http.publish(makeSnapshot(older));
      const asked = bed.http.asked.length;
      while (bed.http.asked.slice(asked).filter((path) => path.endsWith('/manifest')).length < 2) await new Promise(setImmediate);
    }
    bed.http.publish(makeSnapshot({ epoch: 3, revision: 1 }));
    await node.runs(1);
    expect(node.applied.map(({ revision }) => revision)).toEqual([5, 1]);
  });

  it('the snapshot of an instance that the settings do not name never runs', async () => {
    const chunks = instanceChunks();
    bed.http.publish(
      makeSnapshot({ revision: 1 }, { instance: { ...chunks.instance, name: 'other' } as (typeof chunks)[string] }),
    );
    const node = await bed.start({ instance: 'default' });
    expect(node.sync.status().running).toBeNull();
  });
});

describe('a refused snapshot', () => {
  it('is tried once, told, and the next one is taken', async () => {
    bed.http.publish(makeSnapshot({ revision: 1 }));
    const tried: number[] = [];
    const node = await bed.start({
      outcome(revision) {
        tried.push(revision);
        if (revision === 2) throw new Error('no hop key');
        return { problems: [] };
      },
    });
    bed.http.publish(makeSnapshot({ revision: 2 }));
    const report = await bed.http.reported(({ state }) => state === 'rejected');
    expect(report).toMatchObject({ revision: 1, rejected: { epoch: 1, revision: 2 }, errors: [{ message: 'no hop key' }] });
    expect(node.sync.status()).toMatchObject({ lag: 1, counters: { applied: 1, refused: 1 } });
    const asked = bed.http.asked.length;
    while (bed.http.asked.length < asked + 6) await new Promise(setImmediate);
    bed.http.publish(makeSnapshot({ revision: 3 }));
    await node.runs(3);
    expect(tried).toEqual([1, 2, 3]);
    expect(node.sync.status()).toMatchObject({ state: 'applied', rejected: null, lag: 0, counters: { applied: 2, refused: 1 } });
  });

  it('is one that loses most APIs without a reason; with a reason it passes, even when the revision that gave it was skipped', async () => {
    bed.http.publish(makeSnapshot({ revision: 1 }, instanceChunks(100)));
    const node = await bed.start();
    bed.http.publish(makeSnapshot({ revision: 2, allowShrink: { epoch: 1, revision: 1 } }, instanceChunks(49)));
    const report = await bed.http.reported(({ state }) => state === 'rejected');
    expect(report.errors[0]?.message).toBe('51 of 100 live APIs would go away, and no write explains it');
    bed.http.publish(makeSnapshot({ revision: 4, allowShrink: { epoch: 1, revision: 3 } }, instanceChunks(49)));
    await node.runs(4);
    bed.http.publish(makeSnapshot({ revision: 5 }, instanceChunks(25)));
    await node.runs(5);
  });
});

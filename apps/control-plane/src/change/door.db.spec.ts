/** The door keeps its promises under parallel writes. */

import { describeOnPostgres } from '@causeway/test-stores';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChunkSources } from '../publish/chunk-sources.js';
import {
  createScratchStore,
  insertInstance,
  type ScratchStore,
  testActor,
  testSettings,
} from '../publish/testing/scratch-store.js';
import { TouchedChunks } from '../publish/touched-chunks.js';
import { CommitBell } from './commit-bell.js';
import { Door } from './door.js';
import { RefusedChange } from './refused-change.js';
import { WriteCounters } from './write-counters.js';

let store: ScratchStore;
let door: Door;
const bell = new CommitBell();
const counters = new WriteCounters();

beforeAll(async () => {
  store = await createScratchStore();
  door = new Door(store.dataSource, new TouchedChunks(new ChunkSources(testSettings)), bell, counters);
  for (const id of ['i0', 'i2']) await insertInstance(store.dataSource, id);
});
afterAll(() => store.drop());

describe('a write', () => {
  it('saves its rows, one audit row, and a revision with an outbox row for each touched instance', async () => {
    let rings = 0;
    const stop = bell.listen(() => rings++);
    const written = await door.write(testActor, async (change) => {
      change.touch('i2', 'instance');
      change.touch('i1', 'instance');
      change.touch('i1', 'network');
      change.allowShrink();
      change.warn({ code: 'X', message: 'doubtful' });
      change.audit('instance.rename', 'instance', 'i1', { to: 'new' });
      await change.manager.query("UPDATE instances SET name = 'new' WHERE id = 'i1'");
      return 'done';
    });
    stop();
    expect(written).toEqual({
      result: 'done',
      warnings: [{ code: 'X', message: 'doubtful' }],
      revisions: [
        { instanceId: 'i1', revision: 1 },
        { instanceId: 'i2', revision: 1 },
      ],
    });
    expect(rings).toBe(1);
    expect(
      await store.dataSource.query('SELECT instance_id, revision, chunk_keys, allow_shrink FROM outbox ORDER BY id'),
    ).toEqual([
      { instance_id: 'i1', revision: '1', chunk_keys: ['instance', 'network'], allow_shrink: true },
      { instance_id: 'i2', revision: '1', chunk_keys: ['instance'], allow_shrink: true },
    ]);
    expect(
      await store.dataSource.query('SELECT instance_id, revision, actor, action FROM revisions ORDER BY instance_id'),
    ).toEqual([
      { instance_id: 'i1', revision: '1', actor: 'tester', action: 'instance.rename' },
      { instance_id: 'i2', revision: '1', actor: 'tester', action: 'instance.rename' },
    ]);
    expect(
      await store.dataSource.query('SELECT account_id, token_name, resource_id, details, revisions FROM audit_events'),
    ).toEqual([
      { account_id: 'acc', token_name: 'tester', resource_id: 'i1', details: { to: 'new' }, revisions: written.revisions },
    ]);
  });

  it('that touches every instance names each of them, also one that is born meanwhile', async () => {
    const { revisions } = await door.write(testActor, async (change) => {
      await insertInstance(change.manager, 'i3');
      change.touch('i3', 'instance');
      change.touch('every', 'network');
      change.audit('instance.create', 'instance', 'i3');
    });
    expect(revisions.map(({ instanceId }) => instanceId)).toEqual(['i0', 'i1', 'i2', 'i3']);
  });

  it('leaves nothing behind when its work fails', async () => {
    const before = await counts();
    const failing = door.write(testActor, async (change) => {
      change.touch('i1', 'instance');
      change.audit('x', 'instance', 'i1');
      await change.manager.query("UPDATE instances SET name = 'half' WHERE id = 'i1'");
      throw new Error('no');
    });
    const { undone } = counters;
    await expect(failing).rejects.toThrow('no');
    expect(await counts()).toEqual(before);
    expect(counters.undone).toBe(undone + 1);
  });

  it('is refused with every complaint when a touched chunk does not compile', async () => {
    const before = await counts();
    const refused = door.write(testActor, async (change) => {
      change.touch('i1', 'instance');
      change.audit('x', 'instance', 'i1');
      await change.manager.query(`UPDATE instances SET private_dns = '[{"host": "", "records": []}]' WHERE id = 'i1'`);
    });
    await expect(refused).rejects.toBeInstanceOf(RefusedChange);
    await expect(refused).rejects.toMatchObject({
      errors: [{ path: 'instance/privateDns.0.host' }, { path: 'instance/privateDns.0.records' }],
    });
    expect(await counts()).toEqual(before);
  });

  it('is an error without its audit row', async () => {
    await expect(door.write(testActor, async () => 1)).rejects.toThrow('audit');
  });
});

describeOnPostgres('parallel writes', () => {
  it('take strictly rising revisions in the order in which they commit', async () => {
    const start = await revisionOf('i1');
    const writes = Array.from({ length: 40 }, (_, n) =>
      door.write(testActor, async (change) => {
        change.touch(n % 2 === 0 ? 'i1' : 'every', 'network');
        change.touch('i1', 'instance');
        change.audit('x', 'instance', 'i1');
      }),
    );
    const revisions = (await Promise.all(writes)).map(
      (each) => each.revisions.find(({ instanceId }) => instanceId === 'i1')?.revision ?? 0,
    );
    expect(revisions.sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, n) => start + n + 1));
    const outbox: { revision: string }[] = await store.dataSource.query(
      "SELECT revision FROM outbox WHERE instance_id = 'i1' ORDER BY id",
    );
    const inOrder = outbox.map(({ revision }) => Number(revision));
    expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b));
  });

  it('that lock each other out are both done', async () => {
    const start = await revisionOf('i1');
    const bothHoldOne = barrier(2);
    const crossed = ([first, second]: [string, string]) =>
      door.write(testActor, async (change) => {
        await change.manager.query('UPDATE instances SET updated_at = now() WHERE id = $1', [first]);
        await bothHoldOne();
        await change.manager.query('UPDATE instances SET updated_at = now() WHERE id = $1', [second]);
        change.touch('i1', 'instance');
        change.audit('x', 'instance', first);
      });
    const before = { ...counters };
    await Promise.all([crossed(['i1', 'i2']), crossed(['i2', 'i1'])]);
    expect(await revisionOf('i1')).toBe(start + 2);
    expect(counters).toEqual({ committed: before.committed + 2, undone: before.undone, collided: before.collided + 1 });
  });
});

/** Opens once `count` callers have come, and stays open. */
function barrier(count: number): () => Promise<void> {
  let missing = count;
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    missing -= 1;
    if (missing <= 0) open();
    return opened;
  };
}

async function revisionOf(id: string): Promise<number> {
  const [row] = await store.dataSource.query('SELECT revision FROM instances WHERE id = $1', [id]);
  return Number(row.revision);
}

async function counts(): Promise<unknown> {
  return store.dataSource.query(
    `SELECT (SELECT count(*) FROM audit_events) AS audits, (SELECT count(*) FROM outbox) AS pending,
            (SELECT count(*) FROM revisions) AS revisions, (SELECT name FROM instances WHERE id = 'i1') AS name`,
  );
}

/** What commits is published: whole, once at least, and with nothing else standing in its way. */

import { decodeChunk } from '@causeway/snapshot';
import { describeOnPostgres } from '@causeway/test-stores';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createPublishing } from './testing/control-plane.js';
import { createScratchStore, insertInstance, type ScratchStore } from './testing/scratch-store.js';
import { insertDeployedApi, insertGroup, scenario, scenarioKeys, seedScenario } from './testing/seed-scenario.js';

let store: ScratchStore;
let plane: ReturnType<typeof createPublishing>;
const query = (sql: string, values: unknown[] = []) => store.dataSource.query(sql, values);
const published = async (id = 'i1') => (await plane.manifests.find(id))?.manifest;

beforeAll(async () => {
  store = await createScratchStore();
});
beforeEach(async () => {
  await store.reset();
  plane = createPublishing(store.dataSource);
});
afterAll(() => store.drop());

describe('the first manifest of an instance', () => {
  it('holds all that the rows give, is signed, and can be found by id and by name', async () => {
    await seedScenario(store.dataSource);
    await plane.publisher.publishPending();
    const manifest = await published();
    expect(new Set(Object.keys(manifest?.chunks ?? {}))).toEqual(new Set(scenarioKeys));
    expect(manifest).toMatchObject({ instance: 'i1', epoch: 1, revision: 0, allowShrink: null });
    expect(manifest && plane.sources.keysOf('i1').verify(manifest)).toBe(true);
    expect(await published('i1-name')).toEqual(manifest);
    for (const { hash, bytes } of await query('SELECT hash, bytes FROM chunks')) decodeChunk(hash, bytes);
  });
});

describe('a look at what waits', () => {
  it('is cheap to plan for, so that Postgres does not compile it each time, in tables that it has never counted', async () => {
    const asked: Array<[sql: string, values: unknown[]]> = [];
    const listening: typeof store.dataSource = Object.create(store.dataSource, {
      query: {
        value: (sql: string, values: unknown[] = []) => {
          asked.push([sql, values]);
          return query(sql, values);
        },
      },
    });
    await createPublishing(listening).publisher.publishPending();
    expect(asked.length).toBeGreaterThan(0);
    const [{ jit_above_cost: limit }] = await query('SHOW jit_above_cost');
    for (const [sql, values] of asked) {
      const [{ 'QUERY PLAN': plan }] = await query(`EXPLAIN (FORMAT JSON) ${sql}`, values);
      expect(plan[0].Plan['Total Cost']).toBeLessThan(Number(limit));
    }
  });
});

describe('a change', () => {
  beforeEach(async () => {
    await seedScenario(store.dataSource);
    await plane.publisher.publishPending();
  });

  it('is published with all that waits, and replaces nothing but what it touched', async () => {
    const before = await published();
    await plane.write({ i1: [`apis:${scenario.groups[0]}:0`] }, ({ manager }) =>
      insertDeployedApi(manager, 'a4'.repeat(16), scenario.groups[0], {
        name: 'fourth',
        request: { method: 'GET', path: '/fourth' },
        backend: { type: 'MOCK' },
      }),
    );
    await plane.write({ i1: ['instance'] }, (change) =>
      change.manager.query("UPDATE instances SET calls_from_gateway = false WHERE id = 'i1'"),
    );
    await plane.publisher.publishPending();
    const after = await published();
    expect(after?.revision).toBe(2);
    const changed = Object.keys(after?.chunks ?? {}).filter((key) => after?.chunks[key] !== before?.chunks[key]);
    expect(changed.sort()).toEqual([`apis:${scenario.groups[0]}:0`, 'instance']);
    expect(await query('SELECT id FROM outbox')).toEqual([]);
    expect(await query('SELECT revision FROM revisions WHERE published_at IS NULL')).toEqual([]);
    expect(
      await query("SELECT from_revision, to_revision FROM manifest_chunks WHERE key = 'instance' ORDER BY from_revision"),
    ).toEqual([
      { from_revision: '0', to_revision: '2' },
      { from_revision: '2', to_revision: null },
    ]);
  });

  it('that leaves nothing under a key ends the key', async () => {
    await plane.write({ i1: [`apis:${scenario.groups[1]}:0`] }, async (change) => {
      change.allowShrink();
      await change.manager.query('DELETE FROM deployments WHERE group_id = $1', [scenario.groups[1]]);
    });
    await plane.publisher.publishPending();
    expect(Object.keys((await published())?.chunks ?? {})).not.toContain(`apis:${scenario.groups[1]}:0`);
  });

  it('that explains a loss is remembered by later manifests, for nodes that skipped it', async () => {
    await plane.write({ i1: ['instance'] }, async (change) => change.allowShrink());
    await plane.publisher.publishPending();
    await plane.write({ i1: ['instance'] });
    await plane.publisher.publishPending();
    expect(await published()).toMatchObject({ revision: 2, allowShrink: { epoch: 1, revision: 1 } });
  });

  it('that cannot be read is reported, keeps what stood there, and stops nothing else', async () => {
    const before = await published();
    await plane.write({ i1: ['instance'] });
    await query("UPDATE plugins SET config = 'v1.test.garbage' WHERE type = 'routing'");
    await query(`UPDATE outbox SET chunk_keys = $1`, [JSON.stringify([`plugin:${scenario.plugins.routing}`, 'instance'])]);
    await query("UPDATE instances SET calls_from_gateway = false WHERE id = 'i1'");
    await plane.publisher.publishPending();
    const after = await published();
    expect(after?.revision).toBe(1);
    expect(after?.chunks.instance).not.toBe(before?.chunks.instance);
    expect(after?.chunks[`plugin:${scenario.plugins.routing}`]).toBe(before?.chunks[`plugin:${scenario.plugins.routing}`]);
    const [{ problems }] = await query('SELECT problems FROM revisions WHERE revision = 1');
    expect(problems).toMatchObject([{ resource: `plugin:${scenario.plugins.routing}` }]);
  });

  it('builds on what stands, whoever published it and whatever a backup has brought back', async () => {
    const other = createPublishing(store.dataSource);
    const turn = async (one: ReturnType<typeof createPublishing>, name: string) => {
      await one.write({ i1: ['instance'] }, ({ manager }) =>
        manager.query("UPDATE instances SET name = $1 WHERE id = 'i1'", [name]),
      );
      await one.publisher.publishPending();
      return published();
    };
    const first = await turn(plane, 'one');
    const [backup] = await query('SELECT * FROM published_manifests');
    await other.write({ i1: [`group:${scenario.groups[0]}`] }, ({ manager }) =>
      manager.query("UPDATE groups SET name = 'renamed_group' WHERE id = $1", [scenario.groups[0]]),
    );
    await other.publisher.publishPending();
    const group = (await published())?.chunks[`group:${scenario.groups[0]}`];
    expect(group).not.toBe(first?.chunks[`group:${scenario.groups[0]}`]);
    const third = await turn(plane, 'three');
    expect(third?.chunks).toMatchObject({ [`group:${scenario.groups[0]}`]: group });
    expect(third?.chunks.instance).not.toBe(first?.chunks.instance);
    await query('UPDATE published_manifests SET manifest = $1, published_at = $2', [backup.manifest, backup.published_at]);
    expect((await turn(plane, 'four'))?.chunks).toMatchObject({
      [`group:${scenario.groups[0]}`]: first?.chunks[`group:${scenario.groups[0]}`],
    });
  });

  it('rings in the process that published it, and in another one at its next look', async () => {
    const heard: string[] = [];
    const other = createPublishing(store.dataSource);
    await other.manifests.refresh();
    plane.bell.listen(({ revision }) => heard.push(`here ${revision}`));
    other.bell.listen(({ revision }) => heard.push(`there ${revision}`));
    await plane.write({ i1: ['instance'] });
    await plane.publisher.publishPending();
    await other.manifests.refresh();
    expect(heard).toEqual(['here 1', 'there 1']);
  });
});

describe('a group that moves', () => {
  const group = 'd1'.repeat(16);

  beforeEach(async () => {
    for (const id of ['i2', 'i3']) await insertInstance(store.dataSource, id);
    await insertGroup(store.dataSource, group, 'moving_group');
    await plane.publisher.publishPending();
  });

  const move = () =>
    plane.write(
      { i1: [`group:${group}`, 'instance'], i2: [`group:${group}`, 'instance'], every: ['network'] },
      async ({ manager }) => {
        await manager.query("UPDATE groups SET instance_id = 'i2' WHERE id = $1", [group]);
        await manager.query("INSERT INTO group_moves (group_id, from_instance_id) VALUES ($1, 'i1')", [group]);
      },
    );
  const report = (revision: number, instance = 'i2') =>
    query(
      `INSERT INTO nodes (instance_id, node, epoch, revision, state, source, applied_at) VALUES ($2, 'n', 1, $1, 'applied', 'http', now())
       ON CONFLICT (instance_id, node) DO UPDATE SET revision = excluded.revision, reported_at = now()`,
      [revision, instance],
    );

  it('is in force on the live nodes of its target before the others hear of it', async () => {
    await report(0);
    await move();
    expect(await plane.publisher.publishPending()).toEqual({ held: 2 });
    expect([await published('i1'), await published('i2'), await published('i3')]).toMatchObject([
      { revision: 0 },
      { revision: 1 },
      { revision: 0 },
    ]);
    await report(1);
    expect(await plane.publisher.publishPending()).toEqual({ held: 0 });
    expect([await published('i1'), await published('i3')]).toMatchObject([{ revision: 1 }, { revision: 1 }]);
    expect(Object.keys((await published('i1'))?.chunks ?? {})).not.toContain(`group:${group}`);
  });

  it('stays at its source until no other instance sends callers there', async () => {
    await report(0, 'i3');
    await move();
    expect(await plane.publisher.publishPending()).toEqual({ held: 1 });
    expect([await published('i1'), await published('i3')]).toMatchObject([{ revision: 0 }, { revision: 1 }]);
    await report(1, 'i3');
    expect(await plane.publisher.publishPending()).toEqual({ held: 0 });
    expect(await published('i1')).toMatchObject({ revision: 1 });
  });

  it('waits for no instance that waits for it', async () => {
    const other = 'd2'.repeat(16);
    await insertGroup(store.dataSource, other, 'other_group', 'i3');
    await plane.write({ i3: [`group:${other}`], every: ['network'] });
    await plane.publisher.publishPending();
    for (const id of ['i1', 'i3']) await report((await published(id))?.revision ?? 0, id);
    await move();
    await plane.write(
      { i3: [`group:${other}`, 'instance'], i2: [`group:${other}`, 'instance'], every: ['network'] },
      async (change) => {
        await change.manager.query("UPDATE groups SET instance_id = 'i2' WHERE id = $1", [other]);
        await change.manager.query("INSERT INTO group_moves (group_id, from_instance_id) VALUES ($1, 'i3')", [other]);
      },
    );
    expect(await plane.publisher.publishPending()).toEqual({ held: 0 });
  });

  it('waits for nobody when no node of the target lives', async () => {
    await move();
    expect(await plane.publisher.publishPending()).toEqual({ held: 0 });
    expect(await published('i1')).toMatchObject({ revision: 1 });
  });

  it('does not wait for a target that never follows', async () => {
    await report(0);
    await move();
    await query("UPDATE group_moves SET moved_at = now() - interval '1 minute'");
    expect(await plane.publisher.publishPending()).toEqual({ held: 0 });
  });
});

describeOnPostgres('two control planes', () => {
  it('publish the same outbox together: nothing is lost, and no manifest goes back', async () => {
    const second = createPublishing(await store.connect());
    await seedScenario(store.dataSource);
    const planes = [plane, second];
    const seen: number[] = [];
    second.bell.listen(({ revision }) => seen.push(revision));
    const work = Array.from({ length: 30 }, async (_, n) => {
      const one = planes[n % 2] ?? plane;
      await one.write({ i1: ['instance'] }, (change) =>
        change.manager.query("UPDATE instances SET internal_endpoint = $1 WHERE id = 'i1'", [`10.0.0.${n}:1`]),
      );
      await Promise.all(planes.map((each) => each.publisher.publishPending()));
    });
    await Promise.all(work);
    await plane.publisher.publishPending();
    expect(await published()).toMatchObject({ revision: 30 });
    expect(await query('SELECT id FROM outbox')).toEqual([]);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    const open = await query("SELECT key FROM manifest_chunks WHERE instance_id = 'i1' AND to_revision IS NULL");
    expect(open).toHaveLength(scenarioKeys.length);
  });
});

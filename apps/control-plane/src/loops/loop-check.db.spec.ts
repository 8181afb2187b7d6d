/** A write that would send requests round for ever is refused and leaves nothing behind; one that might is stored with a warning. */
import { ApiDefinition } from '@causeway/contract';
import { describeOnPostgres } from '@causeway/test-stores';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Change } from '../change/change.js';
import { CommitBell } from '../change/commit-bell.js';
import { Door } from '../change/door.js';
import { WriteCounters } from '../change/write-counters.js';
import { ChunkSources } from '../publish/chunk-sources.js';
import { storedPaths } from '../publish/chunks/chunk-source.js';
import { createScratchStore, type ScratchStore, storedSeal, testActor, testSettings } from '../publish/testing/scratch-store.js';
import { insertDeployedApi, insertGroup } from '../publish/testing/seed-scenario.js';
import { TouchedChunks } from '../publish/touched-chunks.js';
import { StoredSecrets } from '../secrets/stored-secrets.js';
import { LoopCheck } from './loop-check.js';
import type { LoopScope } from './touched-apis.js';

const ONE = '1'.repeat(32);
const TWO = '2'.repeat(32);
const A = 'a'.repeat(32);
const B = 'b'.repeat(32);
const P = 'c'.repeat(32);
const Q = 'd'.repeat(32);

const internal = (group: string) => `${group}-cn-huhehaote-intranet.alicloudapi.com`;
const to = (group: string, path: string) => ({ type: 'HTTP', address: internal(group), path });
const outside = { type: 'HTTP', address: 'http://backend.example.com', path: '/' };

let store: ScratchStore;
let door: Door;
const check = new LoopCheck(testSettings, new StoredSecrets(testSettings));

beforeAll(async () => {
  store = await createScratchStore();
  door = new Door(store.dataSource, new TouchedChunks(new ChunkSources(testSettings)), new CommitBell(), new WriteCounters());
});
beforeEach(async () => {
  await store.reset();
  await insertGroup(store.dataSource, ONE, 'group_one');
  await insertGroup(store.dataSource, TWO, 'group_two');
});
afterAll(() => store.drop());

type Rows = Pick<Change['manager'], 'query'>;

/** A write of the rows that `work` makes, checked as its service does. */
function write(scope: LoopScope, work: (rows: Rows) => Promise<unknown>, before: () => Promise<void> = async () => {}) {
  return door.write(testActor, async (change) => {
    await work(change.manager);
    await before();
    await check.check(change, scope);
    change.audit('test.write', 'api', A);
  });
}

const deploy = (id: string, groupId: string, request: object, backend?: object) => (rows: Rows) =>
  insertDeployedApi(rows as never, id, groupId, {
    name: `api_${id.slice(0, 4)}`,
    request: { method: 'GET', ...request },
    ...(backend !== undefined && { backend }),
  });

/** Routes with the given conditions, all to one place. */
const routing = (conditions: string[], backend: object) =>
  JSON.stringify({ routes: conditions.map((condition, n) => ({ name: `r${n}`, condition, backend })) });

const bind = (pluginId: string, config: string, place: { apiId?: string; groupId?: string }) => async (rows: Rows) => {
  await rows.query(`INSERT INTO plugins (id, account_id, name, type, config) VALUES ($1, 'acc', $2, 'routing', $3)`, [
    pluginId,
    `plugin_${pluginId.slice(0, 4)}`,
    storedSeal(storedPaths.pluginConfig(pluginId), config),
  ]);
  await rows.query(
    `INSERT INTO plugin_bindings (id, plugin_id, type, stage, api_id, group_id) VALUES ($1, $1, 'routing', 'RELEASE', $2, $3)`,
    [pluginId, place.apiId ?? null, place.groupId ?? null],
  );
};

const edit = (pluginId: string, config: string) => (rows: Rows) =>
  rows.query('UPDATE plugins SET config = $2 WHERE id = $1', [pluginId, storedSeal(storedPaths.pluginConfig(pluginId), config)]);

const refusal = (path: string, chain: string) => ({
  status: 422,
  code: 'RoutingCycle',
  errors: [{ path, message: expect.stringContaining(chain) }],
});

const count = async (table: string) => (await store.dataSource.query(`SELECT count(*)::int AS n FROM ${table}`))[0].n;

describe('binding a plugin', () => {
  beforeEach(() => deploy(A, ONE, { path: '/a' }, outside)(store.dataSource));

  it('that always sends an API to itself is refused and changes nothing', async () => {
    const writing = write({ apiIds: [A] }, bind(P, routing(['1 = 1'], to(ONE, '/a')), { apiId: A }));
    await expect(writing).rejects.toMatchObject(refusal('apiIds', `: api_aaaa (${A}) > api_aaaa (${A})`));
    expect([await count('plugins'), await count('plugin_bindings'), await count('audit_events')]).toEqual([0, 0, 0]);
  });

  it('that sends an API to itself on a condition is stored with a warning', async () => {
    const { warnings } = await write({ apiIds: [A] }, bind(P, routing(["$a = 'x'"], to(ONE, '/a')), { apiId: A }));
    expect(warnings).toEqual([{ code: 'RoutingCycle', message: expect.stringContaining(`api_aaaa (${A}) > api_aaaa (${A})`) }]);
    expect(await count('plugin_bindings')).toBe(1);
  });

  it('to its whole group is checked for each of its APIs', async () => {
    const writing = write({ groupId: ONE }, bind(P, routing(['true = true'], to(ONE, '/a')), { groupId: ONE }));
    await expect(writing).rejects.toMatchObject(refusal('groupId', A));
  });

  it('to a group does nothing to an API with a plugin of its own', async () => {
    await bind(Q, routing(["$a = 'x'"], outside), { apiId: A })(store.dataSource);
    const { warnings } = await write({ groupId: ONE }, bind(P, routing(['1 = 1'], to(ONE, '/a')), { groupId: ONE }));
    expect(warnings).toEqual([]);
  });

  it('that leads to another path, method, stage or region makes no loop', async () => {
    const away = [
      to(ONE, '/b'),
      { ...to(ONE, '/a'), method: 'POST' },
      { ...to(ONE, '/a'), address: `${ONE}-elsewhere-intranet.alicloudapi.com` },
      to('9'.repeat(32), '/a'),
    ];
    for (const [n, backend] of away.entries()) {
      const id = String(n).repeat(32);
      const { warnings } = await write({ apiIds: [A] }, async (rows) => {
        await rows.query('DELETE FROM plugin_bindings');
        await bind(id, routing(['1 = 1'], backend), { apiId: A })(rows);
      });
      expect(warnings).toEqual([]);
    }
    const stage = { 'constant-parameters': [{ name: 'X-Ca-Stage', location: 'header', value: 'TEST' }] };
    const config = JSON.stringify({ routes: [{ name: 'r', condition: '1 = 1', backend: to(ONE, '/a'), ...stage }] });
    await store.dataSource.query('DELETE FROM plugin_bindings');
    expect((await write({ apiIds: [A] }, bind(P, config, { apiId: A }))).warnings).toEqual([]);
  });
});

describe('a named upstream that is an internal domain', () => {
  const up = { type: 'HTTP-VPC', vpcAccessName: 'up', path: '/a' };
  const name = (account: string) =>
    store.dataSource.query(`INSERT INTO vpc_accesses (id, account_id, name, address) VALUES ($1, $2, 'up', $3)`, [
      Q,
      account,
      `${internal(ONE)}:80`,
    ]);

  it('is followed, in the account of the group', async () => {
    await name('acc');
    const own = write({ apiIds: [A] }, deploy(A, ONE, { path: '/a' }, up));
    await expect(own).rejects.toMatchObject(refusal('apiIds', `(${A}) > api_aaaa (${A})`));
    await deploy(B, ONE, { path: '/a' }, outside)(store.dataSource);
    const routed = write({ apiIds: [B] }, bind(P, routing(['1 = 1'], up), { apiId: B }));
    await expect(routed).rejects.toMatchObject(refusal('apiIds', `(${B}) > api_bbbb (${B})`));
  });

  it('that is not there ends every request', async () => {
    expect((await write({ apiIds: [A] }, deploy(A, ONE, { path: '/a' }, up))).warnings).toEqual([]);
  });
});

describe('deploying', () => {
  it('an API whose escaped path only looks like the one that it calls makes no loop', async () => {
    const { warnings } = await write({ apiIds: [A] }, deploy(A, ONE, { path: '/[x]', escapePath: true }, to(ONE, '/b')));
    expect(warnings).toEqual([]);
  });

  it('an API whose own backend is itself is refused', async () => {
    const writing = write({ apiIds: [A] }, deploy(A, ONE, { path: '/u/[id]' }, to(ONE, '/u/[id]')));
    await expect(writing).rejects.toMatchObject(refusal('apiIds', `(${A}) > api_aaaa (${A})`));
    expect(await count('deployments')).toBe(0);
  });

  it('the API that closes a loop of two is refused, and the other stays', async () => {
    await write({ apiIds: [A] }, deploy(A, ONE, { path: '/a' }, to(TWO, '/b')));
    const writing = write({ apiIds: [B] }, deploy(B, TWO, { path: '/b' }, to(ONE, '/a')));
    await expect(writing).rejects.toMatchObject(refusal('apiIds', `api_bbbb (${B}) > api_aaaa (${A}) > api_bbbb (${B})`));
    expect(await count('deployments')).toBe(1);
  });

  it('the API that closes a loop with a way out is stored with a warning', async () => {
    await deploy(A, ONE, { path: '/a' }, to(TWO, '/b'))(store.dataSource);
    await bind(P, routing(["$stop = 'yes'"], outside), { apiId: A })(store.dataSource);
    const { warnings } = await write({ apiIds: [B] }, deploy(B, TWO, { path: '/b' }, to(ONE, '/a')));
    expect(warnings).toMatchObject([{ code: 'RoutingCycle' }]);
    expect(await count('deployments')).toBe(2);
  });

  it('an API that catches what a caller used to miss is refused when that closes a loop', async () => {
    await deploy(A, ONE, { path: '/a' }, to(ONE, '/x/y'))(store.dataSource);
    const writing = write({ apiIds: [B] }, deploy(B, ONE, { path: '/x/*' }, to(ONE, '/a')));
    await expect(writing).rejects.toMatchObject(refusal('apiIds', `(${B}) > api_aaaa (${A})`));
  });

  it('names APIs of other accounts by their ids alone', async () => {
    await store.dataSource.query(`INSERT INTO accounts (id, name) VALUES ('other', 'other')`);
    await deploy(A, ONE, { path: '/a' }, to(TWO, '/b'))(store.dataSource);
    await store.dataSource.query(`UPDATE apis SET account_id = 'other' WHERE id = $1`, [A]);
    const writing = write({ apiIds: [B] }, deploy(B, TWO, { path: '/b' }, to(ONE, '/a')));
    await expect(writing).rejects.toMatchObject(refusal('apiIds', `: api_bbbb (${B}) > (${A}) > api_bbbb (${B})`));
  });
});

describe('saving a draft', () => {
  const save = (path: string) =>
    door.write(testActor, async (change) => {
      const backend = to(ONE, path);
      await check.checkDraft(
        change,
        A,
        ONE,
        ApiDefinition.parse({ name: 'self', request: { method: 'GET', path: '/a' }, backend }),
      );
      change.audit('test.write', 'api', A);
    });

  it('whose backend is itself is refused', async () => {
    await expect(save('/a')).rejects.toMatchObject(refusal('backend.address', `self (${A}) > self (${A})`));
  });

  it('whose backend is another API of its group is fine', async () => {
    expect((await save('/b')).warnings).toEqual([]);
  });
});

describe('editing a plugin', () => {
  const config = (condition: string) => routing(["$other = 'x'", condition], to(TWO, '/b'));

  beforeEach(async () => {
    await deploy(A, ONE, { path: '/a' }, outside)(store.dataSource);
    await deploy(B, TWO, { path: '/b' }, to(ONE, '/a'))(store.dataSource);
    await bind(P, config("$a = 'x'"), { apiId: A })(store.dataSource);
  });

  it('so that its last condition always holds is refused, and the stored text stays', async () => {
    const before = await store.dataSource.query('SELECT config FROM plugins');
    const writing = write({ pluginId: P }, edit(P, config("1 = 1 or $a = 'x'")));
    await expect(writing).rejects.toMatchObject(
      refusal('config.routes[0].backend.address', `api_aaaa (${A}) > api_bbbb (${B}) > api_aaaa (${A})`),
    );
    expect(await store.dataSource.query('SELECT config FROM plugins')).toEqual(before);
  });

  it('so that no condition can hold takes the loop away', async () => {
    const { warnings } = await write({ pluginId: P }, edit(P, routing(['1 = 2'], to(TWO, '/b'))));
    expect(warnings).toEqual([]);
  });

  it('that is bound nowhere is not checked', async () => {
    await store.dataSource.query('DELETE FROM plugin_bindings');
    expect((await write({ pluginId: P }, edit(P, config('1 = 1')))).warnings).toEqual([]);
  });
});

it('follows a thousand APIs at most, and says so', async () => {
  const ids = Array.from({ length: 1002 }, (_, n) => n.toString(16).padStart(32, '0'));
  for (const [n, id] of ids.entries()) {
    const definition = { name: `chain_${n}`, request: { method: 'GET', path: `/${n}` }, backend: to(ONE, `/${n + 1}`) };
    await insertDeployedApi(store.dataSource, id, ONE, definition);
  }
  const { warnings } = await write({ apiIds: [ids[0] ?? ''] }, async () => {});
  expect(warnings).toMatchObject([{ code: 'RoutingCycleUnchecked' }]);
});

describeOnPostgres('two writes at once', () => {
  it('that each close half of a loop are not both stored', async () => {
    let waiting = 2;
    let open = () => {};
    const bothWrote = new Promise<void>((resolve) => {
      open = resolve;
    });
    const meet = () => {
      if (--waiting === 0) open();
      return bothWrote;
    };
    const outcomes = await Promise.allSettled([
      write({ apiIds: [A] }, deploy(A, ONE, { path: '/a' }, to(TWO, '/b')), meet),
      write({ apiIds: [B] }, deploy(B, TWO, { path: '/b' }, to(ONE, '/a')), meet),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await count('deployments')).toBe(1);
  });
});

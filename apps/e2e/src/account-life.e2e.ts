/** An account that moved in is lived with: taken back to a revision, moved between instances, given new keys, while it is called. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Client, type Turn, underLoad } from './harness/load.js';
import type { Answer } from './harness/management.js';
import { apiOf, type OldApi } from './harness/old-account/account.js';
import { expectServed, isRepeatable, roamer, stayer, verdictOf } from './harness/old-account/clients.js';
import { APPLIED, type Estate, PLACES, type Place, startEstate } from './harness/old-account/estate.js';
import { under } from './harness/old-account/groups.js';
import { guardOf } from './harness/old-account/guards.js';
import { stepsOf, take } from './harness/old-account/move-in.js';
import { see } from './harness/old-account/see.js';
import { APP_CODE_PLACE } from './harness/old-account/signed-kinds.js';
import { type Change, tenChanges } from './harness/old-account/ten-changes.js';
import { sign } from './harness/sign.js';

/** Of master keys, in the order in which they come into use. */
const KEYS = ['k1', 'k2'].map((id) => `${id}:${randomBytes(32).toString('base64')}`) as [string, string];

/** A group that lives on the other instance from the beginning, and calls groups of the first. */
const NEIGHBOUR = 9;

interface Rollback {
  readonly counts: Record<string, number>;
  readonly changes: { readonly deployments: Array<{ apiId: string; stage: string; action: string }> };
  readonly warnings?: unknown[];
}

let estate: Estate;

beforeAll(async () => {
  estate = await startEstate(KEYS[0]);
  const answers = await take(estate.management, stepsOf(estate.account, Object.values(estate.instances)));
  expect(answers.filter(({ status }) => status >= 300)).toEqual([]);
  await move(NEIGHBOUR, 'second');
  await estate.inForce();
}, 120_000);
afterAll(() => estate?.gateway.stop(), 60_000);

it('goes back to a revision after ten changes, having said what that would do', async () => {
  const { management, account, instances } = estate;
  const changes = tenChanges(account);
  const { items } = await management.call<{ items: Array<{ revision: number }> }>('GET /revisions?limit=1');
  const rollback = (query: string) =>
    management.call<Rollback>(`POST /revisions/${items[0]?.revision}/rollback?instanceId=${instances.default}&${query}`);
  await expectSeen(changes, 'before');
  for (const { make } of changes) await make(management);
  await estate.inForce();
  await expectSeen(changes, 'after');

  const dry = await rollback('dryRun=true');
  expect(dry.counts).toEqual({ deployments: 5, bindings: 3, plugins: 1, variables: 1 });
  expect(dry.warnings).toBeUndefined();
  const nameOf = (id: string) => account.apis.find((api) => api.id === id)?.kind.name;
  expect(dry.changes.deployments.map(({ apiId, stage, action }) => `${action} ${nameOf(apiId)} ${stage}`).sort()).toEqual([
    'deploy vpcs RELEASE',
    'offline mixed TEST',
    'switch partsOf RELEASE',
    'switch ping RELEASE',
    'switch plain RELEASE',
  ]);
  await estate.inForce();
  await expectSeen(changes, 'after');

  expect((await rollback(APPLIED)).changes).toEqual(dry.changes);
  await expectSeen(changes, 'before');
  await expectAllServed(account.apis);
}, 60_000);

it('moves a group to another instance and back under load, and every request finds it', async () => {
  const { account } = estate;
  const moving = 12;
  const { publicDomain } = apiOf(account.apis, 'ping', moving).group;
  const roamers = [
    roamer(estate, 'ping', moving, publicDomain, ['410 I410GG']),
    roamer(estate, 'signed', moving, publicDomain, ['410 I410GG']),
    // It calls groups that stay.
    roamer(estate, 'caller', moving, publicDomain, ['410 I410GG']),
    roamer(estate, 'vpcs', moving, `group${moving}.moved.test`, ['404 I404DO']),
    // In one place others stay on this name, in the other nobody has it.
    roamer(estate, 'plain', moving, 'api.moved.test', ['404 I404NF', '404 I404DO']),
  ];
  const clients = [
    ...roamers.map(({ client }) => client),
    // Both call the group that moves, one from where it leaves, one from where it goes.
    stayer(estate, 'default', 'caller', 10),
    stayer(estate, 'second', 'caller', NEIGHBOUR),
    stayer(estate, 'default', 'signed', 13),
    stayer(estate, 'second', 'plain', NEIGHBOUR),
  ];
  const wrong = await underLoad(clients, async (turn) => {
    await move(moving, 'second');
    await turn();
    expect(roamers.map(({ moves }) => moves())).toEqual(roamers.map(() => 1));
    const own = account.apis.filter(({ group }) => group.n === moving);
    await expectServed(estate, own, 'second');
    await move(moving, 'default');
  });
  expect(wrong).toEqual([]);
  expect(roamers.map(({ moves }) => moves())).toEqual(roamers.map(() => 2));
}, 60_000);

it('rotates what clients, plugins and data planes hold, under load, and fails nobody', async () => {
  const { management, account } = estate;
  const api = apiOf(account.apis, 'signed', 0);
  const target = under(api.group, '/signed');
  const { id, key, appCode } = api.app;
  const held = { behind: api.app, ahead: api.app, code: appCode };
  const asks = (credentials: () => Record<string, string>): Client => {
    return async () => expect(await verdictOf(estate, api, { target, headers: credentials() })).toBe('200 -');
  };
  const clients = [
    asks(() => sign({ target }, held.behind).headers),
    asks(() => sign({ target }, held.ahead).headers),
    asks(() => ({ [APP_CODE_PLACE.name]: held.code })),
    // They sign as the app that they name, as a pair that they hold, and from another instance.
    stayer(estate, 'default', 'caller', 17),
    stayer(estate, 'default', 'caller', 5),
    stayer(estate, 'second', 'caller', NEIGHBOUR),
    stayer(estate, 'default', 'guarded', guardOf('ipControl')),
  ];
  const wrong = await underLoad(clients, async (turn) => {
    const rotated = await management.call<{ secret: string }>(`POST /apps/${id}/keys/${key}/rotation?${APPLIED}`, {
      overlapSeconds: 3600,
    });
    held.ahead = { ...api.app, secret: rotated.secret };
    await turn();
    held.behind = held.ahead;
    const pair = await management.call<{ key: string; secret: string }>(`POST /apps/${id}/keys?${APPLIED}`, {});
    held.ahead = { ...api.app, ...pair };
    await turn();

    const { items } = await management.call<{ items: Answer[] }>(`GET /apps/${id}/app-codes`);
    held.code = (await management.call<{ code: string }>(`POST /apps/${id}/app-codes?${APPLIED}`, {})).code;
    await turn();
    await management.call(`DELETE /apps/${id}/app-codes/${items[0]?.id}?${APPLIED}`);
    expect(await verdictOf(estate, api, { target, headers: { [APP_CODE_PLACE.name]: appCode } })).toBe('400 A400AC');

    await rotateInstanceKeys(turn);
  });
  expect(wrong).toEqual([]);
  const now = { ...held.ahead, appCode: held.code };
  await expectAllServed(account.apis.filter(isRepeatable).map((each) => (each.app.id === id ? { ...each, app: now } : each)));
}, 180_000);

function move(group: number, to: Place): Promise<unknown> {
  const { management, account, instances } = estate;
  const path = `/groups/${account.groups[group]?.id}/migration?${APPLIED}`;
  return management.call(`POST ${path}`, { instanceId: instances[to] });
}

/** Each group where it is. */
async function expectAllServed(apis: readonly OldApi[]): Promise<void> {
  const isNeighbour = ({ group }: OldApi) => group.n === NEIGHBOUR;
  await expectServed(estate, apis.filter(isNeighbour), 'second');
  await expectServed(
    estate,
    apis.filter((api) => !isNeighbour(api)),
  );
}

/** As the page on snapshots says, from a deployment that has the first master key only to one that has the second only. */
async function rotateInstanceKeys(turn: Turn): Promise<void> {
  const { gateway } = estate;
  await gateway.restartControlPlane({ CAUSEWAY_MASTER_KEY: KEYS.join(',') });
  expect(await replaceNodes(turn)).toEqual(['k1,k2', 'k1,k2']);
  await gateway.restartControlPlane({ CAUSEWAY_MASTER_KEY: KEYS.toReversed().join(',') });
  await gateway.runScript('reseal.js');
  await gateway.restartControlPlane({ CAUSEWAY_MASTER_KEY: KEYS[1] });
  expect(await replaceNodes(turn)).toEqual(['k2', 'k2']);
}

/** Puts a node with the instance key of today in the place of each; answers the ids of the master keys that those are made from. */
async function replaceNodes(turn: Turn): Promise<string[]> {
  const { management, instances, nodes, startNode } = estate;
  const old = { ...nodes };
  const ids = await Promise.all(
    PLACES.map(async (place) => {
      const { key, nodeToken } = await management.call<Record<string, string>>(`POST /instances/${instances[place]}/key`);
      const settings = { CAUSEWAY_MASTER_KEY: '', CAUSEWAY_INSTANCE_KEY: key ?? '', CAUSEWAY_NODE_TOKEN: nodeToken ?? '' };
      nodes[place] = await startNode(place, settings);
      return (key ?? '').replace(/:[^,]+/g, '');
    }),
  );
  await turn();
  expect(await Promise.all(PLACES.map((place) => old[place].service.stop()))).toEqual([0, 0]);
  return ids;
}

async function expectSeen(changes: readonly Change[], when: 'before' | 'after'): Promise<void> {
  const seen = await Promise.all(changes.map(({ ask }) => see(estate.nodes.default.publicPort, ask.host, ask)));
  const named = <T>(values: readonly T[]) => Object.fromEntries(changes.map(({ what }, n) => [what, values[n]]));
  expect(named(seen)).toMatchObject(named(changes.map((change) => change[when])));
}

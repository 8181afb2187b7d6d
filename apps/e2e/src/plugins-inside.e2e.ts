/** Every type of plugin does behind a signed internal call what it does for a client from outside: an API in front of each guarded one calls it. */
import { redisUrl } from '@causeway/test-stores';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startEchoBackend } from './harness/echo-backend.js';
import { type DataPlane, type Gateway, startGateway } from './harness/gateway.js';
import { admittingGuards } from './harness/old-account/admitting-guards.js';
import { changingGuards } from './harness/old-account/changing-guards.js';
import { oldDatasets } from './harness/old-account/datasets.js';
import { type OldGroup, oldGroups } from './harness/old-account/groups.js';
import type { Guard } from './harness/old-account/guard.js';
import { http, reached } from './harness/old-account/kind.js';
import { see } from './harness/old-account/see.js';
import { oldAccesses } from './harness/old-account/vpc-accesses.js';
import { until } from './harness/until.js';

const [OUTER, INNER] = ['cb'.repeat(16), 'ca'.repeat(16)] as const;
const PUBLIC = `${OUTER}-local.apigw.localhost`;
const INTERNAL = `${INNER}-local-intranet.apigw.localhost`;
const PHONE = '13812345678';

const masking: Guard = {
  type: 'logMask',
  to: 'api',
  config: { rules: [{ name: 'phone', location: 'REQUEST_QUERY', parameters: ['phone'], policy: 'KEEP_LEFT:3' }] },
  samples: (ask) => [{ target: ask(`/p?phone=${PHONE}`), gets: reached({ line: `GET /guarded/p?phone=${PHONE}` }) }],
};
const guards = [...admittingGuards, ...changingGuards, masking];

let gateway: Gateway;
let node: DataPlane;
let groups: OldGroup[];

beforeAll(async () => {
  gateway = await startGateway(redisUrl ? { redisUrl } : {});
  const { management } = gateway;
  node = await gateway.startDataPlane();
  const backends = [await startEchoBackend('blue'), await startEchoBackend('green')] as const;
  gateway.closeAtEnd(...backends);
  groups = oldGroups(...backends);
  await management.call(`PATCH /instances/${await management.instanceId('default')}`, {
    callsFromGateway: true,
    privateDns: [{ host: 'blue.backends.test', records: [{ address: '127.0.0.1', port: backends[0].port }] }],
  });
  for (const access of oldAccesses(backends)) await management.call('POST /vpc-accesses', access);
  for (const { values, ...dataset } of oldDatasets()) {
    await management.call('POST /datasets', dataset);
    // The last ones are those that are asked for.
    await management.call(`POST /datasets/${dataset.id}/items`, { items: values.slice(-100).map((value) => ({ value })) });
  }
  for (const id of [OUTER, INNER]) await management.call('POST /groups', { id, name: id, userLog: { queryString: ['*'] } });
  await management.call(`POST /groups/${INNER}/internal-domain`);

  const callees: string[] = [];
  const callers: string[] = [];
  for (const [n, { type, config }] of guards.entries()) {
    const request = (path: string) => ({ method: 'ANY', mode: 'MAPPING_PASSTHROUGH', path });
    const callee = { name: `callee${n}`, auth: 'APP', request: request(`/callee${n}/*`), backend: http('/guarded/*') };
    const backend = { type: 'HTTP', address: `http://${INTERNAL}`, path: `/callee${n}/*`, method: 'ANY' };
    const caller = { name: `caller${n}`, auth: 'ANONYMOUS', request: request(`/caller${n}/*`), backend };
    callees.push(await management.publish(INNER, callee));
    callers.push(await management.publish(OUTER, caller));
    await management.bind(type, config, callees.slice(-1));
  }
  const { id: appId } = await management.call('POST /apps', { name: 'caller' });
  await management.call('POST /grants', { appId, apiIds: callees, stage: 'RELEASE' });
  await management.bind('backendSignature', { type: 'APIGW_FRONTEND', app: 'caller', signatureMethod: 'HmacSHA256' }, callers);
}, 120_000);
afterAll(() => gateway?.stop(), 60_000);

it('is told of every type that there is', async () => {
  const { items } = await gateway.management.call<{ items: Array<{ type: string }> }>('GET /plugin-types');
  expect(new Set(guards.map(({ type }) => type))).toEqual(new Set(items.map(({ type }) => type)));
});

it.each(guards.map((guard, n) => ({ ...guard, n })))('$type ($n)', async ({ samples, n }) => {
  for (const { host: _, gets, ...sample } of samples((path) => `/caller${n}${path}`, groups[n] as OldGroup)) {
    const isKept = gets.headers !== undefined && 'x-ca-caching' in gets.headers;
    // X-Ca headers of an answer stay between the two APIs; an answer that was kept has an age.
    const seen = isKept ? { ...gets, headers: { age: expect.stringMatching(/^\d+$/) } } : gets;
    expect(await see(node.publicPort, PUBLIC, sample)).toMatchObject(seen);
  }
});

it('logMask, in the access log: each API by its own', async () => {
  const lines = () =>
    node.service
      .output()
      .split('\n')
      .filter((line) => line.includes('"requestQueryString":"phone='))
      .map((line) => JSON.parse(line) as { hop: number; requestQueryString: string });
  await until(() => lines().length === 2, 'both calls are in the access log');
  const byHop = Object.fromEntries(lines().map(({ hop, requestQueryString }) => [hop, requestQueryString]));
  expect(byHop).toEqual({ 1: `phone=${PHONE}`, 2: 'phone=138********' });
});

/** What is taken away opens nothing any more, on every node, within five seconds: grants across accounts, keys, AppCodes, tokens. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Gateway, startGateway } from './harness/gateway.js';
import { send, verdict } from './harness/http-client.js';
import type { Management } from './harness/management.js';
import { createScenario, type Scenario } from './harness/scenario.js';
import { signGet } from './harness/sign.js';

const BOUND_MS = 5000;

let gateway: Gateway;
let scenario: Scenario;
let ports: number[];
let tenant: Management;
let tenantToken: string;
let appId: string;

beforeAll(async () => {
  gateway = await startGateway();
  ports = [(await gateway.startDataPlane()).publicPort, (await gateway.startDataPlane()).publicPort];
  scenario = await createScenario(gateway);
  const { management } = gateway;
  const { id: accountId } = await management.call('POST /accounts', { name: 'tenant' });
  const made = await management.call<{ id: string; token: string }>('POST /tokens', { name: 'tenant', role: 'admin', accountId });
  tenantToken = made.id;
  tenant = gateway.managementAs(made.token);
  const app = await tenant.call('POST /apps?wait=applied', {
    name: 'tenant_app',
    key: 'TENANTKEY',
    secret: 'TENANTSECRET',
    appCode: 'tenantcode',
  });
  appId = app.id;
}, 90_000);
afterAll(() => gateway?.stop(), 60_000);

/** What each node answers. */
const signed = (key: string, secret: string) =>
  Promise.all(
    ports.map(async (port) =>
      verdict(await send(port, scenario.host, '/business1', { headers: signGet('/business1', key, secret).headers })),
    ),
  );
const everywhere = (answer: string) => ports.map(() => answer);

/** Takes something away; says whether every node had that within the bound. */
async function takeAway(by: Management, call: string): Promise<boolean> {
  const startedMs = performance.now();
  const { applied } = await by.call<{ applied: { nodes: unknown[]; timedOut?: true } }>(
    `${call}?wait=applied&timeout=${BOUND_MS}`,
  );
  return applied.nodes.length === ports.length && applied.timedOut === undefined && performance.now() - startedMs < BOUND_MS;
}

it('an app of another account gets in when it is granted, and no longer when that is revoked', async () => {
  const { management } = gateway;
  expect(await signed('TENANTKEY', 'TENANTSECRET')).toEqual(everywhere('403 I403AA'));
  const { items } = await management.call<{ items: { id: string }[] }>('POST /grants?wait=applied', {
    apiId: scenario.apiIds.business1,
    appIds: [appId],
    stage: 'RELEASE',
  });
  expect(await signed('TENANTKEY', 'TENANTSECRET')).toEqual(everywhere('200 -'));
  await expect(tenant.call(`DELETE /grants/${items[0]?.id}`)).rejects.toThrow('403');
  expect(await takeAway(management, `DELETE /grants/${items[0]?.id}`)).toBe(true);
  expect(await signed('TENANTKEY', 'TENANTSECRET')).toEqual(everywhere('403 I403AA'));
});

it('a key that is deleted signs nothing, while the others of its app go on', async () => {
  await tenant.call(`POST /apps/${appId}/keys`, { key: 'SECONDKEY', secret: 'SECONDSECRET' });
  const grant = { apiId: scenario.apiIds.business1, appIds: [appId], stage: 'RELEASE' };
  await gateway.management.call('POST /grants?wait=applied', grant);
  expect(await signed('SECONDKEY', 'SECONDSECRET')).toEqual(everywhere('200 -'));
  expect(await takeAway(tenant, `DELETE /apps/${appId}/keys/SECONDKEY`)).toBe(true);
  expect(await signed('SECONDKEY', 'SECONDSECRET')).toEqual(everywhere('400 A400IK'));
  expect(await signed('TENANTKEY', 'TENANTSECRET')).toEqual(everywhere('200 -'));
});

it('an AppCode that is deleted opens nothing', async () => {
  const { management } = gateway;
  const { business1 } = scenario.apiIds;
  await management.call(`PATCH /apis/${business1}`, { appCode: 'HEADER' });
  await management.call(`POST /apis/${business1}/deployments?wait=applied`, { stage: 'RELEASE' });
  const ask = () =>
    Promise.all(
      ports.map(async (port) =>
        verdict(await send(port, scenario.host, '/business1', { headers: { Authorization: 'APPCODE tenantcode' } })),
      ),
    );
  expect(await ask()).toEqual(everywhere('200 -'));
  const { items } = await tenant.call<{ items: { id: string }[] }>(`GET /apps/${appId}/app-codes`);
  expect(await takeAway(tenant, `DELETE /apps/${appId}/app-codes/${items[0]?.id}`)).toBe(true);
  expect(await ask()).toEqual(everywhere('400 A400AC'));
});

it('a token that is deleted is refused in the next request', async () => {
  await tenant.call('GET /apps');
  await gateway.management.call(`DELETE /tokens/${tenantToken}`);
  await expect(tenant.call('GET /apps')).rejects.toThrow('401');
});

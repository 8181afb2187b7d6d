/** A callee whose group moved to another instance of the region is called there, over that instance's internal endpoint. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { freePort } from './harness/free-port.js';
import { type DataPlane, type Gateway, startGateway } from './harness/gateway.js';
import { send, verdict } from './harness/http-client.js';
import { createScenario, GROUP_2, type Scenario } from './harness/scenario.js';

let gateway: Gateway;
let scenario: Scenario;
let first: DataPlane;
let second: DataPlane;
let secondId: string;

beforeAll(async () => {
  gateway = await startGateway();
  const internalPort = await freePort();
  const instance = { name: 'second', callsFromGateway: true, internalEndpoint: `127.0.0.1:${internalPort}` };
  secondId = (await gateway.management.call('POST /instances', instance)).id;
  first = await gateway.startDataPlane();
  second = await gateway.startDataPlane({ CAUSEWAY_INSTANCE: 'second', CAUSEWAY_INTERNAL_PORT: String(internalPort) });
  scenario = await createScenario(gateway);
  const { privateDns } = await gateway.management.call(`GET /instances/${await gateway.management.instanceId('default')}`);
  await gateway.management.call(`PATCH /instances/${secondId}`, { privateDns });
  await gateway.management.call(`POST /groups/${GROUP_2}/migration?wait=applied`, { instanceId: secondId });
}, 90_000);
afterAll(() => gateway?.stop(), 60_000);

it('is reached through the other instance with one request id from end to end', async () => {
  const answer = await send(first.publicPort, scenario.host, '/distributeAPI?target=resource2');
  expect([answer.status, answer.body]).toEqual([200, 'two']);
  const request = scenario.backends[1].requests.at(-1);
  expect(request).toContain(`X-Ca-Request-Id: ${answer.headers['x-ca-request-id']}\r\n`);
  expect(request?.match(/^Via: /gm)).toHaveLength(2);
  expect(request).toMatch(/^X-Forwarded-For: 127\.0\.0\.1, 127\.0\.0\.1\r$/m);
});

it('still reaches the callee that stayed', async () => {
  expect(await send(first.publicPort, scenario.host, '/distributeAPI?target=resource1')).toMatchObject({
    status: 200,
    body: 'one',
  });
});

it('is gone from its old instance, and served by the new one', async () => {
  const host = scenario.host.replace(/^\w{32}/, GROUP_2);
  expect(verdict(await send(first.publicPort, host, '/business2'))).toBe('410 I410GG');
  expect(verdict(await send(second.publicPort, host, '/business2'))).toBe('400 A400MA');
});

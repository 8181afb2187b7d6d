/** A callee in another region is named by its public domain: the same signature, but no trust, so a request id of its own. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Gateway, startGateway } from './harness/gateway.js';
import { send } from './harness/http-client.js';
import { businessApi, createScenario, routing, type Scenario } from './harness/scenario.js';

const FAR_GROUP = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
let gateway: Gateway;
let scenario: Scenario;
let port: number;

beforeAll(async () => {
  gateway = await startGateway();
  const { management } = gateway;
  const far = await management.call('POST /instances', { name: 'far', region: 'far-away' });
  port = (await gateway.startDataPlane()).publicPort;
  const farPort = (await gateway.startDataPlane({ CAUSEWAY_INSTANCE: 'far' })).publicPort;
  scenario = await createScenario(gateway);
  const { privateDns } = await management.call(`GET /instances/${await management.instanceId('default')}`);
  await management.call(`PATCH /instances/${far.id}`, { privateDns });
  await management.call('POST /groups', { id: FAR_GROUP, name: 'far_group', instanceId: far.id });
  const farApi = await management.publish(FAR_GROUP, businessApi(2));
  await management.call('POST /grants?wait=applied', { appId: scenario.appId, apiIds: [farApi], stage: 'RELEASE' });
  const config = routing(
    scenario.host.replace('-local.', '-local-intranet.'),
    `http://${FAR_GROUP}-far-away.apigw.localhost:${farPort}`,
  );
  await management.call(`PUT /plugins/${scenario.routingId}?wait=applied`, { config });
}, 90_000);
afterAll(() => gateway?.stop(), 60_000);

it('is called with the same signature and gives the request an id of its own', async () => {
  const answer = await send(port, scenario.host, '/distributeAPI?target=resource2');
  expect([answer.status, answer.body]).toEqual([200, 'two']);
  const request = scenario.backends[1].requests.at(-1) ?? '';
  const idAtBackend = /^X-Ca-Request-Id: (.+)\r$/m.exec(request)?.[1];
  expect(idAtBackend).toMatch(/^[0-9A-F-]{36}$/);
  expect(idAtBackend).not.toBe(answer.headers['x-ca-request-id']);
  expect(request.match(/^Via: /gm)).toHaveLength(2);
});

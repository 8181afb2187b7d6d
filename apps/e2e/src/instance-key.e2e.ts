/** A data plane runs on the key of its own instance, without the master key. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Gateway, startGateway } from './harness/gateway.js';
import { send } from './harness/http-client.js';
import { createScenario, type Scenario } from './harness/scenario.js';

let gateway: Gateway;
let scenario: Scenario;
let instanceId: string;

beforeAll(async () => {
  gateway = await startGateway();
  scenario = await createScenario(gateway);
  instanceId = await gateway.management.instanceId('default');
}, 90_000);
afterAll(() => gateway?.stop(), 60_000);

it('with what POST /instances/:id/key gives, the scenario works whole', async () => {
  const { key, nodeToken } = await gateway.management.call<{ key: string; nodeToken: string }>(
    `POST /instances/${instanceId}/key`,
  );
  const { publicPort } = await gateway.startDataPlane({
    CAUSEWAY_MASTER_KEY: '',
    CAUSEWAY_INSTANCE_KEY: key,
    CAUSEWAY_NODE_TOKEN: nodeToken,
  });
  expect(await send(publicPort, scenario.host, '/distributeAPI?target=resource1')).toMatchObject({ status: 200, body: 'one' });
}, 60_000);

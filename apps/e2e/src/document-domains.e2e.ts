/** With the vendor's region and suffix the generated domains are those of the original document, letter for letter. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Gateway, startGateway } from './harness/gateway.js';
import { send } from './harness/http-client.js';
import { createScenario } from './harness/scenario.js';

let gateway: Gateway;
let port: number;

beforeAll(async () => {
  gateway = await startGateway({ environment: { CAUSEWAY_REGION: 'cn-huhehaote', CAUSEWAY_DOMAIN_SUFFIX: 'alicloudapi.com' } });
  port = (await gateway.startDataPlane()).publicPort;
  await createScenario(gateway, { region: 'cn-huhehaote', domainSuffix: 'alicloudapi.com' });
}, 90_000);
afterAll(() => gateway?.stop(), 60_000);

it('shows the names of the document', async () => {
  const group1 = await gateway.management.call('GET /groups/17ff4c9189004a1d87b557606b767334');
  const group2 = await gateway.management.call('GET /groups/c6e984b2dd784c0fb843f7c2a8878b15');
  expect([group1.publicDomain, group1.internalDomain, group2.internalDomain]).toEqual([
    '17ff4c9189004a1d87b557606b767334-cn-huhehaote.alicloudapi.com',
    '17ff4c9189004a1d87b557606b767334-cn-huhehaote-intranet.alicloudapi.com',
    'c6e984b2dd784c0fb843f7c2a8878b15-cn-huhehaote-intranet.alicloudapi.com',
  ]);
});

it('serves them', async () => {
  const host = '17ff4c9189004a1d87b557606b767334-cn-huhehaote.alicloudapi.com';
  expect(await send(port, host, '/distributeAPI?target=resource2')).toMatchObject({ status: 200, body: 'two' });
});

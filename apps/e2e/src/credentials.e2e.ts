/** Credentials change while callers call: rotation with overlap, AppCodes, and a plugin that follows its app. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Gateway, startGateway } from './harness/gateway.js';
import { send, verdict } from './harness/http-client.js';
import { createScenario, GROUP_1, type Scenario } from './harness/scenario.js';
import { signGet } from './harness/sign.js';

let gateway: Gateway;
let scenario: Scenario;
let port: number;

beforeAll(async () => {
  gateway = await startGateway();
  port = (await gateway.startDataPlane()).publicPort;
  scenario = await createScenario(gateway);
}, 90_000);
afterAll(() => gateway?.stop(), 60_000);

const signed = async (secret: string) =>
  verdict(await send(port, scenario.host, '/business1', { headers: signGet('/business1', 'TESTKEY', secret).headers }));
const distribute = async () => verdict(await send(port, scenario.host, '/distributeAPI?target=resource2'));
const rotate = async (body: object) => {
  const made = await gateway.management.call(`POST /apps/${scenario.appId}/keys/TESTKEY/rotation?wait=applied`, body);
  return made.secret as string;
};

it('a secret that is rotated with overlap goes on for that long; a plugin that names the app needs no edit', async () => {
  await gateway.management.bind('backendSignature', 'type: APIGW_FRONTEND\napp: caller\n', [scenario.apiIds.distributeAPI]);
  expect([await signed('TESTSECRET'), await distribute()]).toEqual(['200 -', '200 -']);

  const second = await rotate({ overlapSeconds: 600 });
  expect([await signed('TESTSECRET'), await signed(second), await distribute()]).toEqual(['200 -', '200 -', '200 -']);

  const third = await rotate({});
  expect(await Promise.all([signed('TESTSECRET'), signed(second), signed(third), distribute()])).toEqual([
    '403 A403IS',
    '403 A403IS',
    '200 -',
    '200 -',
  ]);
});

it('an AppCode opens an API that takes it, does not reach the backend, and ends when it is deleted', async () => {
  const { management } = gateway;
  const { business1 } = scenario.apiIds;
  const withCode = (code: string) =>
    send(port, scenario.host, '/business1', { headers: { Authorization: `APPCODE ${code}`, 'X-Trace': 'kept' } });
  const { id, code } = await management.call<{ id: string; code: string }>(`POST /apps/${scenario.appId}/app-codes`, {});
  expect(verdict(await withCode(code))).toBe('400 A400MA');

  await management.call(`PATCH /apis/${business1}`, { appCode: 'HEADER', request: { mode: 'PASSTHROUGH' } });
  await management.call(`POST /apis/${business1}/deployments?wait=applied`, { stage: 'RELEASE' });
  expect([verdict(await withCode(code)), verdict(await withCode('guess'))]).toEqual(['200 -', '400 A400AC']);
  const seen = scenario.backends[0].requests.at(-1);
  expect(seen).toMatch(/^X-Trace: kept\r$/m);
  expect(seen).not.toContain(code);

  await management.call(`DELETE /apps/${scenario.appId}/app-codes/${id}?wait=applied`);
  expect(verdict(await withCode(code))).toBe('400 A400AC');
});

it('a client that asks for it is told of every hop, where the group allows it', async () => {
  const ask = () => send(port, scenario.host, '/distributeAPI?target=resource1', { headers: { 'X-Ca-Request-Mode': 'debug' } });
  expect((await ask()).headers['x-ca-debug-info']).toBeUndefined();
  await gateway.management.call(`PATCH /groups/${GROUP_1}?wait=applied`, { debug: true });
  const told = JSON.parse((await ask()).headers['x-ca-debug-info'] as string);
  expect(told).toMatchObject({
    TotalLatency: expect.any(Number),
    ServiceLatency: expect.any(Number),
    Hops: [{ ApiName: 'distributeAPI', Route: 'backend1', Stage: 'RELEASE' }, { ApiName: 'business1' }],
  });
  expect(JSON.stringify(told)).not.toMatch(/TESTKEY|TESTSECRET/);
});

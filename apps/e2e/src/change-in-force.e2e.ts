/** A definition that changes over the management API is in force on every data plane at once, without a failed request. */

import { describeWithRedis, redisUrl } from '@causeway/test-stores';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type DataPlane, type Gateway, startGateway } from './harness/gateway.js';
import { send } from './harness/http-client.js';

const GROUP = 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb';
const HOST = `${GROUP}-local.apigw.localhost`;
const CHANGES = 20;

describeWithRedis('twenty changes under load on two data planes', () => {
  let gateway: Gateway;
  let dataPlanes: DataPlane[];
  let apiId: string;

  beforeAll(async () => {
    gateway = await startGateway(redisUrl ? { redisUrl } : {});
    dataPlanes = [await gateway.startDataPlane(), await gateway.startDataPlane()];
    await gateway.management.call('POST /groups', { id: GROUP, name: 'changing' });
    apiId = await gateway.management.publish(GROUP, definition(0));
  }, 90_000);
  afterAll(() => gateway?.stop(), 60_000);

  it('are each answered by both as soon as the write says so, and fail nobody', async () => {
    const seen: Array<{ status: number; body: string }> = [];
    let isOver = false;
    const load = dataPlanes.flatMap(({ publicPort }) =>
      [1, 2].map(async () => {
        while (!isOver) seen.push(await send(publicPort, HOST, '/value'));
      }),
    );
    for (let value = 1; value <= CHANGES; value++) {
      await gateway.management.call(`PUT /apis/${apiId}`, definition(value));
      const { applied } = await gateway.management.call<{ applied: { nodes: Array<{ state: string }> } }>(
        `POST /apis/${apiId}/deployments?wait=applied`,
        { stage: 'RELEASE' },
      );
      expect(applied.nodes.map(({ state }) => state)).toEqual(['applied', 'applied']);
      const answers = await Promise.all(dataPlanes.map(({ publicPort }) => send(publicPort, HOST, '/value')));
      expect(answers.map(({ body }) => body)).toEqual([`${value}`, `${value}`]);
    }
    isOver = true;
    await Promise.all(load);
    expect(seen.length).toBeGreaterThan(CHANGES);
    expect(seen.filter(({ status, body }) => status !== 200 || !/^\d+$/.test(body))).toEqual([]);
  }, 90_000);
});

function definition(value: number): Record<string, unknown> {
  return {
    name: 'value',
    auth: 'ANONYMOUS',
    request: { protocols: ['HTTP'], method: 'GET', path: '/value' },
    backend: { type: 'MOCK', statusCode: 200, body: `${value}` },
  };
}

/** A data plane that is told to stop finishes what it has begun, takes nothing new, and ends with success. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type DataPlane, type Gateway, startGateway } from './harness/gateway.js';
import { send } from './harness/http-client.js';

const GROUP = 'dddddddddddddddddddddddddddddddd';
const HOST = `${GROUP}-local.apigw.localhost`;
let gateway: Gateway;
let dataPlane: DataPlane;
let backend: Server;
let arrived: Promise<ServerResponse>;

beforeAll(async () => {
  arrived = new Promise((resolve) => {
    backend = createServer((_, response) => resolve(response));
  });
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
  gateway = await startGateway();
  dataPlane = await gateway.startDataPlane();
  await gateway.management.call('POST /groups', { id: GROUP, name: 'slow' });
  await gateway.management.publish(GROUP, {
    name: 'slow',
    auth: 'ANONYMOUS',
    request: { protocols: ['HTTP'], method: 'GET', path: '/slow' },
    backend: { type: 'HTTP', address: `http://127.0.0.1:${(backend.address() as AddressInfo).port}`, path: '/', method: 'GET' },
  });
}, 90_000);
afterAll(async () => {
  await gateway?.stop();
  backend.close();
  backend.closeAllConnections();
}, 60_000);

it('answers the running request and refuses the next', async () => {
  const running = send(dataPlane.publicPort, HOST, '/slow');
  const response = await arrived;
  const ended = dataPlane.service.stop();
  await untilNotReady(dataPlane);
  response.end('late');
  expect(await running).toMatchObject({ status: 200, body: 'late' });
  expect(await ended).toBe(0);
  await expect(send(dataPlane.publicPort, HOST, '/slow')).rejects.toThrow();
});

/** Load balancers look at the same probe to take the node out. */
async function untilNotReady({ adminUrl }: DataPlane): Promise<void> {
  for (;;) {
    const isReady = await fetch(`${adminUrl}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (!isReady) return;
  }
}

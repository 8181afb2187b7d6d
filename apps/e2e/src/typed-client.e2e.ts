/** The client that is generated from the reference says what the API takes and gives: this story would not compile otherwise. */
import { createManagementClient, type ManagementClient, ManagementError } from '@causeway/management-client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DataPlane, type Gateway, startGateway } from './harness/gateway.js';
import { send } from './harness/http-client.js';

let gateway: Gateway;
let dataPlane: DataPlane;
let client: ManagementClient;

beforeAll(async () => {
  gateway = await startGateway();
  dataPlane = await gateway.startDataPlane();
  client = createManagementClient(gateway.management.url, gateway.management.token);
}, 60_000);
afterAll(() => gateway.stop(), 60_000);

describe('the generated client', () => {
  it('publishes an API', async () => {
    const { data: group } = await client.POST('/api/v1/groups', { body: { name: 'typed' } });
    const groupId = group!.id;
    const { data: api } = await client.POST('/api/v1/groups/{groupId}/apis', {
      params: { path: { groupId } },
      body: {
        name: 'hello',
        auth: 'ANONYMOUS',
        request: { protocols: ['HTTP'], method: 'GET', path: '/hello' },
        backend: { type: 'MOCK', statusCode: 200, body: 'typed' },
      },
    });
    await client.POST('/api/v1/apis/{id}/deployments', {
      params: { path: { id: api!.id }, query: { wait: 'applied' } },
      body: { stage: 'RELEASE' },
    });
    expect((await send(dataPlane.publicPort, group!.publicDomain, '/hello')).body).toBe('typed');
    const { data: page } = await client.GET('/api/v1/groups/{groupId}/apis', {
      params: { path: { groupId }, query: { limit: 10 } },
    });
    expect(page!.items.map(({ name }) => name)).toEqual(['hello']);
  });

  it('rejects with what the API has against a call', async () => {
    const refused = await client.GET('/api/v1/groups/{id}', { params: { path: { id: 'f'.repeat(32) } } }).then(
      () => null,
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(ManagementError);
    expect(refused).toMatchObject({ status: 404 });
    expect(String(refused)).toContain('GET /api/v1/groups/');
  });
});

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { ApiDefinition } from '@causeway/contract';
import { describe, expect, it } from '@jest/globals';
import { loadScenario } from './scenario.js';

/** Takes every call as the management API would, and keeps it. */
async function recordCalls(answer: (path: string) => { status: number; body: unknown }) {
  const calls: { call: string; body: unknown }[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    calls.push({ call: `${request.method} ${request.url}`, body: body === '' ? undefined : JSON.parse(body) });
    const { status, body: answered } = answer(request.url ?? '');
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify(answered));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { calls, server, management: { url: `http://127.0.0.1:${port}`, token: 'cwt_test' } };
}

describe('the scenario', () => {
  const instance = {
    id: 'i1',
    name: 'default',
    privateDns: [{ host: 'backend1.alicloudapi.com', records: [{ address: '127.0.0.1' }] }],
  };

  it('publishes valid definitions and keeps the private DNS names of others', async () => {
    const { calls, server, management } = await recordCalls((path) => ({
      status: 200,
      body: path === '/api/v1/instances' ? { items: [instance] } : { id: '7' },
    }));
    await loadScenario(management, 9001);
    server.close();
    const definitions = calls.filter(({ call }) => /^POST .*\/apis$/.test(call)).map(({ body }) => ApiDefinition.parse(body));
    expect(definitions.map(({ name, auth }) => `${name} ${auth}`)).toEqual([
      'business1 APP',
      'business2 APP',
      'signed APP',
      'anonymous ANONYMOUS',
      'plain ANONYMOUS',
      'distribution ANONYMOUS',
    ]);
    const { body } = calls.find(({ call }) => call === 'PATCH /api/v1/instances/i1') as { body: { privateDns: unknown[] } };
    expect(body.privateDns).toEqual([
      instance.privateDns[0],
      { host: 'backend.bench.example', records: [{ address: '127.0.0.1', port: 9001 }] },
    ]);
  });

  it('says which call was refused, and why', async () => {
    const { server, management } = await recordCalls(() => ({ status: 409, body: { detail: 'name taken' } }));
    await expect(loadScenario(management, 9001)).rejects.toThrow(/^GET \/instances answered 409: .*name taken/);
    server.close();
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { domainsFollow, type ExampleOptions, ensureExample } from './example.js';
import type { ManagementCall } from './management-call.js';

const options: ExampleOptions = { region: 'local', domainSuffix: 'apigw.localhost', backendPorts: [4001, 4002] };

describe('the example', () => {
  it('is loaded into an empty store, with every placeholder filled', async () => {
    const { calls, client } = recorder([]);
    expect(await ensureExample(client, options)).toBe('loaded');
    expect(JSON.stringify(calls)).not.toContain('$' + '{');
    expect(calls.map(({ call }) => call).slice(2, 5)).toEqual(['PATCH /instances/default-id', 'POST /groups', 'POST /groups']);
    expect(calls.find(({ call }) => call === 'POST /grants')?.body).toEqual({
      appId: 'id-10',
      apiIds: ['id-6', 'id-7'],
      stage: 'RELEASE',
    });
  });

  it('tells the instance the ports of the sample backends, and leaves its other names alone', async () => {
    const { calls, client } = recorder(
      ['17ff4c9189004a1d87b557606b767334'],
      [{ host: 'db.test', records: [] }, { host: 'backend1.alicloudapi.com' }],
    );
    expect(await ensureExample(client, options)).toBe('updated');
    expect(calls.at(-1)?.body).toEqual({
      privateDns: [
        { host: 'db.test', records: [] },
        { host: 'backend1.alicloudapi.com', records: [{ address: '127.0.0.1', port: 4001 }] },
        { host: 'backend2.alicloudapi.com', records: [{ address: '127.0.0.1', port: 4002 }] },
      ],
    });
  });

  it('leaves a store with other groups alone', async () => {
    const { calls, client } = recorder(['0123456789abcdef0123456789abcdef']);
    expect(await ensureExample(client, options)).toBe('absent');
    expect(calls.every(({ call }) => call.startsWith('GET '))).toBe(true);
  });

  it('keeps the plugin texts of the original document, whose domains follow the settings', () => {
    const text = readFileSync(new URL('../example/routing.yaml', import.meta.url), 'utf8');
    expect(domainsFollow(text, { ...options, region: 'cn-huhehaote', domainSuffix: 'alicloudapi.com' })).toBe(text);
    const address = (config: string): string =>
      (parse(config) as { routes: [{ backend: { address: string } }] }).routes[0].backend.address;
    expect(address(domainsFollow(text, options))).toBe('17ff4c9189004a1d87b557606b767334-local-intranet.apigw.localhost');
  });
});

/** A management API that remembers what it was asked. */
function recorder(
  groupIds: string[],
  privateDns: object[] = [],
): { calls: Array<{ call: string; body: unknown }>; client: ManagementCall } {
  const calls: Array<{ call: string; body: unknown }> = [];
  const client = async (call: string, body?: unknown): Promise<unknown> => {
    calls.push({ call, body });
    if (call.startsWith('GET /instances')) return { items: [{ id: 'default-id', name: 'default', privateDns }] };
    if (call.startsWith('GET /groups')) return { items: groupIds.map((id) => ({ id })) };
    return { id: `id-${calls.length - 2}` };
  };
  return { calls, client: client as ManagementCall };
}

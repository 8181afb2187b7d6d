/** ipControl on the wire: for clients, and for the calls of another API (plugins, section 5.2). */
import { afterEach, describe, expect, it } from '@jest/globals';
import { ask, get } from '../testing/client.js';
import { INTERNAL_HOST, type PluginInput } from '../testing/snapshot.js';
import { type Plane, startPlane } from '../testing/start-plane.js';
import { headerOf } from '../testing/wire.js';

let plane: Plane;
afterEach(() => plane.stop());

const gate = (id: string, type: string, ...blocks: string[]): PluginInput => ({
  id,
  type: 'ipControl',
  config: { type, items: [{ blocks }] },
});
const callee = { type: 'MOCK' as const, body: 'callee' };

async function asked(path: string) {
  const answer = await ask(plane.publicPort, get(path));
  return headerOf(answer.lines, 'x-ca-error-code') ?? answer.body;
}

describe.each(['inprocess', 'wire'] as const)('ipControl, internal calls %s', (internalCalls) => {
  it('lets in and keeps out, before parameters are looked at', async () => {
    const needed = { name: 'q', in: 'query' as const, required: true, backend: { name: 'q', in: 'query' as const } };
    plane = await startPlane({
      environment: { CAUSEWAY_INTERNAL_CALLS: internalCalls },
      program: {
        apis: [
          { path: '/in', backend: callee, plugins: ['loopback'] },
          { path: '/out', backend: callee, plugins: ['elsewhere'], parameters: [needed] },
        ],
        plugins: [gate('loopback', 'ALLOW', '127.0.0.0/8', '::1'), gate('elsewhere', 'ALLOW', '192.0.2.0/24')],
      },
    });
    expect([await asked('/in'), await asked('/out')]).toEqual(['callee', 'A403IP']);
  });

  it('judges the call of another API by the gateway that it comes from', async () => {
    const call = (path: string) => ({ type: 'HTTP' as const, address: INTERNAL_HOST, path, method: 'GET' as const });
    plane = await startPlane({
      environment: { CAUSEWAY_INTERNAL_CALLS: internalCalls },
      program: {
        apis: [
          { path: '/to-in', backend: call('/in') },
          { path: '/to-out', backend: call('/out') },
          { path: '/in', backend: callee, plugins: ['loopback'], disableInternet: true },
          { path: '/out', backend: callee, plugins: ['others'] },
        ],
        plugins: [gate('loopback', 'ALLOW', '127.0.0.1'), gate('others', 'REFUSE', '127.0.0.1')],
      },
    });
    expect([await asked('/to-in'), await asked('/to-out')]).toEqual(['callee', 'A403IP']);
  });
});

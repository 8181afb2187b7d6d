/** basicAuth on the wire, for clients and for the calls of another API (plugins, section 5.5). */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { answering, type Backend, ok, startBackend } from '../testing/backend.js';
import { ask, get } from '../testing/client.js';
import { INTERNAL_HOST, type PluginInput, plainSecret } from '../testing/snapshot.js';
import { type Plane, startPlane } from '../testing/start-plane.js';
import { headerOf } from '../testing/wire.js';

const ALICE = `Basic ${Buffer.from('alice:secret').toString('base64')}`;
const users: PluginInput = {
  id: 'users',
  type: 'basicAuth',
  config: { users: [{ username: 'alice', password: plainSecret('secret') }] },
};

describe.each(['inprocess', 'wire'])('basicAuth, internal calls %s', (internalCalls) => {
  let backend: Backend;
  let plane: Plane;

  beforeAll(async () => {
    backend = await startBackend(answering(ok('reached')));
    const own = { type: 'HTTP' as const, address: backend.address, path: '/b' };
    const request = { mode: 'PASSTHROUGH' as const };
    plane = await startPlane({
      environment: { CAUSEWAY_INTERNAL_CALLS: internalCalls },
      program: {
        apis: [
          { path: '/a', backend: own, plugins: ['users'], request },
          { path: '/through', backend: { type: 'HTTP', address: INTERNAL_HOST, path: '/a', method: 'GET' }, request },
        ],
        plugins: [users],
      },
    });
  });

  afterAll(async () => {
    await plane.stop();
    await backend.close();
  });

  it.each(['/a', '/through'])('asks for credentials, and keeps them from the backend: %s', async (path) => {
    const refused = await ask(plane.publicPort, get(path));
    expect([refused.start, headerOf(refused.lines, 'WWW-Authenticate'), headerOf(refused.lines, 'X-Ca-Error-Code')]).toEqual([
      'HTTP/1.1 401 Unauthorized',
      'Basic realm="api"',
      'A401BA',
    ]);
    const before = backend.requests.length;
    expect((await ask(plane.publicPort, get(path, [`Authorization: ${ALICE}`]))).body).toBe('reached');
    expect(backend.requests.slice(before).map(({ lines }) => headerOf(lines, 'Authorization'))).toEqual([undefined]);
  });
});

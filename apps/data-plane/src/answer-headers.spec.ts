/** What of a backend's head reaches the client, and what the gateway adds to it. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { answering, type Backend, ok, startBackend } from './testing/backend.js';
import { ask, get } from './testing/client.js';
import { HOST, INTERNAL_HOST, type SnapshotInput } from './testing/snapshot.js';
import { type Plane, startPlane } from './testing/start-plane.js';
import { OTHER_INTERNAL_HOST, twoGroups } from './testing/two-groups.js';
import { headerOf, type Message } from './testing/wire.js';

const ATTACHMENT = 'attachment; filename=ApiResponseForInnerDomain';

describe.each(['inprocess', 'wire'])('the head of an answer, internal calls %s', (mode) => {
  let plane: Plane;
  let backend: Backend;

  async function start(group: SnapshotInput['group'], lines: readonly string[], environment: Record<string, string> = {}) {
    backend = await startBackend(answering(ok('body', lines)));
    plane = await startPlane({
      program: {
        apis: [
          { path: '/a', backend: { type: 'HTTP', address: backend.address } },
          { path: '/caller', backend: { type: 'HTTP', address: `http://${INTERNAL_HOST}`, path: '/a' } },
          { path: '/mock', backend: { type: 'MOCK' } },
        ],
        group: group ?? {},
      },
      environment: { CAUSEWAY_INTERNAL_CALLS: mode, ...environment },
    });
  }

  afterEach(async () => {
    expect(plane.failures).toEqual([]);
    await plane.stop();
    await backend.close();
  });

  const named = ({ lines }: Message, name: string) => lines.filter((line) => line.toLowerCase().startsWith(`${name}:`));

  it('keeps the backend’s Server, and loses it where the group says so', async () => {
    const lines = ['Server: nginx', 'SERVER: two', 'Vendor: x'];
    await start({}, lines);
    for (const path of ['/a', '/caller'])
      expect(named(await ask(plane.publicPort, get(path)), 'server')).toEqual(['Server: nginx', 'SERVER: two']);
    await plane.stop();
    await backend.close();
    await start({ removeServerHeader: true }, lines);
    for (const path of ['/a', '/caller']) {
      const answer = await ask(plane.publicPort, get(path));
      expect([named(answer, 'server'), named(answer, 'vendor')]).toEqual([[], ['Vendor: x']]);
    }
  });

  it('of a WebSocket handshake has the backend’s Server, and loses it where the group says so', async () => {
    for (const removeServerHeader of [false, true]) {
      backend = await startBackend(
        answering('HTTP/1.1 101 Switching Protocols\r\nServer: nginx\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
      );
      const request = { protocols: ['WS' as const, 'HTTP' as const] };
      plane = await startPlane({
        program: {
          apis: [
            { path: '/a', request, backend: { type: 'HTTP', address: backend.address } },
            { path: '/caller', request, backend: { type: 'HTTP', address: `http://${INTERNAL_HOST}`, path: '/a' } },
          ],
          group: { removeServerHeader },
        },
        environment: { CAUSEWAY_INTERNAL_CALLS: mode },
      });
      for (const path of ['/a', '/caller']) {
        const handshake = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: x', 'Sec-WebSocket-Version: 13'];
        const answer = await ask(plane.publicPort, get(path, handshake));
        expect([path, answer.start, named(answer, 'server').length]).toEqual([
          path,
          'HTTP/1.1 101 Switching Protocols',
          removeServerHeader ? 0 : 1,
        ]);
      }
      if (removeServerHeader) continue;
      await plane.stop();
      await backend.close();
    }
  });

  it.each([
    ['the caller’s', { removeServerHeader: true }, {}],
    ['the callee’s', {}, { removeServerHeader: true }],
  ])('loses the backend’s Server, too, when only %s group says so', async (_, ofCaller, ofCallee) => {
    await start({}, ['Server: nginx']);
    const backends = [`http://${OTHER_INTERNAL_HOST}`, backend.address];
    const [caller, callee] = backends.map((address) => [{ path: '/*', backend: { type: 'HTTP' as const, address, path: '/*' } }]);
    await plane.apply(twoGroups({ apis: caller!, group: ofCaller }, { apis: callee!, group: ofCallee }));
    const answer = await ask(plane.publicPort, get('/a'));
    expect([answer.body, named(answer, 'server')]).toEqual(['body', []]);
  });

  it('holds nothing that is for this connection only, and no X-Ca-* of a backend', async () => {
    await start({}, [
      'Connection: X-Only-Here, close',
      'X-Only-Here: 1',
      'Keep-Alive: 5',
      'TE: x',
      'X-Ca-Anything: 1',
      'Stays: 1',
    ]);
    for (const path of ['/a', '/caller']) {
      const answer = await ask(plane.publicPort, get(path));
      expect(answer.text).not.toMatch(/only-here|keep-alive: 5|te: x|x-ca-anything/i);
      expect(named(answer, 'stays')).toEqual(['Stays: 1']);
    }
  });

  it('is an attachment on the generated public domain where the settings say so', async () => {
    await start({}, ['Content-Disposition: inline'], { CAUSEWAY_PUBLIC_DOMAIN_ATTACHMENT_HEADER: 'true' });
    for (const path of ['/a', '/caller', '/mock'])
      expect(named(await ask(plane.publicPort, get(path)), 'content-disposition')).toEqual([
        `Content-Disposition: ${ATTACHMENT}`,
      ]);
    const internal = await ask(plane.internalPort, get('/a', [], INTERNAL_HOST));
    expect(named(internal, 'content-disposition')).toEqual(['Content-Disposition: inline']);
  });

  it('is an attachment only on the generated domain, not on one of the owner’s', async () => {
    const domains = [{ domain: 'api.example', type: 'internet' as const, stage: null, patterns: [] }];
    await start({ domains }, [], { CAUSEWAY_PUBLIC_DOMAIN_ATTACHMENT_HEADER: 'true' });
    const own = await ask(plane.publicPort, get('/a', [], 'api.example'));
    expect([own.body, named(own, 'content-disposition')]).toEqual(['body', []]);
    const generated = await ask(plane.publicPort, get('/a', [], HOST.toUpperCase()));
    expect(headerOf(generated.lines, 'Content-Disposition')).toBe(ATTACHMENT);
  });

  it('has the backend’s Content-Disposition where the settings say nothing', async () => {
    await start({}, ['Content-Disposition: inline']);
    for (const path of ['/a', '/caller'])
      expect(named(await ask(plane.publicPort, get(path)), 'content-disposition')).toEqual(['Content-Disposition: inline']);
  });
});

/** Server-sent events: their backend may take its time, as long as it does not fall silent. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Backend, startBackend } from './testing/backend.js';
import { dial, get } from './testing/client.js';
import { INTERNAL_HOST, type SnapshotInput } from './testing/snapshot.js';
import { type Plane, startPlane } from './testing/start-plane.js';
import { OTHER_INTERNAL_HOST, twoGroups } from './testing/two-groups.js';
import type { Wire } from './testing/wire.js';

/** The shortest timeout that there is. */
const TIMEOUT_MS = 300;
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n';
const piece = (n: number) => `9\r\ndata: ${n}\n\n\r\n`;

describe.each([
  ['', '/events'],
  [', through an internal call in process', '/caller'],
  [', through an internal call over the wire', '/caller'],
])('an event stream%s', (how, path) => {
  let plane: Plane;
  let backend: Backend;
  let upstream: Promise<Wire>;

  async function start(group: SnapshotInput['group'] = { sse: true }) {
    let told: (wire: Wire) => void;
    upstream = new Promise((resolve) => {
      told = resolve;
    });
    backend = await startBackend(async (wire) => {
      await wire.message();
      told(wire);
    });
    const timeoutMs = TIMEOUT_MS;
    plane = await startPlane({
      program: {
        apis: [
          { path: '/events', backend: { type: 'HTTP', address: backend.address, timeoutMs } },
          { path: '/caller', backend: { type: 'HTTP', address: `http://${INTERNAL_HOST}`, path: '/events', timeoutMs } },
        ],
        group: group ?? {},
      },
      environment: { CAUSEWAY_INTERNAL_CALLS: how.endsWith('wire') ? 'wire' : 'inprocess' },
    });
    const wire = await dial(plane.publicPort);
    wire.send(get(path));
    return { client: wire, server: await upstream };
  }

  afterEach(async () => {
    expect(plane.failures).toEqual([]);
    await plane.stop();
    await backend.close();
  });

  it('goes on for longer than the timeout while pieces come, each at once', async () => {
    const { client, server } = await start();
    const startedMs = performance.now();
    server.send(HEAD);
    await client.through('\r\n\r\n');
    let n = 0;
    while (performance.now() - startedMs < TIMEOUT_MS * 4) {
      server.send(piece(n));
      // The next piece is sent only when this one came: nothing waits for another.
      expect(await client.bytes(piece(n).length)).toBe(piece(n));
      n = (n + 1) % 10;
      await new Promise((resolve) => setTimeout(resolve, TIMEOUT_MS / 6));
    }
    server.send('0\r\n\r\n');
    expect(await client.bytes(5)).toBe('0\r\n\r\n');
    client.socket.destroy();
  });

  it('is cut when it is silent for the timeout', async () => {
    const { client, server } = await start();
    server.send(HEAD + piece(1));
    await client.through('data: 1\n\n\r\n');
    const startedMs = performance.now();
    expect(await client.rest()).toBe('');
    expect(performance.now() - startedMs).toBeGreaterThan(TIMEOUT_MS / 2);
    await plane.untilMetric('causeway_running_requests', 0);
  });

  it('is cut at the timeout where the group has event streams off, and so is what is none where it has them on', async () => {
    for (const [group, head] of [
      [{}, HEAD],
      [{ sse: true }, HEAD.replace('text/event-stream', 'text/plain')],
    ] as const) {
      const { client, server } = await start(group);
      server.send(head);
      const timer = setInterval(() => server.send(piece(1)), TIMEOUT_MS / 6);
      await client.end();
      clearInterval(timer);
      await plane.stop();
      await backend.close();
    }
  });

  it('must begin within the timeout', async () => {
    const { client } = await start();
    expect((await client.message()).start).toBe('HTTP/1.1 504 Gateway Timeout');
    client.socket.destroy();
  });
});

describe.each(['inprocess', 'wire'])('an event stream between groups, internal calls %s', (mode) => {
  it.each([
    ['goes on in the caller’s group for the time of the callee, which knows none', { sse: true }, {}],
    ['ends in time when the caller’s group knows none', {}, { sse: true }],
  ])('%s', async (_, ofCaller, ofCallee) => {
    const backend = await startBackend(async (wire) => {
      await wire.message();
      wire.send(HEAD);
      const timer = setInterval(() => wire.send(piece(1)), TIMEOUT_MS / 6);
      await wire.end();
      clearInterval(timer);
    });
    const LONG_MS = 4 * TIMEOUT_MS;
    const api = (address: string, timeoutMs: number) => [
      { path: '/*', backend: { type: 'HTTP' as const, address, path: '/*', timeoutMs } },
    ];
    const isLong = 'sse' in ofCaller;
    const plane = await startPlane({
      program: twoGroups(
        { apis: api(`http://${OTHER_INTERNAL_HOST}`, TIMEOUT_MS), group: ofCaller },
        { apis: api(backend.address, isLong ? LONG_MS : TIMEOUT_MS), group: ofCallee },
      ),
      environment: { CAUSEWAY_INTERNAL_CALLS: mode },
    });
    const client = await dial(plane.publicPort);
    const startedMs = performance.now();
    client.send(get('/a'));
    await client.end();
    expect(performance.now() - startedMs).toBeGreaterThan((isLong ? LONG_MS : TIMEOUT_MS) - 50);
    await plane.stop();
    await backend.close();
  });
});

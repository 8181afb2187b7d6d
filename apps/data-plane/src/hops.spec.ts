/** Who a request is: ids, trust between hops, and calls that would never end. */
import { SigningKey, sealHop } from '@causeway/signature';
import { afterEach, describe, expect, it } from '@jest/globals';
import { answering, type Backend, ok, startBackend } from './testing/backend.js';
import { ask, get } from './testing/client.js';
import { HOP_IDS, HOP_KEY, HOST, INTERNAL_HOST, idOf, type SnapshotInput } from './testing/snapshot.js';
import { type Plane, startPlane } from './testing/start-plane.js';
import { headerOf } from './testing/wire.js';

const ID = 'AAAAAAAA-0000-4000-8000-000000000000';
const KEY = new SigningKey(HOP_KEY);

describe('a hop', () => {
  let plane: Plane;
  let backend: Backend;

  async function start(program?: (address: string) => SnapshotInput, environment: Record<string, string> = {}) {
    backend = await startBackend(answering(ok('')));
    plane = await startPlane({
      program: program?.(backend.address) ?? { apis: [{ backend: { type: 'HTTP', address: backend.address, path: '/*' } }] },
      environment,
    });
  }

  afterEach(async () => {
    if (!plane.stopped) {
      await plane.untilMetric('causeway_running_requests', 0);
      await plane.untilMetric('causeway_nested_calls', 0);
    }
    expect(plane.failures).toEqual([]);
    await plane.stop();
    await backend.close();
  });

  const token = (target: string, t = Date.now(), key = KEY): string =>
    sealHop({ id: ID, chain: [idOf('outer')], t }, 'GET', target, key);

  it('that is vouched for keeps id and protocol on the internal listener', async () => {
    await start();
    const lines = [`X-Ca-Hop: ${token('/a?b')}`, 'X-Forwarded-Proto: https', 'X-Forwarded-For: 9.9.9.9'];
    const answer = await ask(plane.internalPort, get('/a?b', lines, INTERNAL_HOST));
    expect(headerOf(answer.lines, 'X-Ca-Request-Id')).toBe(ID);
    const request = backend.requests[0]!;
    expect(headerOf(request.lines, 'X-Ca-Request-Id')).toBe(ID);
    expect(headerOf(request.lines, 'X-Forwarded-Proto')).toBe('https');
    expect(headerOf(request.lines, 'X-Forwarded-For')).toBe('9.9.9.9, 127.0.0.1');
    expect(request.text).not.toMatch(/x-ca-hop/i);
    const log = await plane.stopAndReadLog();
    expect(log[0]).toMatchObject({ initialRequestId: ID, hopChain: idOf('outer') });
  });

  const FORGED: ReadonlyArray<readonly [fault: string, make: () => string, listener: 'public' | 'internal']> = [
    ['on the public listener', () => token('/a'), 'public'],
    ['of another target', () => token('/b'), 'internal'],
    ['of another key', () => token('/a', Date.now(), new SigningKey(Buffer.alloc(32, 8))), 'internal'],
    ['too old', () => token('/a', Date.now() - 61_000), 'internal'],
    ['from the future', () => token('/a', Date.now() + 61_000), 'internal'],
    ['cut short', () => token('/a').slice(0, -1), 'internal'],
    ['of no form', () => 'v1.x.y', 'internal'],
  ];

  it.each(FORGED)('is its own first one when its token is %s', async (_, make, listener) => {
    await start();
    const lines = [`X-Ca-Hop: ${make()}`, `X-Ca-Request-Id: ${ID}`, 'X-Forwarded-Proto: https'];
    const [port, host] = listener === 'public' ? [plane.publicPort, HOST] : [plane.internalPort, INTERNAL_HOST];
    const answer = await ask(port, get('/a', lines, host));
    expect(headerOf(answer.lines, 'X-Ca-Request-Id')).not.toBe(ID);
    expect(headerOf(backend.requests[0]!.lines, 'X-Ca-Request-Id')).toBe(headerOf(answer.lines, 'X-Ca-Request-Id'));
    expect(headerOf(backend.requests[0]!.lines, 'X-Forwarded-Proto')).toBe('http');
    expect(backend.requests[0]!.text).not.toMatch(/x-ca-hop/i);
  });

  it('is refused when its own id stands in Via as often as the limit says, in one line or more', async () => {
    await start();
    const via = (count: number) => [
      `Via: ${Array(count - 1)
        .fill(HOP_IDS.public)
        .join(', ')}`,
      `Via: ${HOP_IDS.public}`,
    ];
    expect((await ask(plane.publicPort, get('/a', via(4)))).start).toBe('HTTP/1.1 200 OK');
    const answer = await ask(plane.publicPort, get('/a', via(5)));
    expect(answer.start).toBe('HTTP/1.1 508 Loop Detected');
    expect(headerOf(answer.lines, 'X-Ca-Error-Code')).toBe('I508LD');
    expect(headerOf(answer.lines, 'X-Ca-Error-Message')).toContain(HOP_IDS.public);
  });

  const endless = (): SnapshotInput => ({
    apis: [{ id: 'loop', backend: { type: 'HTTP', address: `http://${INTERNAL_HOST}`, path: '/again' } }],
  });

  it.each(['inprocess', 'wire'])('that calls itself ends with I508LD after five rounds, %s', async (way) => {
    await start(endless, { CAUSEWAY_INTERNAL_CALLS: way });
    const answer = await ask(plane.publicPort, get('/a'));
    expect(headerOf(answer.lines, 'X-Ca-Error-Code')).toBe('I508LD');
    expect(headerOf(answer.lines, 'X-Ca-Error-Message')).toBe(`Loop Detected: ${Array(7).fill(idOf('loop')).join(' > ')}`);
    const log = await plane.stopAndReadLog();
    expect(log.length).toBe(7);
  });

  it.each(['inprocess', 'wire'])('makes no more internal calls under one first hop than the limit says, %s', async (way) => {
    await start(endless, { CAUSEWAY_INTERNAL_CALLS: way, CAUSEWAY_LOOP_MAX_DEPTH: '50', CAUSEWAY_LOOP_MAX_CALLS: '3' });
    const answer = await ask(plane.publicPort, get('/a'));
    expect(headerOf(answer.lines, 'X-Ca-Error-Code')).toBe('I508LD');
    expect((await plane.stopAndReadLog()).length).toBe(4);
  });

  it('that finds no free place for an internal call is X503BZ', async () => {
    await start(endless, { CAUSEWAY_LIMITS_NESTED_CALLS: '2' });
    const answer = await ask(plane.publicPort, get('/a'));
    expect(headerOf(answer.lines, 'X-Ca-Error-Code')).toBe('X503BZ');
  });
});

/** Requests a second of groups and instances, counted by one node. */
import { SigningKey, sealHop } from '@causeway/signature';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ask, dial, get } from '../testing/client.js';
import { HOP_IDS, HOP_KEY, INTERNAL_HOST, idOf, type SnapshotInput } from '../testing/snapshot.js';
import { type Plane, startPlane } from '../testing/start-plane.js';
import { headerOf } from '../testing/wire.js';

describe('a limit of requests a second', () => {
  let plane: Plane;

  const start = async (more: Partial<SnapshotInput>, apis: SnapshotInput['apis'] = [{ backend: { type: 'MOCK' } }]) => {
    plane = await startPlane({ program: { apis, ...more } });
  };
  const code = async (text = get('/a')) => {
    const { start, lines } = await ask(plane.publicPort, text);
    return headerOf(lines, 'X-Ca-Error-Code') ?? start.slice(9, 12);
  };
  const codes = async (count: number, text?: string) => {
    const found: string[] = [];
    for (let n = 0; n < count; n++) found.push(await code(text));
    return found;
  };

  afterEach(async () => {
    expect(plane.failures).toEqual([]);
    await plane.stop();
  });

  it('of a group refuses what is over it with T429GR, and says when to come again', async () => {
    await start({ group: { trafficLimit: 3 } });
    expect(await codes(5)).toEqual(['200', '200', '200', 'T429GR', 'T429GR']);
    const answer = await ask(plane.publicPort, get('/a'));
    expect(answer.start).toBe('HTTP/1.1 429 Too Many Requests');
    expect(headerOf(answer.lines, 'Retry-After')).toBe('1');
    await plane.untilMetric('causeway_refusals_total{code="T429GR"}', 3);
    expect(await plane.metric('causeway_rate_limits_total{outcome="local"}')).toBe(6);
  });

  it('of an instance refuses with T429IN, before a group’s is counted', async () => {
    await start({ group: { trafficLimit: 2 }, instance: { trafficLimit: 1 } });
    expect(await codes(3)).toEqual(['200', 'T429IN', 'T429IN']);
  });

  it('lets requests through again in the next second', async () => {
    await start({ group: { trafficLimit: 1 } });
    expect(await codes(2)).toEqual(['200', 'T429GR']);
    while ((await code()) !== '200');
    expect(await code()).toBe('T429GR');
  });

  it('is not spent by requests for no API, and not by loops', async () => {
    await start({ group: { trafficLimit: 1 } }, [{ path: '/a', backend: { type: 'MOCK' } }]);
    expect(await codes(2, get('/none'))).toEqual(['I404NF', 'I404NF']);
    expect(await codes(2, get('/a', [`Via: ${Array(5).fill(HOP_IDS.public).join(', ')}`]))).toEqual(['I508LD', 'I508LD']);
    expect(await code()).toBe('200');
  });

  it('is spent before credentials are looked at', async () => {
    await start({ group: { trafficLimit: 1 } }, [{ auth: 'APP', backend: { type: 'MOCK' } }]);
    expect(await codes(2)).toEqual(['A400MA', 'T429GR']);
  });

  it('counts an internal call at the callee like any call', async () => {
    await start({ group: { trafficLimit: 3 } }, [
      { path: '/caller', backend: { type: 'HTTP', address: `http://${INTERNAL_HOST}`, path: '/callee' } },
      { path: '/callee', backend: { type: 'MOCK' } },
    ]);
    expect(await codes(2, get('/caller'))).toEqual(['200', 'T429GR']);
    await plane.stop();
    await start({ group: { trafficLimit: 1 } });
    const token = sealHop({ id: 'ID', chain: [idOf('x')], t: Date.now() }, 'GET', '/a', new SigningKey(HOP_KEY));
    const text = get('/a', [`X-Ca-Hop: ${token}`], INTERNAL_HOST);
    expect((await ask(plane.internalPort, text)).start).toBe('HTTP/1.1 200 OK');
    expect((await ask(plane.internalPort, text)).start).toBe('HTTP/1.1 429 Too Many Requests');
  });

  it('counts WebSocket handshakes', async () => {
    await start({ group: { trafficLimit: 1 } }, [{ request: { protocols: ['WS', 'HTTP'] }, backend: { type: 'MOCK' } }]);
    expect(await code()).toBe('200');
    const wire = await dial(plane.publicPort);
    wire.send(get('/a', ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: x', 'Sec-WebSocket-Version: 13']));
    expect(headerOf((await wire.message()).lines, 'X-Ca-Error-Code')).toBe('T429GR');
    wire.socket.destroy();
  });

  it('counts nothing where there is none', async () => {
    await start({});
    expect(await codes(3)).toEqual(['200', '200', '200']);
    expect(await plane.metric('causeway_rate_limits_total{outcome="local"}')).toBe(0);
  });
});

/** A data plane that another one takes over from loses no request. */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type Backend, ok, startBackend } from './testing/backend.js';
import { ask, dial, get } from './testing/client.js';
import { type Plane, startPlane } from './testing/start-plane.js';
import { until } from './testing/until.js';
import { headerOf, type Wire } from './testing/wire.js';

let plane: Plane;
let backend: Backend;
let answerSlow = () => {};

beforeEach(async () => {
  const slow = new Promise<void>((resolve) => {
    answerSlow = resolve;
  });
  backend = await startBackend(async (wire) => {
    for (;;) {
      const { start } = await wire.message();
      if (start.includes('/slow')) await slow;
      wire.send(ok('done'));
    }
  });
  plane = await startPlane({ program: { apis: [{ backend: { type: 'HTTP', address: backend.address, path: '/*' } }] } });
});
afterEach(async () => {
  await plane.stop();
  await backend.close();
  expect(plane.failures).toEqual([]);
});

const exchange = async (wire: Wire, path: string) => {
  wire.send(get(path));
  const { start, lines } = await wire.message();
  return [start, headerOf(lines, 'Connection')];
};

it('answers on the connections that it has, says with each answer that they end, and takes no new ones', async () => {
  const [quick, busy, silent] = [await dial(plane.publicPort), await dial(plane.publicPort), await dial(plane.publicPort)];
  for (const wire of [quick, busy, silent])
    expect(await exchange(wire, '/a')).toEqual(['HTTP/1.1 200 OK', expect.stringMatching(/^keep-alive$/i)]);
  busy.send(get('/slow'));
  await plane.untilMetric('causeway_running_requests', 1);

  const gone = plane.handOver();
  await expect(ask(plane.publicPort, get('/a'))).rejects.toThrow('ECONNREFUSED');
  expect(silent.ended).toBe(false);
  expect(await exchange(quick, '/a')).toEqual(['HTTP/1.1 200 OK', 'close']);
  await quick.end();
  answerSlow();
  const { start, lines } = await busy.message();
  expect([start, headerOf(lines, 'Connection')]).toEqual(['HTTP/1.1 200 OK', 'close']);
  await busy.end();
  expect(silent.ended).toBe(false);
  await gone;
  await plane.stop();
  await silent.end();
});

it('is over as soon as no connection is left', async () => {
  const wire = await dial(plane.publicPort);
  expect((await exchange(wire, '/a'))[0]).toBe('HTTP/1.1 200 OK');
  let isOver = false;
  const startedMs = performance.now();
  void plane.handOver().then(() => {
    isOver = true;
  });
  wire.socket.end();
  await until(() => isOver, 'it is over');
  expect(performance.now() - startedMs).toBeLessThan(4000);
});

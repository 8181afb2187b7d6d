/** Circuit breakers on the wire: with a plugin, and the one that every API has (plugins, section 5.12). */
import { afterEach, describe, expect, it } from '@jest/globals';
import { answering, type Backend, ok, startBackend } from '../testing/backend.js';
import { ask, get } from '../testing/client.js';
import { type ApiInput, INTERNAL_HOST, type PluginInput } from '../testing/snapshot.js';
import { type Plane, startPlane } from '../testing/start-plane.js';
import { headerOf } from '../testing/wire.js';

let plane: Plane;
let backend: Backend;

afterEach(async () => {
  expect(plane.failures).toEqual([]);
  await plane.stop();
  await backend.close();
});

const breaker = (config: Record<string, unknown>): PluginInput => ({ id: 'breaker', type: 'circuitBreaker', config });
const api = (path: string, more: Partial<ApiInput> = {}): ApiInput => ({
  path,
  backend: { type: 'HTTP', address: backend.address, path: '/b' },
  plugins: ['breaker'],
  ...more,
});

async function asked(path: string): Promise<string> {
  const { start, lines } = await ask(plane.publicPort, get(path));
  return headerOf(lines, 'X-Ca-Error-Code') ?? start.slice(9, 12);
}

describe('a circuit breaker', () => {
  const failing = 'HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n';

  it('stops calling a backend that fails, of that API only, and keeps at it when the API is compiled anew', async () => {
    backend = await startBackend(answering(failing));
    const input = {
      apis: [api('/a'), api('/other')],
      plugins: [breaker({ errorCondition: '$StatusCode = 500', errorThreshold: 3 })],
    };
    plane = await startPlane({ program: input });
    expect([await asked('/a'), await asked('/a'), await asked('/a'), await asked('/a')]).toEqual(['500', '500', '500', 'D503CB']);
    expect(await plane.metric('causeway_circuit_breakers_open')).toBe(1);
    await plane.apply({ ...input, group: { debug: true } });
    expect([await asked('/a'), await asked('/other')]).toEqual(['D503CB', '500']);
    expect(backend.requests).toHaveLength(4);
  });

  it('lets another backend answer meanwhile', async () => {
    backend = await startBackend(answering(failing));
    const downgradeBackend = { type: 'MOCK', statusCode: 203, body: 'later' };
    const config = { errorCondition: '$StatusCode = 500', errorThreshold: 1, downgradeBackend };
    plane = await startPlane({ program: { apis: [api('/a')], plugins: [breaker(config)] } });
    expect([await asked('/a'), await asked('/a'), await asked('/a')]).toEqual(['500', '203', '203']);
    expect(backend.requests).toHaveLength(1);
  });

  it('counts what a callee in this process answers as a backend’s', async () => {
    backend = await startBackend(answering(failing));
    const through: ApiInput['backend'] = { type: 'HTTP', address: INTERNAL_HOST, path: '/callee', method: 'GET' };
    const config = { errorCondition: '$StatusCode = 500', errorThreshold: 2 };
    const apis = [api('/a', { backend: through }), api('/callee', { plugins: [] })];
    plane = await startPlane({ program: { apis, plugins: [breaker(config)] } });
    expect([await asked('/a'), await asked('/a'), await asked('/a'), await asked('/callee')]).toEqual([
      '500',
      '500',
      'D503CB',
      '500',
    ]);
  });

  it('counts timeouts', async () => {
    backend = await startBackend(() => {});
    const slow = { backend: { type: 'HTTP' as const, address: backend.address, path: '/b', timeoutMs: 300 } };
    plane = await startPlane({ program: { apis: [api('/a', slow)], plugins: [breaker({ timeoutThreshold: 2 })] } });
    expect([await asked('/a'), await asked('/a'), await asked('/a')]).toEqual(['D504TO', 'D504TO', 'D503CB']);
  });

  it('is there without a plugin, at a thousand timeouts', async () => {
    // It answers one path and keeps silent on the other.
    backend = await startBackend(answering(({ start }) => (start.includes('/well') ? ok('well') : '')));
    const slow = { backend: { type: 'HTTP' as const, address: backend.address, path: '/slow', timeoutMs: 300 }, plugins: [] };
    const well = { backend: { type: 'HTTP' as const, address: backend.address, path: '/well' }, plugins: [] };
    plane = await startPlane({ program: { apis: [api('/slow', slow), api('/well', well)] } });
    const codes: string[] = [];
    for (let n = 0; n < 10; n++) codes.push(...(await Promise.all(Array.from({ length: 100 }, () => asked('/slow')))));
    expect(new Set(codes)).toEqual(new Set(['D504TO']));
    expect([await asked('/slow'), await asked('/well')]).toEqual(['D503CB', '200']);
  }, 60_000);
});

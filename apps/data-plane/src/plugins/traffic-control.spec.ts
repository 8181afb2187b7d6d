/** trafficControl on the wire, for clients and for the calls of another API (plugins, section 5.1). */
import { afterEach, describe, expect, it } from '@jest/globals';
import { ask, get } from '../testing/client.js';
import { type ApiInput, INTERNAL_HOST, type PluginInput } from '../testing/snapshot.js';
import { type Plane, startPlane } from '../testing/start-plane.js';
import { headerOf } from '../testing/wire.js';

let plane: Plane;
afterEach(async () => {
  expect(plane.failures).toEqual([]);
  await plane.stop();
});

const plugin = (config: object): PluginInput => ({ id: 'limit', type: 'trafficControl', config: { ...config } });
const api = (path: string, more: Partial<ApiInput> = {}): ApiInput => ({
  path,
  backend: { type: 'MOCK', body: 'passed' },
  plugins: ['limit'],
  ...more,
});

async function asked(path: string) {
  const answer = await ask(plane.publicPort, get(path));
  return headerOf(answer.lines, 'X-Ca-Error-Code') ?? answer.body;
}

describe('a limit', () => {
  it('refuses what is over it, of that API, and is not forgotten when something is edited', async () => {
    const program = { apis: [api('/a'), api('/b')], plugins: [plugin({ unit: 'DAY', apiDefault: 2 })] };
    plane = await startPlane({ program });
    expect([await asked('/a'), await asked('/a'), await asked('/a'), await asked('/b')]).toEqual([
      'passed',
      'passed',
      'T429PR',
      'passed',
    ]);
    await plane.apply({ ...program, group: { debug: true } });
    expect(await asked('/a')).toBe('T429PR');
    const { start, lines } = await ask(plane.publicPort, get('/a'));
    expect([start.slice(9, 12), headerOf(lines, 'RateLimit-Limit'), headerOf(lines, 'RateLimit-Remaining')]).toEqual([
      '429',
      '2',
      '0',
    ]);
    expect(Number(headerOf(lines, 'Retry-After'))).toBeLessThanOrEqual(86_400);
    await plane.apply({ ...program, plugins: [plugin({ unit: 'DAY', apiDefault: 3 })] });
    expect([await asked('/a'), await asked('/a')]).toEqual(['passed', 'T429PR']);
  });

  it('of a second lets some wait for the next one', async () => {
    plane = await startPlane({ program: { apis: [api('/a')], plugins: [plugin({ unit: 'SECOND', apiDefault: 3 })] } });
    const codes = await Promise.all(Array.from({ length: 30 }, () => asked('/a')));
    const passed = codes.filter((code) => code === 'passed').length;
    // Three at once and three that waited; up to three more where a second ended between.
    expect([6, 7, 8, 9]).toContain(passed);
    expect(codes.filter((code) => code === 'T429PR')).toHaveLength(30 - passed);
  });
});

describe.each(['inprocess', 'wire'])('the calls of another API, internal calls %s', (internalCalls) => {
  it('count at the callee like any', async () => {
    const through: ApiInput['backend'] = { type: 'HTTP', address: INTERNAL_HOST, path: '/a', method: 'GET' };
    plane = await startPlane({
      environment: { CAUSEWAY_INTERNAL_CALLS: internalCalls },
      program: {
        apis: [api('/a'), api('/through', { backend: through, plugins: [] })],
        plugins: [plugin({ unit: 'DAY', apiDefault: 2 })],
      },
    });
    expect([await asked('/through'), await asked('/a'), await asked('/through'), await asked('/a')]).toEqual([
      'passed',
      'passed',
      'T429PR',
      'T429PR',
    ]);
  });
});

/** caching on the wire: one call for many, for clients and for the calls of another API (plugins, section 5.10). */
import { afterEach, describe, expect, it } from '@jest/globals';
import { answering, type Backend, type Behaviour, ok, startBackend } from '../testing/backend.js';
import { ask, dial, get } from '../testing/client.js';
import { type ApiInput, HOST, INTERNAL_HOST, type PluginInput, type SnapshotInput } from '../testing/snapshot.js';
import { type Plane, startPlane } from '../testing/start-plane.js';
import { until } from '../testing/until.js';
import { headerOf } from '../testing/wire.js';

const SHOP = 'shop.test';
const group: NonNullable<SnapshotInput['group']> = { domains: [{ domain: SHOP, type: 'internet', stage: null, patterns: [] }] };

let plane: Plane;
let backend: Backend;

afterEach(async () => {
  await plane.untilMetric('causeway_running_requests', 0);
  expect(plane.failures).toEqual([]);
  await plane.stop();
  await backend.close();
});

const plugin = (config: object = {}): PluginInput => ({ id: 'cache', type: 'caching', config: { duration: 60, ...config } });
const api = (more: Partial<ApiInput> = {}): ApiInput => ({
  path: '/a',
  request: { mode: 'PASSTHROUGH' },
  backend: { type: 'HTTP', address: backend.address, path: '/b' },
  plugins: ['cache'],
  ...more,
});

async function start(behave: Behaviour, environment: Record<string, string> = {}, more: ApiInput[] = []) {
  backend = await startBackend(behave);
  plane = await startPlane({ program: { apis: [api(), ...more], plugins: [plugin()], group }, environment });
}

/** Numbers its answers. */
function counting(lines: readonly string[] = []): Behaviour {
  let count = 0;
  return answering(() => ok(`answer ${++count}`, lines));
}

async function asked(target = '/a', host = SHOP, lines: string[] = []) {
  const answer = await ask(plane.publicPort, get(target, lines, host));
  return {
    body: answer.body,
    cached: headerOf(answer.lines, 'X-Ca-Caching'),
    age: headerOf(answer.lines, 'Age'),
    lines: answer.lines,
  };
}

describe('an answer', () => {
  it('is given again without a call, also when something else was edited', async () => {
    await start(counting(['Content-Type: text/x', 'X-Secret: 1']));
    expect(await asked()).toMatchObject({ body: 'answer 1', cached: undefined });
    const again = await asked();
    expect(again).toMatchObject({ body: 'answer 1', cached: 'true', age: '0' });
    expect([headerOf(again.lines, 'Content-Type'), headerOf(again.lines, 'X-Secret')]).toEqual(['text/x', undefined]);
    await plane.apply({ apis: [api()], plugins: [plugin()], group: { ...group, debug: true } });
    expect((await asked()).cached).toBe('true');
    expect(await plane.metric('causeway_cache_entries')).toBe(1);
  });

  it('is forgotten when the plugin is edited', async () => {
    await start(counting());
    await asked();
    await plane.apply({ apis: [api()], plugins: [plugin({ duration: 61 })], group });
    expect(await asked()).toMatchObject({ body: 'answer 2', cached: undefined });
  });

  it('on the domain that all groups share is asked for each time', async () => {
    await start(counting());
    expect([(await asked('/a', HOST)).body, (await asked('/a', HOST)).body]).toEqual(['answer 1', 'answer 2']);
  });

  it('of an error is not kept', async () => {
    let fails = true;
    await start(answering(() => (fails ? 'HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n' : ok('well'))));
    await asked();
    fails = false;
    expect((await asked()).body).toBe('well');
  });

  it('that comes in pieces and is too long to keep arrives whole', async () => {
    const piece = 'x'.repeat(100_000);
    await start(answering(`HTTP/1.1 200 OK\r\nContent-Length: 1200000\r\n\r\n${piece.repeat(12)}`));
    expect((await asked()).body).toHaveLength(1_200_000);
    expect((await asked()).cached).toBeUndefined();
  });

  it('beyond the memory that is set is not kept', async () => {
    await start(answering(ok('x'.repeat(3000))), { CAUSEWAY_CACHE_BYTES: '2000' });
    await asked();
    expect((await asked()).cached).toBeUndefined();
    expect(await plane.metric('causeway_cache_bytes')).toBe(0);
  });

  it('of HEAD comes from the backend, and none of it is kept for GET', async () => {
    await start(
      answering(({ start }) => (start.startsWith('HEAD') ? 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n' : ok('whole'))),
    );
    await plane.apply({ apis: [api({ method: 'ANY' })], plugins: [plugin()], group });
    await ask(plane.publicPort, get('/a', [], SHOP).replace('GET', 'HEAD'));
    expect((await asked()).body).toBe('whole');
  });
});

describe('many who miss at once', () => {
  it('are served by one call', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await start(async (wire, own) => {
      own.requests.push(await wire.message());
      await held;
      wire.send(ok('once'));
    });
    const all = Promise.all(Array.from({ length: 20 }, () => asked()));
    await plane.untilMetric('causeway_running_requests', 20);
    release();
    expect(new Set((await all).map(({ body }) => body))).toEqual(new Set(['once']));
    expect(backend.requests).toHaveLength(1);
  });

  it('ask for themselves when the first one leaves or brings nothing to share', async () => {
    let calls = 0;
    await start(async (wire) => {
      await wire.message();
      if (++calls > 1) wire.send(ok('mine', ['Cache-Control: no-store']));
    });
    const first = await dial(plane.publicPort);
    first.send(get('/a', [], SHOP));
    await until(() => calls === 1, 'the first one asks');
    const others = [asked(), asked()];
    await plane.untilMetric('causeway_running_requests', 3);
    first.socket.destroy();
    expect((await Promise.all(others)).map(({ body }) => body)).toEqual(['mine', 'mine']);
  });
});

describe.each(['inprocess', 'wire'])('an API that is called by another one, internal calls %s', (internalCalls) => {
  it('answers it from what is kept', async () => {
    const through = { type: 'HTTP' as const, address: INTERNAL_HOST, path: '/a', method: 'GET' as const };
    await start(counting(), { CAUSEWAY_INTERNAL_CALLS: internalCalls }, [
      api({ path: '/through', backend: through, plugins: [] }),
    ]);
    expect((await asked('/through', HOST)).body).toBe('answer 1');
    // The mark is for the client of the API that kept it.
    expect(await asked('/through', HOST)).toMatchObject({ body: 'answer 1', age: '0', cached: undefined });
    expect((await asked('/through?other', HOST)).body).toBe('answer 2');
  });
});

import { expect, it } from '@jest/globals';
import { LocalCounter } from './local-counter.js';

it('counts by key, and reading counts nothing', async () => {
  const counter = new LocalCounter(60);
  expect(await counter.read('a')).toEqual({ count: 0, resetMs: 0 });
  await counter.add('a');
  expect(await counter.add('a')).toMatchObject({ count: 2 });
  expect(await counter.add('b')).toMatchObject({ count: 1 });
  const { count, resetMs } = await counter.read('a');
  expect(count).toBe(2);
  expect(resetMs).toBeGreaterThan(59_000);
  expect(resetMs).toBeLessThanOrEqual(60_000);
});

it('forgets at the end of the window, which later events do not move', async () => {
  const counter = new LocalCounter(1);
  const startedMs = performance.now();
  await counter.add('a');
  while ((await counter.read('a')).count > 0) {
    if (performance.now() - startedMs < 900) await counter.add('a');
    await new Promise(setImmediate);
  }
  expect(performance.now() - startedMs).toBeLessThan(1500);
});

it('holds so many keys and no more, those that were counted last', async () => {
  const counter = new LocalCounter(60, 3);
  await counter.add('old');
  await counter.add('busy');
  for (let n = 0; n < 100; n++) {
    await counter.add(`flood ${n}`);
    await counter.add('busy');
  }
  expect(await counter.read('old')).toMatchObject({ count: 0 });
  expect(await counter.read('flood 97')).toMatchObject({ count: 0 });
  expect(await counter.read('flood 99')).toMatchObject({ count: 1 });
  expect(await counter.read('busy')).toMatchObject({ count: 101 });
});

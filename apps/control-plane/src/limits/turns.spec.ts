import { expect, it } from '@jest/globals';
import { Turns } from './turns.js';

it('lets a few at a time work under a key, in the order in which they came, and those of other keys beside them', async () => {
  const turns = new Turns(2);
  const begun: string[] = [];
  const ends: Array<() => void> = [];
  const work = (name: string) => () => {
    begun.push(name);
    return new Promise<void>((resolve) => ends.push(resolve));
  };
  const all = ['a1', 'a2', 'a3', 'a4', 'b1'].map((name) => turns.take(name.charAt(0), work(name)));
  await new Promise(setImmediate);
  expect(begun).toEqual(['a1', 'a2', 'b1']);
  ends[0]!();
  await all[0];
  await new Promise(setImmediate);
  expect(begun).toEqual(['a1', 'a2', 'b1', 'a3']);
  for (const end of ends) end();
  await new Promise(setImmediate);
  ends.at(-1)!();
  await Promise.all(all);
  expect(begun.at(-1)).toBe('a4');
});

it('goes on after work that failed', async () => {
  const turns = new Turns(1);
  const failing = turns.take('a', () => Promise.reject(new Error('no')));
  const next = turns.take('a', async () => 'done');
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('done');
  expect(await turns.take('a', async () => 'again')).toBe('again');
});

import { expect, it } from '@jest/globals';
import { readOptions } from './options.js';

it('takes minutes and a seed', () => {
  expect(readOptions(['--minutes', '0.5', '--seed', '7'])).toEqual({ minutes: 0.5, seed: 7 });
});

it('chooses a seed where none is given', () => {
  expect(readOptions(['--minutes', '20'])).toEqual({ minutes: 20, seed: expect.any(Number) });
});

it.each([
  [[], '--minutes'],
  [['--minutes', '0'], '--minutes'],
  [['--minutes', 'two'], '--minutes'],
  [['--minutes', '1441'], '--minutes'],
  [['--minutes', '2', '--seed', '1.5'], '--seed'],
  [['--minutes', '2', '--hours', '1'], '--hours'],
])('says what is wrong with %j', (args, named) => {
  expect(readOptions(args)).toMatch(new RegExp(`${named}[^]*Usage: npm run soak`));
});

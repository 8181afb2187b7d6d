import { expect, it } from '@jest/globals';
import { RecentKeys } from './recent-keys.js';

it('forgets the key that was used longest ago, once there are too many', () => {
  const keys = new RecentKeys(2);
  expect([keys.use('a'), keys.use('b'), keys.use('a'), keys.use('c')]).toEqual([undefined, undefined, undefined, 'b']);
  expect(['a', 'b', 'c'].map((key) => keys.has(key))).toEqual([true, false, true]);
  keys.delete('a');
  expect(keys.use('d')).toBe(undefined);
});

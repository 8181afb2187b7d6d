/** Others get their turn while long work is done. */
import { expect, it } from '@jest/globals';
import { givingWay } from './give-way.js';

it('lets others go first as soon as pieces took as long as they may together, and not before', async () => {
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const giveWay = givingWay(20);
  await giveWay();
  expect(turns).toBe(0);
  for (let pieces = 0; pieces < 3; pieces++) {
    for (const endMs = performance.now() + 21; performance.now() < endMs; );
    await giveWay();
    await giveWay();
  }
  isOver = true;
  expect(turns).toBe(3);
});

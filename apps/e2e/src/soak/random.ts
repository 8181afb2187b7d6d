/** Numbers that look random and come again with the same seed. */

/** @returns whole numbers from 0 to below `count`: the 32-bit linear congruential generator of Numerical Recipes */
export function randomNumbers(seed: number): (count: number) => number {
  let state = seed >>> 0;
  return (count) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
}

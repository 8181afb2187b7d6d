/** Agrees with a plain map through any changes, and leaves every map before a change as it was. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LayeredMap, withAll } from './layered-map.js';

interface Value {
  readonly n: number;
}

const key = fc.nat(60).map((n) => `k${n}`);
const change = fc.tuple(key, fc.option(fc.record({ n: fc.nat() }), { nil: undefined }));
const batches = fc.array(fc.array(change, { maxLength: 40 }), { maxLength: 30 });

function expectSame(map: LayeredMap<Value>, plain: ReadonlyMap<string, Value>): void {
  expect(map.size).toBe(plain.size);
  expect(new Map(map)).toEqual(plain);
  for (let n = 0; n <= 60; n++) expect(map.get(`k${n}`)).toBe(plain.get(`k${n}`));
}

describe('a layered map', () => {
  it('agrees with a plain one through any changes, and so do all maps before them', () => {
    fc.assert(
      fc.property(batches, (all) => {
        let map = LayeredMap.empty<Value>();
        const plain = new Map<string, Value>();
        const former: Array<readonly [LayeredMap<Value>, ReadonlyMap<string, Value>]> = [];
        for (const changes of all) {
          former.push([map, new Map(plain)]);
          map = map.with(new Map(changes));
          for (const [name, value] of new Map(changes)) {
            if (value === undefined) plain.delete(name);
            else plain.set(name, value);
          }
        }
        former.push([map, plain]);
        for (const [made, wanted] of former) expectSame(made, wanted);
      }),
    );
  });

  it('takes many changes with pauses between', async () => {
    const many = new Map(Array.from({ length: 10_000 }, (_, n) => [`k${n}`, { n }] as const));
    let pauses = 0;
    const made = await withAll<Value>(LayeredMap.empty(), many, async () => void pauses++);
    expect(made.size).toBe(10_000);
    expect(made.get('k9999')).toEqual({ n: 9999 });
    expect(pauses).toBeGreaterThan(3);
    expect((await withAll(made, new Map([['k5', undefined]]), async () => void pauses++)).get('k5')).toBeUndefined();
  });
});

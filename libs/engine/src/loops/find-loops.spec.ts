/** Loops are found, named by their shortest chain, and called certain only when nothing leaves them. */
import { describe, expect, it } from '@jest/globals';
import { type CallNode, findLoops } from './find-loops.js';

/** `a: 'b c.'`: a calls b or c, or (the dot) ends. */
function graph(calls: Record<string, string>): Map<string, CallNode> {
  return new Map(
    Object.entries(calls).map(([node, text]) => [
      node,
      { calls: new Set(text.replace('.', '').split(' ').filter(Boolean)), mayEnd: text.endsWith('.') },
    ]),
  );
}

const loops = (calls: Record<string, string>, through = Object.keys(calls)) =>
  findLoops(graph(calls), new Set(through)).map(({ chain, isCertain }) => `${chain.join(' > ')}${isCertain ? '' : ' ?'}`);

describe('a graph of calls', () => {
  it('without a way back has no loops', () => {
    expect(loops({ a: 'b c', b: 'd', c: 'd', d: '.' })).toEqual([]);
  });

  it('has a certain loop where an API can only call itself', () => {
    expect(loops({ a: 'a' })).toEqual(['a > a']);
  });

  it('has a doubtful loop where an API may also end', () => {
    expect(loops({ a: 'a.' })).toEqual(['a > a ?']);
  });

  it('has a certain loop over several APIs only when none of them can end', () => {
    expect(loops({ a: 'b', b: 'c', c: 'a' }, ['a'])).toEqual(['a > b > c > a']);
    expect(loops({ a: 'b', b: 'c.', c: 'a' }, ['a'])).toEqual(['a > b > c > a ?']);
  });

  it('has a certain loop when each of several ways leads back', () => {
    expect(loops({ a: 'b c', b: 'a', c: 'a' }, ['a'])).toEqual(['a > b > a']);
  });

  it('has a doubtful loop when a way out lies far behind', () => {
    expect(loops({ a: 'b c', b: 'a', c: 'd', d: '.' }, ['a'])).toEqual(['a > b > a ?']);
  });

  it('counts a callee that is not known as an end', () => {
    expect(loops({ a: 'a x' })).toEqual(['a > a ?']);
  });

  it('names the shortest way round', () => {
    expect(loops({ a: 'b d.', b: 'c', c: 'a', d: 'a' }, ['a'])).toEqual(['a > d > a ?']);
  });

  it('tells of no loop that what was touched only leads to', () => {
    expect(loops({ a: 'b', b: 'b' }, ['a'])).toEqual([]);
  });

  it('tells of each knot once', () => {
    expect(loops({ a: 'b', b: 'a', c: 'd.', d: 'c a' }).sort()).toEqual(['a > b > a', 'c > d > c ?']);
  });

  it('may be one long chain', () => {
    const size = 50_000;
    const nodes = Array.from({ length: size }, (_, n) => [`n${n}`, `n${(n + 1) % size}`]);
    expect(findLoops(graph(Object.fromEntries(nodes)), new Set(['n7']))[0]?.chain).toHaveLength(size + 1);
  });
});

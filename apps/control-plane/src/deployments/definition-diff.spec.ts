import { expect, it } from '@jest/globals';
import { diffDefinitions } from './definition-diff.js';

it('names what changed, came and went, with both values', () => {
  const before = { name: 'a', backend: { type: 'HTTP', path: '/x' }, parameters: [{ name: 'q' }], description: 'old' };
  const after = { name: 'a', backend: { type: 'HTTP', path: '/y' }, parameters: [{ name: 'q' }, { name: 'r' }], auth: 'APP' };
  expect(diffDefinitions(before, after)).toEqual([
    { path: 'backend.path', before: '/x', after: '/y' },
    { path: 'parameters[1]', after: { name: 'r' } },
    { path: 'description', before: 'old' },
    { path: 'auth', after: 'APP' },
  ]);
});

it('is empty for equal definitions, whatever the order of their fields', () => {
  expect(diffDefinitions({ a: 1, b: [{ c: 2, d: null }] }, { b: [{ d: null, c: 2 }], a: 1 })).toEqual([]);
});

it('shows a value whole where its kind changed', () => {
  expect(diffDefinitions({ a: [1] }, { a: { 0: 1 } })).toEqual([{ path: 'a', before: [1], after: { 0: 1 } }]);
});

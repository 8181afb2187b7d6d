import { expect, it } from '@jest/globals';
import { hasSameRoute } from './route-shape.js';

const get = (path: string) => ({ method: 'GET', path });

it('sees through parameter names and percent-encoding', () => {
  expect(hasSameRoute(get('/a/[x]'), get('/a/[y]'))).toBe(true);
  expect(hasSameRoute(get('/%61'), get('/a'))).toBe(true);
});

it('tells methods, literals, parameters and rests apart', () => {
  expect(hasSameRoute(get('/a'), { method: 'ANY', path: '/a' })).toBe(false);
  expect(hasSameRoute(get('/a/[x]'), get('/a/b'))).toBe(false);
  expect(hasSameRoute(get('/a/[x]'), get('/a/*'))).toBe(false);
  expect(hasSameRoute(get('/a'), get('/a/'))).toBe(false);
});

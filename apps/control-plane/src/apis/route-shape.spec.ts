import { expect, it } from '@jest/globals';
import { hasSameRoute, routeBuckets } from './route-shape.js';

const get = (path: string, escapePath = false) => ({ method: 'GET', path, escapePath });

it('sees through parameter names and percent-encoding', () => {
  expect(hasSameRoute(get('/a/[x]'), get('/a/[y]'))).toBe(true);
  expect(hasSameRoute(get('/%61'), get('/a'))).toBe(true);
});

it('takes brackets as text where the path is escaped', () => {
  expect(hasSameRoute(get('/a/[x]', true), get('/a/[y]', true))).toBe(false);
  expect(hasSameRoute(get('/a/[x]', true), get('/a/[x]'))).toBe(false);
  expect(hasSameRoute(get('/a/[x]', true), get('/a/%5Bx%5D'))).toBe(true);
});

it('tells methods, literals, parameters and rests apart', () => {
  expect(hasSameRoute(get('/a'), { ...get('/a'), method: 'ANY' })).toBe(false);
  expect(hasSameRoute(get('/a/[x]'), get('/a/b'))).toBe(false);
  expect(hasSameRoute(get('/a/[x]'), get('/a/*'))).toBe(false);
  expect(hasSameRoute(get('/a'), get('/a/'))).toBe(false);
});

it('names few buckets, whatever else a path may be equal to', () => {
  expect(routeBuckets(get('/a/[x]/*'))).toEqual(['GET /a/[]/*', 'GET %']);
  expect(routeBuckets(get('/%61/%5Bx%5D'))).toEqual(['GET /a/[]', 'GET %']);
  expect(routeBuckets(get('/a/[x]', true))).toEqual(['GET /a/[]', 'GET %']);
});

/** Routes called on what an estate is made of, each while it is there. */
import type { Test } from 'supertest';
import type { Owner } from '../owner.js';
import { queryOf } from './bodies.js';
import type { Estate } from './estate.js';
import { fillPath, type Operation, seedKeys } from './operations.js';

/** Reads, then writes, then deletions, of what was made last first. */
export function inOrder(operations: readonly Operation[], { paths }: Estate): Operation[] {
  const seeds = Object.keys(paths);
  const rankOf = ({ method, path }: Operation) =>
    method === 'DELETE'
      ? -Math.max(...[...seedKeys(path).values()].map((key) => seeds.indexOf(key)))
      : ['GET', 'PATCH', 'PUT', 'POST'].indexOf(method) - 1000;
  return [...operations].sort((a, b) => rankOf(a) - rankOf(b));
}

/** @param query lies over what the query must hold */
export function callOwn(by: Owner, operation: Operation, estate: Estate, body?: object, query: object = {}): Test {
  const { method, path, bodies } = operation;
  const keys = seedKeys(path);
  const filled = fillPath(path, (name) => estate.paths[keys.get(name) ?? ''] ?? '');
  const request = by.send(`${method} ${filled}?${new URLSearchParams({ ...queryOf(operation, estate), ...query })}`);
  const [type] = Object.keys(bodies);
  return body === undefined || type === undefined ? request : request.set('Content-Type', type).send(body);
}

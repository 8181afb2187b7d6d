/** What makes two APIs of a group answer to the same requests: equal method, and paths equal but for parameter names. */
import type { ApiDefinition } from '@causeway/contract';
import { parsePathPattern, pathShape } from '@causeway/engine';

export interface Route {
  readonly method: string;
  readonly path: string;
}

export function hasSameRoute(one: Route, other: Route): boolean {
  return one.method === other.method && (one.path === other.path || shapeOf(one.path) === shapeOf(other.path));
}

export function routeOf({ request: { method, path } }: ApiDefinition): Route {
  return { method, path };
}

function shapeOf(path: string): string {
  const segments = parsePathPattern(path);
  return typeof segments === 'string' ? path : pathShape(segments);
}

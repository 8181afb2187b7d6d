/** What makes two APIs of a group answer to the same requests: equal method, and paths equal but for parameter names. */
import type { ApiDefinition } from '@causeway/contract';
import { parsePathPattern, pathShape } from '@causeway/engine';

export interface Route {
  readonly method: string;
  readonly path: string;
  /** `[name]` in the path is ordinary text; null as false. */
  readonly escapePath: boolean | null;
}

export function hasSameRoute(one: Route, other: Route): boolean {
  return one.method === other.method && shapeOf(one) === shapeOf(other);
}

export function routeOf({ request: { method, path, escapePath } }: ApiDefinition): Route {
  return { method, path, escapePath };
}

function shapeOf({ path, escapePath }: Route): string {
  const segments = parsePathPattern(path, escapePath ?? false);
  return typeof segments === 'string' ? path : pathShape(segments);
}

/** What makes two APIs of a group answer to the same requests: equal method, and paths equal but for parameter names. */
import type { ApiDefinition } from '@causeway/contract';
import { parsePathPattern, pathShape, type Segment } from '@causeway/engine';

export interface Route {
  readonly method: string;
  readonly path: string;
  /** `[name]` in the path is ordinary text; null as false. */
  readonly escapePath: boolean | null;
}

export function hasSameRoute(one: Route, other: Route): boolean {
  return one.method === other.method && shapeOf(one) === shapeOf(other);
}

/** Equal for equal routes, so that many can be compared at once. */
export function routeKey(route: Route): string {
  return `${route.method} ${shapeOf(route)}`;
}

/** Where the store keeps what may have an equal route: values of `route_bucket` in its schema, which decodes no percent triplets. */
export function routeBuckets({ method, path, escapePath }: Route): string[] {
  const segments = parsePathPattern(path, escapePath ?? false);
  const texts = typeof segments === 'string' ? [path] : segments.map((each) => `/${textOf(each)}`);
  return [`${method} ${texts.join('').replaceAll(/\[[^\]/]*\]/g, '[]')}`, `${method} %`];
}

export function routeOf({ request: { method, path, escapePath } }: ApiDefinition): Route {
  return { method, path, escapePath };
}

function shapeOf({ path, escapePath }: Route): string {
  const segments = parsePathPattern(path, escapePath ?? false);
  return typeof segments === 'string' ? path : pathShape(segments);
}

function textOf(segment: Segment): string {
  if (segment.kind === 'literal') return segment.text;
  return segment.kind === 'rest' ? '*' : '[]';
}

/** Fields of a backend that nothing looks at. */
import type { z } from 'zod';
import type { Doubt } from './kit/plugin.js';
import type { RouteBackend } from './routing.js';

type Field = keyof z.infer<typeof RouteBackend>;

const OF_CALLS: readonly Field[] = ['path', 'method', 'timeout'];
const OF_MOCK: readonly Field[] = ['statusCode', 'body', 'mockBody', 'headers'];
const NOT_FOR = {
  HTTP: ['vpcAccessName', ...OF_MOCK],
  'HTTP-VPC': ['address', ...OF_MOCK],
  MOCK: ['address', 'vpcAccessName', ...OF_CALLS],
} as const;

/** Without a type that depends on the API’s own backend. @param at the backend's field */
export function backendDoubts(backend: z.infer<typeof RouteBackend>, at: string): Doubt[] {
  const { type, body, mockBody } = backend;
  const unread = type === undefined ? [] : NOT_FOR[type].filter((field) => backend[field] !== undefined);
  const doubts = unread.map(
    (field): Doubt => ({ path: `${at}.${field}`, code: 'no-effect', message: `is not for a backend of type ${type}` }),
  );
  if (type === 'MOCK' && body !== undefined && mockBody !== undefined)
    doubts.push({ path: `${at}.mockBody`, code: 'overridden', message: 'body is there too, and wins' });
  return doubts;
}

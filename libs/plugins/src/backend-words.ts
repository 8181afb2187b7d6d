/** A backend that stands in a configuration, in plain words. */
import type { z } from 'zod';
import { shown } from './kit/words.js';
import type { RouteBackend } from './routing.js';

/** `orders.example.com/all (method GET)`, `the VPC access orders`, `the API’s own backend (path /x)`, `the MOCK answer 503`. */
export function backendWords(backend: z.infer<typeof RouteBackend>): string {
  const { type, address, path, method, timeout, statusCode } = backend;
  if (type === 'MOCK') return statusCode === undefined ? 'the MOCK answer' : `the MOCK answer ${statusCode}`;
  const isWritten = type !== 'HTTP-VPC' && address !== undefined;
  const details = [
    ...(path !== undefined && !isWritten ? [`path ${path}`] : []),
    ...(method === undefined ? [] : [method === 'ANY' ? 'the client’s method' : `method ${method}`]),
    ...(timeout === undefined ? [] : [`for up to ${timeout} ms`]),
  ];
  const target = isWritten ? `${address.replace(/\/$/, '')}${path ?? ''}` : unwritten(backend);
  return shown(details.length === 0 ? target : `${target} (${details.join(', ')})`);
}

function unwritten({ type, vpcAccessName }: z.infer<typeof RouteBackend>): string {
  if (type !== 'HTTP' && vpcAccessName !== undefined) return `the VPC access ${vpcAccessName}`;
  return type === undefined ? 'the API’s own backend' : `the API’s own ${type} backend`;
}

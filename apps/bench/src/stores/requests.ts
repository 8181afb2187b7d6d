/** Writes requests to all APIs of a store, in an order that no cache can foresee. */
import { writeFileSync } from 'node:fs';
import { hostOf, pathOf } from './many-apis.js';

/** The same number for every size, so that reading them costs the load the same. */
const REQUESTS = 100_000;

/** Any number without a common divisor with the counts of APIs, and far from 1. */
const STRIDE = 61_803;

/** @returns the length of one request in bytes; all have the same */
export function writeRequestsToAll(file: string, apis: number): number {
  const requests = Array.from({ length: REQUESTS }, (_, n) => {
    const api = (n * STRIDE) % apis;
    return `GET ${pathOf(api)} HTTP/1.1\r\nHost: ${hostOf(api)}\r\n\r\n`;
  });
  writeFileSync(file, requests.join(''), 'latin1');
  return requests[0]?.length ?? 0;
}

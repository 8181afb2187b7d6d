/** A request that nobody sent, as a listener would hand it on. */
import { internalDomainGroup, normalizeHost } from '@causeway/contract';
import { Exchange, Head, type RequestBody } from '@causeway/plugins';
import type { Program } from './program.js';
import type { RouteExchange } from './route.js';

export interface Sample {
  readonly method: string;
  readonly scheme: 'http' | 'https';
  /** Authority of the URL: `host` or `host:port`. */
  readonly host: string;
  /** Path and query, in origin form. */
  readonly target: string;
  /** Name, value, name, value, as on the wire: one character per byte. */
  readonly headers: readonly string[];
  /** Buffered whole; its stream is never read. */
  readonly body: RequestBody | null;
  readonly clientIp: string;
}

/** An internal domain is asked as another API would ask it, on the internal listener; every other host on the public one. */
export function exchangeOf(sample: Sample, program: Program, nowMs: number): RouteExchange {
  const { method, scheme, host: authority, target, headers, body, clientIp } = sample;
  const host = normalizeHost(authority);
  const listener = internalDomainGroup(host, program.instance.suffix) === null ? 'public' : 'internal';
  const head = new Head(
    headers.some((name, at) => at % 2 === 0 && name.toLowerCase() === 'host') ? headers : [...headers, 'Host', authority],
  );
  const x: RouteExchange = new Exchange(listener, method, target, head, host, clientIp, scheme, body, nowMs, 0, null);
  x.requestId = REQUEST_ID;
  x.initialRequestId = REQUEST_ID;
  return x;
}

/** A request that is sent gets an id of its own. */
const REQUEST_ID = '00000000-0000-0000-0000-000000000000';

/** Requests for specs. */
import { Readable } from 'node:stream';
import { Exchange, Head, type Listener, type RequestBody } from '@causeway/plugins';
import type { RouteExchange } from '../route.js';

export interface Made {
  readonly listener?: Listener;
  readonly method?: string;
  readonly host?: string;
  readonly peer?: string;
  readonly scheme?: 'http' | 'https';
  readonly headers?: readonly string[];
  readonly body?: string | null;
  readonly form?: string | null;
  readonly nowMs?: number;
}

/** A request as a listener hands it on; a `form` is a body that was read already. */
export function makeExchange(target: string, made: Made = {}): RouteExchange {
  const { listener = 'public', method = 'GET', host = 'api.example.com', peer = '192.0.2.1', scheme = 'http' } = made;
  const { headers = [], form = null, body = form, nowMs = 1_700_000_000_000 } = made;
  const head = new Head(headers);
  const x: RouteExchange = new Exchange(listener, method, target, head, host, peer, scheme, bodyOf(body), nowMs, 0, null);
  x.initialRequestId = 'REQUEST-ID';
  x.form = form;
  return x;
}

function bodyOf(text: string | null): RequestBody | null {
  if (text === null) return null;
  const buffered = Buffer.from(text, 'utf8');
  return { stream: Readable.from([buffered]), length: buffered.length, buffered, contentMd5: null };
}

/** Name, value, name, value as pairs. */
export function pairs(flat: readonly string[]): Array<[string, string]> {
  return Array.from({ length: flat.length / 2 }, (_, n) => [flat[n * 2] as string, flat[n * 2 + 1] as string]);
}

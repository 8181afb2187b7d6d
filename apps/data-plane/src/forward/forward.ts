/** Asks the backend: a server, another API of this deployment, or the gateway itself. */
// hot
import { addGatewayHeaders, type CallableBackend, type Program } from '@causeway/engine';
import { Answer, refuse } from '@causeway/plugins';
import type { Gateway, Hop } from '../gateway.js';
import { callHttp } from './http.js';
import { callInternal } from './internal.js';

export function forward(x: Hop, program: Program, gateway: Gateway): Answer | Promise<Answer> {
  const backend = prepare(x, program);
  if (backend instanceof Answer) return backend;
  const out = x.out!;
  if (backend.kind === 'internal') return callInternal(x, backend, out, program, gateway);
  return callHttp(x, out, serverOf(backend, program), gateway.upstreams, gateway, x.route!.trustsErrors);
}

/** Makes the request as it leaves, signed, into `x.out`; an answer when there is nothing to call. */
export function prepare(x: Hop, program: Program): CallableBackend | Answer {
  const route = x.route!;
  const backend = x.backend ?? route.backend;
  if (backend === null) return refuse('I504RB', { Reason: `no route matched and the API has ${route.incomplete}` });
  if (backend.kind === 'mock') return new Answer(backend.status, [...backend.headers], backend.body);
  const out = route.map(x, backend);
  if (out instanceof Answer) return out;
  addGatewayHeaders(x, out, program.instance.hopIds[x.listener]);
  out.unsigned = out.headers.length;
  route.sign?.(x, out);
  x.out = out;
  const startedMs = performance.now();
  const ownDeadlineMs = startedMs + backend.timeoutMs;
  x.upstreamStartMs = startedMs;
  x.deadlineMs = x.parent === null ? ownDeadlineMs : Math.min(ownDeadlineMs, x.parent.deadlineMs);
  return backend;
}

/** Where a call goes: the name to connect to, which private DNS may replace, and the name that a certificate must hold. */
export interface Server {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  readonly serverName: string;
}

export function serverOf(backend: { scheme: 'http' | 'https'; host: string; port: number }, program: Program): Server {
  const records = program.privateDns.get(backend.host);
  if (records === undefined || records.length === 0) return { ...place(backend), serverName: backend.host };
  const record = records.length === 1 ? records[0]! : pick(records);
  return { scheme: backend.scheme, host: record.address, port: record.port ?? backend.port, serverName: backend.host };
}

function place({ scheme, host, port }: { scheme: 'http' | 'https'; host: string; port: number }) {
  return { scheme, host, port };
}

function pick<T extends { readonly weight: number }>(records: readonly T[]): T {
  let at = Math.random() * records.reduce((sum, { weight }) => sum + weight, 0);
  for (const record of records) {
    at -= record.weight;
    if (at < 0) return record;
  }
  return records[records.length - 1]!;
}

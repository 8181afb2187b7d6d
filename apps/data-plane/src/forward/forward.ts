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
  return callHttp(x, out, gateway.servers.of(backend, program), gateway.upstreams, gateway, x.route!.trustsErrors);
}

/** Makes the request as it leaves, signed, into `x.out`; an answer when there is nothing to call. */
export function prepare(x: Hop, program: Program): CallableBackend | Answer {
  const route = x.route!;
  const backend = x.backend ?? route.backend;
  if (backend === null) return refuse('I504RB', { Reason: `no route matched and the API has ${route.incomplete}` });
  if (backend.kind === 'unusable') return refuse(backend.code, backend.values);
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

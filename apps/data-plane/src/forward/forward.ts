/** Asks the backend: a server, another API of this deployment, or the gateway itself. */
// hot
import {
  addGatewayHeaders,
  addRouteHeaders,
  type CallableBackend,
  type MockBackend,
  type Program,
  type Respond,
} from '@causeway/engine';
import { Answer, type Guard, refuse } from '@causeway/plugins';
import type { Gateway, Hop } from '../gateway.js';
import { noteOutcome } from '../outcome.js';
import { callHttp } from './http.js';
import { callInternal } from './internal.js';

export function forward(x: Hop, program: Program, gateway: Gateway): Answer | Promise<Answer> {
  const { guard: own, response } = x.route!;
  const guard = own ?? (gateway.breakers.notClosed === 0 ? null : gateway.alwaysOn);
  const made = guard === null ? ask(x, program, gateway) : guarded(x, program, gateway, guard);
  if (response === null) return made;
  return made instanceof Promise ? made.then((answer) => respond(x, answer, response)) : respond(x, made, response);
}

/** However the call ends, its guard hears of it: a place for a trial would else be lost. */
function guarded(x: Hop, program: Program, gateway: Gateway, guard: Guard): Answer | Promise<Answer> {
  const instead = guard.before(x);
  if (instead !== undefined) return instead;
  const hear = (answer: Answer) => {
    guard.after(x, answer);
    return answer;
  };
  try {
    const made = ask(x, program, gateway);
    return made instanceof Promise ? made.then(hear, (error) => broke(x, guard, error)) : hear(made);
  } catch (error) {
    return broke(x, guard, error);
  }
}

function broke(x: Hop, guard: Guard, error: unknown): never {
  guard.after(x, refuse('X500ER'));
  throw error;
}

/** What a callee in this process answered is noted for its log before it is changed here. */
function respond(x: Hop, answer: Answer, response: Respond): Answer | Promise<Answer> {
  if (x.child !== null) noteOutcome(x.child, answer);
  return response(x, answer);
}

function ask(x: Hop, program: Program, gateway: Gateway): Answer | Promise<Answer> {
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
  if (backend.kind === 'mock') return mocked(backend);
  const out = route.map(x, backend);
  if (out instanceof Answer) return out;
  addRouteHeaders(x, out);
  route.mapped?.(x, out);
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

function mocked({ status, headers, body }: MockBackend): Answer {
  const answer = new Answer(status, [...headers], body);
  answer.fromBackend = true;
  return answer;
}

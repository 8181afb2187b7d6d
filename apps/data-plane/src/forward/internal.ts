/** Calls an API behind an internal domain: in this process, at a sibling instance, or over the own internal listener. */
// hot
import { Readable } from 'node:stream';
import type { CallableBackend, Program } from '@causeway/engine';
import { Answer, Exchange, Head, type Outgoing, type RequestBody, refuse } from '@causeway/plugins';
import { sealHop } from '@causeway/signature';
import { passWishOn } from '../debug-info.js';
import type { Gateway, Hop } from '../gateway.js';
import { answer } from '../handle.js';
import { recordAnswer } from '../record.js';
import { callHttp } from './http.js';
import { Server } from './servers.js';

/** The peer that a call in process shows: what it would be over the own internal listener. */
const SELF = '127.0.0.1';

type InternalBackend = Extract<CallableBackend, { kind: 'internal' }>;

export function callInternal(
  x: Hop,
  backend: InternalBackend,
  out: Outgoing,
  program: Program,
  gateway: Gateway,
): Answer | Promise<Answer> {
  const place = placeOf(x, backend, program, gateway);
  if (place instanceof Answer) return place;
  if (place === 'here') return callInProcess(x, out, program, gateway);
  return callHttp(x, out, place, gateway.siblings, gateway, true, () => vouch(x, out, program));
}

/** Where the callee is: in this process, or behind an internal listener. An unknown name goes to the own one, to be refused there. */
export function placeOf(x: Hop, backend: InternalBackend, program: Program, gateway: Gateway): 'here' | Server | Answer {
  const { internalCalls, internal } = gateway.config;
  const refused = countCall(x, gateway);
  if (refused !== undefined) return refused;
  return siblingOf(backend, program) ?? (internalCalls === 'inprocess' ? 'here' : ownListener(internal));
}

/** As `placeOf`, for a call that is made over the wire in any case. @param x null: nobody's request */
export function placeOnWire(x: Hop | null, backend: InternalBackend, program: Program, gateway: Gateway): Server | Answer {
  const refused = x === null ? undefined : countCall(x, gateway);
  return refused ?? siblingOf(backend, program) ?? ownListener(gateway.config.internal);
}

/** Over the wire each hop counts for itself, but knows the chain. */
function countCall(x: Hop, { config: { limits } }: Gateway): Answer | undefined {
  if (Math.max(++x.tree.calls, x.chain.length + 1) <= limits.loopCalls) return undefined;
  return refuse('I508LD', { Chain: [...x.chain, x.route!.apiId].join(' > ') });
}

function siblingOf({ groupId }: InternalBackend, { internalDomains, instance }: Program): Server | null {
  const owner = internalDomains.get(groupId);
  const sibling = owner !== undefined && owner.instanceId !== instance.id ? owner.endpoint : null;
  return sibling === null ? null : endpoint(sibling);
}

/** Tells the callee's gateway which call this is a part of (wire contract 9.3). */
export function vouch(x: Hop, out: Outgoing, program: Program): void {
  const hop = { id: x.initialRequestId, chain: [...x.chain, x.route!.apiId], t: Date.now() };
  passWishOn(x, out);
  out.add('X-Ca-Hop', sealHop(hop, out.method, out.target, program.instance.hopKey));
}

/** The same request through the same function: only the socket is left out. */
function callInProcess(x: Hop, out: Outgoing, program: Program, gateway: Gateway): Answer | Promise<Answer> {
  // A client that left is counted and logged already: a hop begun now would never end.
  if (x.tree.gone || gateway.nestedCalls >= gateway.config.limits.nestedCalls) return refuse('X503BZ');
  const child = childOf(x, out, gateway);
  child.form = out.form;
  const made = answer(child, program, gateway);
  if (made instanceof Promise) return made.then((settled) => asBackend(child, settled));
  return asBackend(child, made);
}

/** To the caller it is a backend's, whoever of the callee's hop made it. */
function asBackend(callee: Hop, answer: Answer): Answer {
  recordAnswer(callee, answer);
  answer.fromBackend = true;
  answer.cached = false;
  return answer;
}

/** The hop that the request of another becomes. */
export function childOf(x: Hop, out: Outgoing, gateway: Gateway): Hop {
  gateway.nestedCalls++;
  passWishOn(x, out);
  const child: Hop = new Exchange(
    'internal',
    out.method,
    out.target,
    new Head(out.headers),
    out.host,
    SELF,
    'http',
    bodyFor(x, out),
    Date.now(),
    x.upstreamStartMs,
    x,
  );
  x.child = child;
  child.trusted = true;
  child.revision = x.revision;
  child.initialRequestId = x.initialRequestId;
  child.chain = x.chain.length === 0 ? [x.route!.apiId] : [...x.chain, x.route!.apiId];
  return child;
}

/** What the callee sees as its request body. */
function bodyFor(x: Hop, out: Outgoing): RequestBody | null {
  if (out.body === 'none') return null;
  if (out.body === 'as-received') return x.body;
  const bytes = Buffer.from(out.form ?? '', 'latin1');
  if (bytes.length === 0) return null;
  return { stream: x.body?.stream ?? Readable.from([]), length: bytes.length, buffered: bytes, contentMd5: null };
}

/** The own internal listener; one that listens everywhere is reached on loopback. */
function ownListener({ host, port }: { host: string; port: number }): Server {
  const reachable = host === '0.0.0.0' || host === '::' ? SELF : host;
  return new Server('http', reachable, port, reachable, 1);
}

function endpoint(text: string): Server {
  const colon = text.lastIndexOf(':');
  return new Server('http', text.slice(0, colon), Number(text.slice(colon + 1)), text.slice(0, colon), 1);
}

/** Judges a WebSocket handshake like any GET, and then lets it through (wire contract 5.3). */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { locate, type Program } from '@causeway/engine';
import { Answer, type Listener, refuse } from '@causeway/plugins';
import { checkFraming } from '../check-framing.js';
import { enter } from '../enter.js';
import type { Gateway, Hop } from '../gateway.js';
import { admit } from '../handle.js';
import { identify, toHop } from '../to-hop.js';
import { prepare } from './forward.js';
import { type Handshake, reject, type Way } from './handshake.js';
import { childOf, placeOf, vouch } from './internal.js';
import { tunnel } from './tunnel.js';

export async function upgrade(
  listener: Listener,
  req: IncomingMessage,
  socket: Socket,
  head: Buffer,
  gateway: Gateway,
): Promise<void> {
  const x = toHop(listener, req);
  const handshake: Handshake = { x, req, socket, head, settled: watch(socket, gateway) };
  socket.on('error', () => socket.destroy());
  socket.once('close', () => {
    x.tree.gone = true;
  });
  try {
    const way = await judge(x, req, gateway);
    if (way instanceof Answer) reject(handshake, way);
    else await tunnel(handshake, way, gateway);
  } catch (error) {
    gateway.failed(x, error);
    reject(handshake, refuse('X500ER'));
  }
  handshake.settled();
  gateway.done(x);
}

async function judge(x: Hop, req: IncomingMessage, gateway: Gateway): Promise<Way | Answer> {
  const { program } = gateway;
  gateway.frontProxies?.note(x);
  identify(x, program?.instance.hopKey ?? null);
  const unfit = checkFraming(x, req.httpVersion, gateway.config.limits);
  if (unfit !== undefined) return unfit;
  if (program === null || (gateway.draining && !x.trusted)) return refuse('X503BZ');
  const unwanted = enter(x, program);
  if (unwanted !== undefined) return unwanted;
  // What follows the head of a handshake belongs to the tunnel: read as a body it would be a request nobody judged.
  if (x.method !== 'GET' || req.httpVersion !== '1.1' || x.body !== null)
    return refuse('I400HD', { HeaderName: 'Upgrade', Reason: 'needs GET, HTTP/1.1 and no body' });
  return find(x, program, gateway);
}

/** Every hop on the way is judged; only the last one opens a connection. */
async function find(x: Hop, program: Program, gateway: Gateway): Promise<Way | Answer> {
  const early = locate(x, program, gateway.config.limits.loopDepth) ?? (await admit(x, program, gateway));
  if (early !== undefined) return early;
  const backend = prepare(x, program);
  if (backend instanceof Answer) return backend;
  const out = x.out!;
  const untilMs = x.deadlineMs;
  if (backend.kind === 'http') {
    const server = gateway.servers.of(backend, program);
    return { out, server, upstreams: gateway.upstreams, untilMs, passErrors: x.route!.trustsErrors };
  }
  const place = placeOf(x, backend, program, gateway);
  if (place instanceof Answer) return place;
  if (place !== 'here') {
    vouch(x, out, program);
    return { out, server: place, upstreams: gateway.siblings, untilMs, passErrors: true };
  }
  if (x.tree.gone || gateway.nestedCalls >= gateway.config.limits.nestedCalls) return refuse('X503BZ');
  out.headers.push('Connection', 'Upgrade', 'Upgrade', 'websocket');
  return find(childOf(x, out, gateway), program, gateway);
}

/**
 * Until a handshake is settled a drain waits for it, and somebody must read the socket, or nobody would notice that the client went.
 * What it sends meanwhile stays in the socket's buffer.
 */
function watch(socket: Socket, gateway: Gateway): () => void {
  const look = () => {
    if (socket.readableLength === 0) socket.read();
  };
  const end = () => socket.destroy();
  let settled = false;
  socket.on('readable', look).on('end', end);
  gateway.running++;
  return () => {
    if (settled) return;
    settled = true;
    gateway.running--;
    socket.off('readable', look).off('end', end);
  };
}

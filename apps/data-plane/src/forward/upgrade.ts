/** Passes a WebSocket handshake through like any GET, then tunnels it (wire contract 5.3). */
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { locate, type Program } from '@causeway/engine';
import { Answer, type Listener, type Outgoing, refuse } from '@causeway/plugins';
import httpProxy from 'http-proxy';
import { checkFraming } from '../check-framing.js';
import type { Gateway, Hop } from '../gateway.js';
import { admit } from '../handle.js';
import { identify, toHop } from '../to-hop.js';
import { prepare } from './forward.js';
import { childOf, placeOf, vouch } from './internal.js';
import { refusalFor } from './refusal-for.js';
import { guardedLookup, isAddress } from './resolve.js';
import type { Server } from './servers.js';
import type { Upstreams } from './upstreams.js';

/** A tunnel in which nothing moves for this long is closed (wire contract 12), ms. */
const IDLE_MS = 600_000;
/** Time for the backend to accept the handshake, ms. */
const HANDSHAKE_MS = 10_000;

/** Where a handshake ends up: the last hop's request and the server it goes to. */
interface Way {
  readonly out: Outgoing;
  readonly server: Server;
  readonly upstreams: Upstreams;
}

export async function upgrade(
  listener: Listener,
  req: IncomingMessage,
  socket: Socket,
  head: Buffer,
  gateway: Gateway,
): Promise<void> {
  const x = toHop(listener, req);
  socket.on('error', () => socket.destroy());
  const { program } = gateway;
  try {
    const unfit = checkFraming(x, req.httpVersion, gateway.config.limits);
    const way = unfit ?? (program === null || gateway.draining ? refuse('X503BZ') : await begin(x, program, gateway));
    if (way instanceof Answer) reject(x, socket, way);
    else await tunnel(x, way, req, socket, head, gateway);
  } catch (error) {
    gateway.failed(x, error);
    reject(x, socket, refuse('X500ER'));
  }
  gateway.done(x);
}

function begin(x: Hop, program: Program, gateway: Gateway): Promise<Way | Answer> {
  identify(x, program.instance.hopKey);
  return find(x, program, gateway);
}

/** Every hop on the way is judged like any request; only the last one opens a connection. */
async function find(x: Hop, program: Program, gateway: Gateway): Promise<Way | Answer> {
  const early = locate(x, program, gateway.config.limits.loopDepth) ?? (await admit(x, program, gateway));
  if (early !== undefined) return early;
  const backend = prepare(x, program);
  if (backend instanceof Answer) return backend;
  const out = x.out!;
  if (backend.kind === 'http') return { out, server: gateway.servers.of(backend, program), upstreams: gateway.upstreams };
  const place = placeOf(x, backend, program, gateway);
  if (place instanceof Answer) return place;
  if (place === 'here') {
    out.headers.push('Connection', 'Upgrade', 'Upgrade', 'websocket');
    return find(childOf(x, out, gateway), program, gateway);
  }
  vouch(x, out, program);
  return { out, server: place, upstreams: gateway.siblings };
}

/** Settles when the tunnel, or the attempt to open it, has ended. */
function tunnel(x: Hop, way: Way, req: IncomingMessage, socket: Socket, head: Buffer, gateway: Gateway): Promise<void> {
  const { out, server } = way;
  if (way.upstreams.refuses(server.host, server.port)) {
    reject(x, socket, refuse('D504IL'));
    return Promise.resolve();
  }
  req.headers = headersOf(out);
  req.url = out.target;
  x.upstreamAddress = `${server.host}:${server.port}`;
  const proxy = httpProxy.createProxyServer({
    target: { protocol: `${server.scheme}:`, host: server.host, port: server.port },
    secure: gateway.config.backend.tlsVerify,
    // What http-proxy hands on to the connection as it is.
    ssl: {
      lookup: guardedLookup(way.upstreams.guard, server.port),
      servername: isAddress(server.serverName) ? '' : server.serverName,
      timeout: HANDSHAKE_MS,
    } as never,
  });
  proxy.on('proxyReqWs', (request: ClientRequest) => {
    request.on('timeout', () => request.destroy(new Error('handshake timeout')));
    request.prependListener('upgrade', (response: IncomingMessage, upstream: Socket) => {
      x.status = 101;
      x.upstreamHeadMs = performance.now();
      response.headers = { ...withoutReserved(response.headers), 'X-Ca-Request-Id': x.initialRequestId };
      const end = () => {
        upstream.destroy();
        socket.destroy();
      };
      // After http-proxy's own set-up, which switches timeouts off.
      setImmediate(() => {
        for (const side of [socket, upstream]) side.setTimeout(IDLE_MS, end);
      });
      gateway.tunnels.add(end);
      socket.once('close', () => gateway.tunnels.delete(end));
    });
    request.on('response', (response: IncomingMessage) => {
      x.status = response.statusCode ?? 502;
    });
  });
  proxy.on('error', (error: Error) => {
    if (x.status === 0) reject(x, socket, refusalFor(error));
    else socket.destroy();
  });
  return new Promise((resolve) => {
    socket.once('close', () => {
      if (x.status === 0) x.errorCode ??= 'N502RE';
      proxy.close();
      resolve();
    });
    proxy.ws(req, socket, head);
  });
}

function headersOf(out: Outgoing): IncomingHttpHeaders {
  const headers: Record<string, string | string[]> = {};
  for (let i = 0; i < out.headers.length; i += 2) {
    const name = out.headers[i]!.toLowerCase();
    const known = headers[name];
    const value = out.headers[i + 1]!;
    headers[name] = known === undefined ? value : Array.isArray(known) ? [...known, value] : [known, value];
  }
  return { ...headers, host: out.host, connection: 'Upgrade', upgrade: 'websocket' };
}

function withoutReserved(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('x-ca-')));
}

/** Answers a handshake that does not become a tunnel. */
function reject(x: Hop, socket: Socket, answer: Answer): void {
  x.status = answer.status;
  x.errorCode = answer.errorCode;
  x.errorMessage = answer.errorMessage;
  const body = Buffer.isBuffer(answer.body) ? answer.body : Buffer.alloc(0);
  const headers = [...answer.headers, 'X-Ca-Request-Id', x.initialRequestId];
  if (answer.errorCode !== null)
    headers.push('X-Ca-Error-Code', answer.errorCode, 'X-Ca-Error-Message', answer.errorMessage ?? '');
  headers.push('Content-Length', String(body.length), 'Connection', 'close');
  let text = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}\r\n`;
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`;
  socket.end(Buffer.concat([Buffer.from(`${text}\r\n`, 'latin1'), body]));
}

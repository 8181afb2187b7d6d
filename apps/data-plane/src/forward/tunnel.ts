/** Opens a WebSocket tunnel to a backend, and keeps it until a side ends or nothing moves any more. */
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type Outgoing, refuse } from '@causeway/plugins';
import httpProxy from 'http-proxy';
import { exceptionText } from '../exception-text.js';
import type { Gateway, Hop } from '../gateway.js';
import { dropsServer } from './answer-headers.js';
import { type Handshake, reject, type Way } from './handshake.js';
import { Deadline, refusalFor } from './refusal-for.js';
import { guardedLookup, isAddress } from './resolve.js';

/** Settles when the tunnel, or the attempt to open it, has ended. */
export function tunnel(handshake: Handshake, way: Way, gateway: Gateway): Promise<void> {
  const { x, req, socket, head, settled } = handshake;
  const { out, server, upstreams } = way;
  x.upstreamAddress = `${server.host}:${server.port}`;
  if (x.tree.gone || upstreams.refuses(server.host, server.port)) {
    reject(handshake, refuse('D504IL'));
    return Promise.resolve();
  }
  req.headers = headersOf(out);
  const proxy = httpProxy.createProxyServer({
    target: { protocol: `${server.scheme}:`, host: server.host.replace(/^\[|\]$/g, ''), port: server.port },
    secure: gateway.config.backend.tlsVerify,
    // What http-proxy hands on to the connection as it is.
    ssl: {
      lookup: guardedLookup(upstreams.guard, server.port),
      servername: isAddress(server.serverName) ? '' : server.serverName,
    } as never,
  });
  let answered = false;
  let abort = (_: Error) => {};
  const deadline = setTimeout(() => abort(new Deadline()), Math.max(0, way.untilMs - performance.now()));
  proxy.on('proxyReqWs', (request: ClientRequest) => {
    // http-proxy would rewrite it as a URL: other slashes, other escapes.
    request.path = out.target;
    abort = (reason) => request.destroy(reason);
    request.prependListener('upgrade', (response: IncomingMessage, upstream: Socket) => {
      answered = true;
      clearTimeout(deadline);
      note(101);
      response.headers = { ...passedOn(response.headers, x, false), connection: 'Upgrade', upgrade: 'websocket', ...ownHeader() };
      keep(upstream);
      settled();
    });
    request.on('response', (response: IncomingMessage) => {
      answered = true;
      note(response.statusCode ?? 502);
      if (way.passErrors) {
        x.errorCode = textOf(response.headers['x-ca-error-code']);
        x.errorMessage = textOf(response.headers['x-ca-error-message']);
      }
      response.headers = { ...passedOn(response.headers, x, way.passErrors), connection: 'close', ...ownHeader() };
      response.on('error', () => socket.destroy());
    });
  });
  proxy.on('error', (error: Error) => {
    if (!x.tree.gone) x.exception = exceptionText(error);
    if (answered) socket.destroy();
    else reject(handshake, refusalFor(error));
  });
  return new Promise((resolve) => {
    socket.once('close', () => {
      clearTimeout(deadline);
      if (x.status === 0) reject(handshake, refuse('X503BZ'));
      abort(new Error('the client went away'));
      resolve();
    });
    proxy.ws(req, socket, head);
  });

  function note(status: number): void {
    x.status = status;
    x.upstreamHeadMs = performance.now();
  }

  function ownHeader() {
    return { 'X-Ca-Request-Id': x.initialRequestId };
  }

  function keep(upstream: Socket): void {
    const end = () => {
      upstream.destroy();
      socket.destroy();
    };
    // After http-proxy's own set-up, which switches timeouts off.
    setImmediate(() => {
      for (const side of [socket, upstream]) side.setTimeout(gateway.config.waits.tunnelIdleMs, end);
    });
    gateway.tunnels.add(end);
    socket.once('close', () => {
      gateway.tunnels.delete(end);
      upstream.destroy();
    });
  }
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

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'te', 'trailer', 'upgrade']);

/** A backend's headers without hop-by-hop and reserved ones (wire contract 11.1). */
function passedOn(headers: IncomingHttpHeaders, x: Hop, passErrors: boolean): IncomingHttpHeaders {
  let last = x;
  while (last.child !== null) last = last.child;
  const withoutServer = dropsServer(last);
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => {
      if (name === 'server') return !withoutServer;
      if (name === 'x-ca-error-code' || name === 'x-ca-error-message') return passErrors;
      return !name.startsWith('x-ca-') && !HOP_BY_HOP.has(name) && name !== 'transfer-encoding';
    }),
  );
}

function textOf(value: string | string[] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

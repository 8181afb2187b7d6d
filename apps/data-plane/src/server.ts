/** The listeners for traffic: turns a message of Node's HTTP server into a hop, and its answer into a response. */
// hot
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Answer, type Listener, refuse } from '@causeway/plugins';
import { checkFraming } from './check-framing.js';
import { answerOn, isCondemned } from './closing.js';
import { enter } from './enter.js';
import { upgrade } from './forward/upgrade.js';
import type { Gateway, Hop } from './gateway.js';
import { answer } from './handle.js';
import { closeIdleConnections, markBusy, markIdle } from './idle-connections.js';
import { receiveMalformed, refuseOnSocket, whileReading } from './parser-error.js';
import { noLonger, onceGone } from './pipelined.js';
import { send } from './send.js';
import { identify, toHop } from './to-hop.js';

/** How often it is looked for clients that are slow with their header section, ms. */
const LOOK_MS = 1000;
/** Refusals of a request line that two readers could read differently: nothing behind it on the connection is taken for a request. */
const AMBIGUOUS = new Set(['I400RU', 'I400PA', 'I405UM']);

export function createListener(listener: 'public' | 'internal', gateway: Gateway): Server {
  const { limits, waits } = gateway.config;
  const server = createServer(
    {
      // The gateway refuses by itself, with its own headers: see toolchain notes in README.md, "HTTP parts".
      requireHostHeader: false,
      maxHeaderSize: limits.headerBytes + limits.urlBytes,
      headersTimeout: waits.headerMs,
      requestTimeout: 0,
      keepAliveTimeout: 0,
      connectionsCheckingInterval: Math.min(LOOK_MS, waits.headerMs),
      insecureHTTPParser: false,
    },
    (req, res) => receive(listener, req, res, gateway),
  );
  closeIdleConnections(server, waits.keepAliveMs);
  server.maxHeadersCount = 0;
  server.maxConnections = limits.connections;
  server.on('clientError', (error, socket) => receiveMalformed(listener, error, socket as Socket, gateway));
  // Without these two Node answers by itself, or tells the client to go on before it is known who it is.
  server.on('checkContinue', (req, res) => receive(listener, req, res, gateway));
  server.on('checkExpectation', (req, res) => receive(listener, req, res, gateway));
  server.on('upgrade', (req: IncomingMessage, socket: Socket, head: Buffer) => {
    // Its bytes would get between those of an answer that is on its way.
    if (answerOn(socket) !== null || socket.writableEnded) socket.destroy();
    else if (/^websocket$/i.test(req.headers.upgrade ?? '')) {
      markBusy(socket);
      void upgrade(listener, req, socket, head, gateway);
    } else putBack(server, req, socket, head);
  });
  server.on('connect', (req: IncomingMessage, socket: Socket) => {
    // Node lets go of the socket: its errors and its end are ours.
    socket.on('error', () => socket.destroy());
    socket.resume();
    refuseOnSocket(toHop(listener, req), refuse('I405UM', { Reason: 'CONNECT' }), socket, gateway);
  });
  return server;
}

/** Every request ends in `done`, whatever happens in between: when its last byte is out, or its client is gone. */
function receive(listener: Listener, req: IncomingMessage, res: ServerResponse, gateway: Gateway): void {
  const { socket } = req;
  const pipelined = res.socket === null;
  if (socket.writableEnded || (pipelined && isCondemned(socket))) return;
  const x = toHop(listener, req);
  gateway.running++;
  markBusy(socket);
  const end = () => {
    if (x.finished) return;
    if (pipelined) noLonger(socket, end);
    gateway.running--;
    markIdle(socket);
    if (!res.writableFinished) abandon(x);
    gateway.done(x);
  };
  res.on('close', end);
  if (pipelined) onceGone(socket, end);
  if (x.body !== null) whileReading(req, (refused) => breakOff(x, refused, req, res, gateway));
  let result: Answer | Promise<Answer>;
  try {
    result = begin(x, req, res, gateway);
  } catch (error) {
    result = failed(x, error, gateway);
  }
  if (result instanceof Promise) {
    result.then(
      (made) => finish(x, made, req, res, gateway),
      (error) => finish(x, failed(x, error, gateway), req, res, gateway),
    );
  } else finish(x, result, req, res, gateway);
}

function finish(x: Hop, made: Answer, req: IncomingMessage, res: ServerResponse, gateway: Gateway): void {
  if (made.errorCode !== null && x.route === null && AMBIGUOUS.has(made.errorCode)) made.close = true;
  send(x, made, req, res, gateway);
}

function begin(x: Hop, req: IncomingMessage, res: ServerResponse, gateway: Gateway): Answer | Promise<Answer> {
  const { program } = gateway;
  gateway.frontProxies?.note(x);
  const unfit = checkFraming(x, req.httpVersion, gateway.config.limits);
  if (unfit !== undefined || program === null) return anonymous(x, unfit ?? closing(refuse('X503BZ')));
  identify(x, program.instance.hopKey);
  const unwanted = enter(x, program);
  if (unwanted !== undefined) return unwanted;
  if (gateway.draining && !x.trusted) return closing(refuse('X503BZ'));
  if (x.body !== null && x.head.expect !== null) continueOnRead(req, res);
  return answer(x, program, gateway);
}

/** Refused before anybody could vouch for it: it gets an id of its own. */
function anonymous(x: Hop, refused: Answer): Answer {
  identify(x, null);
  return refused;
}

/** A bug, not the client's doing. */
function failed(x: Hop, error: unknown, gateway: Gateway): Answer {
  gateway.failed(x, error);
  return refuse('X500ER');
}

/** The client went away: the backend is told to stop, and only the log hears of it (N502RE). */
function abandon(x: Hop): void {
  if (x.tree.gone) return;
  x.tree.gone = true;
  x.tree.call?.cancel();
  x.errorCode = 'N502RE';
  x.errorMessage = 'Client connection closed';
}

/** The rest of the body cannot be read: nothing more is asked of the backend, and the connection ends. */
function breakOff(x: Hop, refused: Answer, req: IncomingMessage, res: ServerResponse, gateway: Gateway): void {
  // Once, and not an answer that is all said.
  if (x.finished || x.tree.gone || res.writableEnded) return;
  const begun = res.headersSent;
  if (!begun) send(x, refused, req, res, gateway);
  x.tree.gone = true;
  x.tree.call?.cancel();
  if (!begun) return;
  // What the client got of the answer cannot be taken back: it is cut off, and the log says why.
  x.errorCode = refused.errorCode;
  x.errorMessage = refused.errorMessage;
  req.socket.destroy();
}

/** `100 Continue` is sent when the body is first read, so never before the caller is known (wire contract 12). */
function continueOnRead(req: IncomingMessage, res: ServerResponse): void {
  const read = req._read.bind(req);
  req._read = (size) => {
    req._read = read;
    if (!res.headersSent) res.writeContinue();
    read(size);
  };
}

/** An upgrade that the gateway does not speak, such as h2c, is ignored: the request goes back to the parser without it. */
function putBack(server: Server, req: IncomingMessage, socket: Socket, head: Buffer): void {
  const lines = [`${req.method} ${req.url} HTTP/${req.httpVersion}`];
  for (let i = 0; i < req.rawHeaders.length; i += 2) {
    const name = req.rawHeaders[i]!;
    if (!/^(?:upgrade|http2-settings)$/i.test(name)) lines.push(`${name}: ${req.rawHeaders[i + 1]}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}

function closing(result: Answer): Answer {
  result.close = true;
  return result;
}

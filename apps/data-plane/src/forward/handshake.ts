/** What is known of a WebSocket handshake between its arrival and its tunnel. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Answer, Outgoing } from '@causeway/plugins';
import { answerOnSocket } from '../answer-on-socket.js';
import type { Hop } from '../gateway.js';
import type { Server } from './servers.js';
import type { Upstreams } from './upstreams.js';

export interface Handshake {
  /** The first hop: the one whose client waits. */
  readonly x: Hop;
  readonly req: IncomingMessage;
  readonly socket: Socket;
  /** What the client sent behind the head. */
  readonly head: Buffer;
  /** To be called when the tunnel is open, or will not be. */
  readonly settled: () => void;
}

/** Where a handshake ends up: the last hop's request and the server it goes to. */
export interface Way {
  readonly out: Outgoing;
  readonly server: Server;
  readonly upstreams: Upstreams;
  /** Monotonic, ms: by then the server must have answered. */
  readonly untilMs: number;
  /** The server is a gateway, whose error headers are passed on. */
  readonly passErrors: boolean;
}

/** Answers a handshake that does not become a tunnel. A client that is gone hears none of it. */
export function reject({ x, socket, settled }: Handshake, answer: Answer): void {
  settled();
  if (x.tree.gone) {
    x.errorCode = 'N502RE';
    x.errorMessage = 'Client connection closed';
    return;
  }
  x.status = answer.status;
  x.errorCode = answer.errorCode;
  x.errorMessage = answer.errorMessage;
  answerOnSocket(socket, answer, x.initialRequestId);
}

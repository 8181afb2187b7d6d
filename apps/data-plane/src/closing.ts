/** Ends connections so that their last answer arrives, and nothing that follows on them is taken for a request. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Time for a client to read its answer while what it still sends is thrown away, ms. */
const LINGER_MS = 1000;

const condemned = new WeakSet<Socket>();

/** To be called with an answer that ends its connection: requests that were pipelined behind it are not served. */
export function condemn(socket: Socket): void {
  if (condemned.has(socket)) return;
  condemned.add(socket);
  // What Node's server calls after the last answer. Its own closes at once: bytes still on their way in would then be answered
  // by a reset, which makes the client's kernel forget the answer.
  socket.destroySoon = () => linger(socket);
}

export function isCondemned(socket: Socket): boolean {
  return condemned.has(socket);
}

/** Sends what was written and the end, then waits for the client to close. */
export function linger(socket: Socket): void {
  if (socket.destroyed) return;
  socket.end();
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('end', () => socket.destroy());
  socket.once('close', () => clearTimeout(timer));
}

/** The answer that is being written to a socket: Node's own note of it. */
export function answerOn(socket: Socket & { readonly _httpMessage?: ServerResponse | null }): ServerResponse | null {
  return socket._httpMessage ?? null;
}

/** Answers that wait behind another one on their connection: Node's server tells them nothing when it closes. */
import type { Socket } from 'node:net';

const waiting = new WeakMap<Socket, Set<() => void>>();

export function onceGone(socket: Socket, gone: () => void): void {
  const known = waiting.get(socket);
  if (known !== undefined) {
    known.add(gone);
    return;
  }
  const made = new Set([gone]);
  waiting.set(socket, made);
  socket.once('close', () => {
    for (const each of [...made]) each();
  });
}

/** The answer is out, or given up. */
export function noLonger(socket: Socket, gone: () => void): void {
  waiting.get(socket)?.delete(gone);
}

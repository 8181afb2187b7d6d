/** Closes connections of clients that have nothing to ask any more. */
// hot
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** What is known of a client's connection. */
interface Watch {
  /** Requests that are not answered; more than one when they are pipelined. */
  running: number;
  /** When the last one ended, or the connection began, monotonic ms. */
  sinceMs: number;
  /** What waits for the last of them to end. */
  onIdle: (() => void) | null;
}

const WATCH = Symbol('watch');

type Watched = Socket & { [WATCH]?: Watch };

/** How often connections are looked through, ms. */
const LOOK_MS = 5000;

/**
 * Instead of Node's `keepAliveTimeout`, which sets and clears a timer on the connection with every request. Here a request
 * writes down two numbers.
 */
export function closeIdleConnections(server: Server, idleMs: number): void {
  const open = new Set<Watched>();
  server.on('connection', (socket: Watched) => {
    socket[WATCH] ??= { running: 0, sinceMs: performance.now(), onIdle: null };
    if (open.has(socket)) return;
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  setInterval(() => {
    const before = performance.now() - idleMs;
    for (const socket of open) if (socket[WATCH]!.running === 0 && socket[WATCH]!.sinceMs < before) socket.destroy();
  }, LOOK_MS).unref();
}

/** A request, or a tunnel, begins on the connection. */
export function markBusy(socket: Socket): void {
  (socket as Watched)[WATCH]!.running++;
}

/** It has ended. */
export function markIdle(socket: Socket): void {
  const watch = (socket as Watched)[WATCH]!;
  watch.running--;
  watch.sinceMs = performance.now();
  if (watch.onIdle === null || watch.running > 0) return;
  const { onIdle } = watch;
  watch.onIdle = null;
  onIdle();
}

/** Runs when no request runs on the connection: now, or once the last one has ended. */
export function onceIdle(socket: Socket, then: () => void): void {
  const watch = (socket as Watched)[WATCH]!;
  if (watch.running === 0) then();
  else watch.onIdle = then;
}

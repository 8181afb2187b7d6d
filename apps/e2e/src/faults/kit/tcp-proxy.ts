/** Stands between two parts and is the network that a story wants: slow, cut, silent, in pieces. */
import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface TcpProxy {
  /** The URL that it was made for, with its own address. */
  readonly url: string;
  /** Each byte comes this much later, in both directions. */
  slow(ms: number): void;
  /** Bytes come in pieces of `size`, one millisecond apart. */
  slice(size: number): void;
  /** Takes connections and bytes, and hands nothing on until it is healed: then everything, as TCP does after a short outage. */
  blackHole(): void;
  /** Those who are connected now never learn that the other side is gone; new connections are as ever. */
  halfOpen(): void;
  /** Breaks every connection and refuses new ones. */
  cut(): Promise<void>;
  /** Undoes all of it. */
  heal(): Promise<void>;
  /** Another target for connections from now on; those that stand are broken. */
  turnTo(url: string): void;
  close(): Promise<void>;
}

/** How many more bytes than this a side may be behind before the other is not read any more. */
const AHEAD_AT_MOST = 4 * 1024 * 1024;

interface Weather {
  latencyMs: number;
  /** Bytes; 0: as they come. */
  pieces: number;
  /** Resolves when bytes may pass. */
  open: Promise<void>;
}

interface Link {
  readonly ends: readonly [Socket, Socket];
  isDead: boolean;
}

/** @param url of the part that it leads to, its port written out */
export async function createTcpProxy(url: string): Promise<TcpProxy> {
  let target = new URL(url);
  const weather: Weather = { latencyMs: 0, pieces: 0, open: Promise.resolve() };
  let letThrough = (): void => {};
  const links = new Set<Link>();

  const server = createServer((near) => {
    const link: Link = { ends: [near, dial(Number(target.port), target.hostname)], isDead: false };
    const [, far] = link.ends;
    links.add(link);
    carry(near, far, link, weather);
    carry(far, near, link, weather);
    near.once('close', () => links.delete(link));
  });
  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;

  const breakAll = (): void => {
    for (const { ends } of links) for (const end of ends) end.destroy();
  };
  const stopListening = async (): Promise<void> => {
    if (server.listening)
      await new Promise<void>((resolve) => server.close(() => resolve()).once('close', resolve) && breakAll());
  };

  const own = new URL(url);
  own.hostname = '127.0.0.1';
  own.port = String(port);
  return {
    url: own.href,
    slow(ms) {
      weather.latencyMs = ms;
    },
    slice(size) {
      weather.pieces = size;
    },
    blackHole() {
      weather.open = new Promise((resolve) => {
        letThrough = resolve;
      });
    },
    halfOpen() {
      for (const link of links) {
        link.isDead = true;
        link.ends[1].destroy();
      }
    },
    cut: stopListening,
    async heal() {
      weather.latencyMs = 0;
      weather.pieces = 0;
      letThrough();
      weather.open = Promise.resolve();
      if (!server.listening) await listen(port);
    },
    turnTo(next) {
      target = new URL(next);
      breakAll();
    },
    async close() {
      letThrough();
      await stopListening();
    },
  };
}

/** Hands on what comes, in its order, in the weather of the moment. */
function carry(from: Socket, to: Socket, link: Link, weather: Weather): void {
  let behind = 0;
  let last = Promise.resolve();
  const next = (step: () => Promise<void> | void): void => {
    const { latencyMs, open } = weather;
    // A timer takes a millisecond at least: in clear weather bytes pass without one.
    const due = latencyMs > 0 ? Promise.all([delay(latencyMs), open]) : open;
    last = last.then(async () => {
      await due;
      if (!link.isDead) await step();
    });
  };
  from.on('data', (chunk: Buffer) => {
    behind += chunk.length;
    if (behind > AHEAD_AT_MOST) from.pause();
    next(async () => {
      await write(to, chunk, weather.pieces);
      behind -= chunk.length;
      if (behind <= AHEAD_AT_MOST) from.resume();
    });
  });
  from.on('end', () => next(() => void to.end()));
  // Half-open means that this is not told to the other side.
  from.on('close', (hadError) => hadError && next(() => void to.destroy()));
  from.on('error', () => {});
  to.on('close', () => link.isDead || from.destroy());
}

async function write(to: Socket, bytes: Buffer, pieces: number): Promise<void> {
  if (pieces === 0) {
    to.write(bytes);
    return;
  }
  for (let at = 0; at < bytes.length; at += pieces) {
    to.write(bytes.subarray(at, at + pieces));
    await delay(1);
  }
}

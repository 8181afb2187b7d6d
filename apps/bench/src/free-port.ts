/** A port that nobody listens on, and that was not given out before. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the range from which systems take ports for outgoing connections. */
const FIRST = 10_000;
const COUNT = 20_000;
let next = Math.floor(Math.random() * COUNT);

export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < COUNT; attempt++) {
    const port = FIRST + (next++ % COUNT);
    if (await canListen(port)) return port;
  }
  throw new Error(`No port from ${FIRST} to ${FIRST + COUNT - 1} is free`);
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

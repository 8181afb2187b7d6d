/** A port that nobody listens on, and that nobody else here is given. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the range from which systems take ports for outgoing connections, and apart for each Jest worker. */
const FIRST = 10_000;
const PER_WORKER = 1500;
const WORKERS = 14;
const first = FIRST + (Number(process.env.JEST_WORKER_ID ?? 0) % WORKERS) * PER_WORKER;
let next = Math.floor(Math.random() * PER_WORKER);

export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < PER_WORKER; attempt++) {
    const port = first + (next++ % PER_WORKER);
    if (await canListen(port)) return port;
  }
  throw new Error(`No port from ${first} to ${first + PER_WORKER - 1} is free`);
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

/** Stands between a client and Redis, and can hang or go away as a Redis can. */
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';

export interface RedisRelay {
  readonly url: string;
  /** Takes what comes and answers nothing. */
  hang(): void;
  /** Passes on again, also what was held back. */
  goOn(): void;
  /** Closes every connection and takes no new one. */
  stop(): Promise<void>;
  /** Listens again on the same port. */
  start(): Promise<void>;
}

export async function createRedisRelay(redisUrl: string): Promise<RedisRelay> {
  const target = new URL(redisUrl);
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer((client) => {
    const redis = dial(Number(target.port || 6379), target.hostname);
    const pair = [client, redis] as const;
    pairs.add(pair);
    for (const [from, to] of [pair, [redis, client]] as const) {
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        to.destroy();
        pairs.delete(pair);
      });
    }
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const url = new URL(redisUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return {
    url: url.href,
    hang() {
      for (const [client, redis] of pairs) client.unpipe(redis);
    },
    goOn() {
      for (const [client, redis] of pairs) client.pipe(redis);
    },
    stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const [client, redis] of pairs) {
        client.destroy();
        redis.destroy();
      }
      return closed;
    },
    start: () => listen(port),
  };
}

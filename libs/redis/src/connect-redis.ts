/** A connection to Redis that comes back by itself, whatever takes it away. */
import { createClient } from '@redis/client';
import { giveUpSilence, PING_MS } from './give-up-silence.js';

const CONNECT_MS = 2000;
/** Between two attempts, at most; a little more or less, so that not everybody comes at once. */
const RETRY_MS = 1000;

/**
 * Connects in the background and goes on trying until `destroy`. Commands that come while there is no connection are refused at once.
 *
 * @param onLost told of each failure: that there is no connection, or none any more
 */
export function connectRedis(url: string, onLost: (error: Error) => void) {
  const client = createClient({
    url,
    disableOfflineQueue: true,
    pingInterval: PING_MS,
    socket: {
      connectTimeout: CONNECT_MS,
      reconnectStrategy: (tries) => Math.min(50 * 2 ** tries, RETRY_MS) * (0.7 + 0.6 * Math.random()),
    },
  });
  client.on('error', onLost);
  giveUpSilence(client);
  client.connect().catch(onLost);
  return client;
}

export type RedisClient = ReturnType<typeof connectRedis>;

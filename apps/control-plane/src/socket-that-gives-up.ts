/** A connection that breaks when nothing comes or goes on it for a while: whoever waits is told, and pools forget it. */
import { Socket } from 'node:net';

/** Destroyed with `ETIMEDOUT` after `ms` of silence, idle connections too. */
export function socketThatGivesUp(ms: number): Socket {
  const socket = new Socket();
  socket.setTimeout(ms, () => {
    socket.destroy(Object.assign(new Error(`Nothing came or went for ${ms} ms`), { code: 'ETIMEDOUT' }));
  });
  return socket;
}

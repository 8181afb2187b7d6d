/** Breaks a connection on which Redis does not answer any more. */
import type { EventEmitter } from 'node:events';

/** How often Redis is asked whether it is there. */
export const PING_MS = 1000;

/** So many turns without an answer in a row are enough. */
const SILENT_TURNS = 5;

interface Client extends EventEmitter {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  connect(): Promise<unknown>;
  destroy(): void;
}

/**
 * A network that swallows what is sent leaves a connection that looks well for as long as somebody writes to it: no timeout of the
 * socket ends it, and commands fail one after the other. Answers to pings tell. Turns are counted and not time, so that a process
 * that stood still itself for long hears first what has come meanwhile.
 */
export function giveUpSilence(client: Client): void {
  let silentTurns = 0;
  const heard = (): void => {
    silentTurns = 0;
  };
  client.on('ready', heard);
  client.on('ping-interval', heard);
  const watch = setInterval(() => {
    if (!client.isOpen) return clearInterval(watch);
    if (!client.isReady || ++silentTurns < SILENT_TURNS) return;
    heard();
    client.destroy();
    client.connect().catch((error: Error) => client.emit('error', error));
    client.emit('error', new Error(`Redis has said nothing for ${(SILENT_TURNS * PING_MS) / 1000} s`));
  }, PING_MS);
  watch.unref();
}

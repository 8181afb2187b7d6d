/** Reads whole bodies, for those few cases that need one. */
import { isForm } from '@causeway/contract';
import { type Answer, refuse } from '@causeway/plugins';
import type { Gateway, Hop } from './gateway.js';

/** Reads a urlencoded body into `x.form`; other bodies are left alone. */
export async function readForm(x: Hop, gateway: Gateway): Promise<Answer | undefined> {
  if (!isForm(x.head.contentType)) return undefined;
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(x.head.contentType ?? '')?.[1]?.toLowerCase();
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8')
    return refuse('I400CT', { Reason: `charset ${charset} is not supported` });
  const unread = await bufferBody(x, gateway);
  if (unread !== undefined) return unread;
  x.form = x.body!.buffered!.toString('utf8');
  return undefined;
}

/** Reads the body into `x.body.buffered`, within the limit of one body and of all together. */
export function bufferBody(x: Hop, gateway: Gateway): Promise<Answer | undefined> | undefined {
  const body = x.body!;
  if (body.buffered !== null) return undefined;
  const limit = Math.min(gateway.config.limits.bufferedBodyBytes, bodyLimit(x, gateway));
  const { stream } = body;
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve) => {
    const timer = setTimeout(
      () => end(refuse('I400BD', { Reason: 'the client was silent for too long' })),
      gateway.config.waits.bodyIdleMs,
    );
    const onData = (chunk: Buffer) => {
      timer.refresh();
      if (size + chunk.length > limit) return end(refuse('I413RL'));
      if (!gateway.buffers.take(chunk.length)) return end(refuse('X503BZ'));
      size += chunk.length;
      chunks.push(chunk);
    };
    const onEnd = () => {
      body.buffered = Buffer.concat(chunks, size);
      x.requestBytes = size;
      end(undefined);
    };
    const onBroken = () => end(refuse('I400BD', { Reason: 'it broke off' }));
    // The stream itself stays open: destroying it would take the connection, and the answer, with it.
    const end = (refused: Answer | undefined) => {
      clearTimeout(timer);
      stream.pause();
      stream.off('data', onData).off('end', onEnd).off('error', onBroken).off('close', onBroken);
      // A client that went away is done already, and gives back nothing any more.
      if (x.finished) gateway.buffers.give(size);
      else x.bufferedBytes += size;
      resolve(refused);
    };
    if (body.length !== null && body.length > limit) end(refuse('I413RL'));
    else if (stream.destroyed) onBroken();
    else stream.on('data', onData).on('end', onEnd).on('error', onBroken).on('close', onBroken);
  });
}

/** The most that a body of this request may have, bytes. */
export function bodyLimit(x: Hop, gateway: Gateway): number {
  return Math.min(x.route?.maxBodyBytes ?? Number.POSITIVE_INFINITY, gateway.config.limits.bodyBytes);
}

/** Reads whole bodies, for those few cases that need one. */
import { isForm } from '@causeway/contract';
import { type Answer, refuse } from '@causeway/plugins';
import type { Gateway, Hop } from './gateway.js';

/** How long a client may be silent while its body is awaited, ms (wire contract 12). */
const IDLE_MS = 30_000;

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
export async function bufferBody(x: Hop, gateway: Gateway): Promise<Answer | undefined> {
  const body = x.body!;
  if (body.buffered !== null) return undefined;
  const limit = gateway.config.limits.bufferedBodyBytes;
  if (body.length !== null && body.length > limit) return refuse('I413RL');
  const chunks: Buffer[] = [];
  let size = 0;
  const timer = setTimeout(() => body.stream.destroy(new Error('idle')), IDLE_MS);
  try {
    for await (const chunk of body.stream.iterator({ destroyOnReturn: false })) {
      timer.refresh();
      const bytes = chunk as Buffer;
      if (size + bytes.length > limit) return refuse('I413RL');
      if (!gateway.buffers.take(bytes.length)) return refuse('X503BZ');
      size += bytes.length;
      chunks.push(bytes);
    }
  } catch {
    return refuse('I400BD', { Reason: 'it broke off' });
  } finally {
    clearTimeout(timer);
    // A client that went away is done already, and gives back nothing any more.
    if (x.finished) gateway.buffers.give(size);
    else x.bufferedBytes += size;
  }
  body.buffered = Buffer.concat(chunks, size);
  x.requestBytes = size;
  return undefined;
}

/** The most that a body of this request may have, bytes. */
export function bodyLimit(x: Hop, gateway: Gateway): number {
  return Math.min(x.route?.maxBodyBytes ?? Number.POSITIVE_INFINITY, gateway.config.limits.bodyBytes);
}

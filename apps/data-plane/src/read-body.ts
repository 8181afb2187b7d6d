/** Reads whole bodies, for those few cases that need one. */
import { isForm } from '@causeway/contract';
import { type Answer, refuse } from '@causeway/plugins';
import { contentMd5 } from '@causeway/signature';
import { charsetOf, countPairs, formText, MAX_FORM_PAIRS } from './form-text.js';
import type { Gateway, Hop } from './gateway.js';

/** Reads a urlencoded body into `x.form`; other bodies are left alone. */
export async function readForm(x: Hop, gateway: Gateway): Promise<Answer | undefined> {
  if (!isForm(x.head.contentType)) return undefined;
  if ((x.body!.length ?? 0) > bufferLimit(x, gateway)) return refuse('I413RL');
  const charset = charsetOf(x.head.contentType ?? '');
  if (charset === null) return refuse('I400CT', { Reason: 'the charset of a form is UTF-8, ISO-8859-1, GBK or GB18030' });
  const unread = await bufferBody(x, gateway);
  if (unread !== undefined) return unread;
  const bytes = x.body!.buffered!;
  // Sorting them is work that anybody may cause who knows an AppKey, and need not know its secret.
  if (countPairs(bytes) > MAX_FORM_PAIRS) return refuse('I400BD', { Reason: `a form of over ${MAX_FORM_PAIRS} parameters` });
  x.form = formText(bytes, charset);
  return undefined;
}

/** Reads the body into `x.body.buffered`, within the limit of one body and of all together. */
export function bufferBody(x: Hop, gateway: Gateway): Promise<Answer | undefined> | undefined {
  const body = x.body!;
  if (body.buffered !== null) return undefined;
  const limit = bufferLimit(x, gateway);
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
      x.bodyEndMs = performance.now();
      body.buffered = Buffer.concat(chunks, size);
      x.requestBytes = size;
      end(body.contentMd5 === null || isIntact(body.buffered, body.contentMd5) ? undefined : refuse('I400I5'));
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

/** @param signed the Content-MD5 of a signed request; none is right for an empty body (wire contract 2.4) */
function isIntact(body: Buffer, signed: string): boolean {
  return body.length > 0 && contentMd5(body) === signed;
}

/** The most that may be held of a body of this request, bytes. */
function bufferLimit(x: Hop, gateway: Gateway): number {
  return Math.min(gateway.config.limits.bufferedBodyBytes, bodyLimit(x, gateway));
}

/** The most that a body of this request may have, bytes. */
export function bodyLimit(x: Hop, gateway: Gateway): number {
  return Math.min(x.route?.maxBodyBytes ?? Number.POSITIVE_INFINITY, gateway.config.limits.bodyBytes);
}

/** Writes an answer to the client, at the pace of the slower side. */
// hot
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer, BodySource } from '@causeway/plugins';
import { condemn } from './closing.js';
import { debugInfo, isDebugged } from './debug-info.js';
import type { Gateway, Hop } from './gateway.js';
import { recordAnswer } from './record.js';

/** A body of up to this many bytes leaves in one write with the header section. */
const ONE_WRITE_BYTES = 16_384;

/** What `_send` of Node's outgoing messages does since Node 0.1: header section and text in one write, if it is not out yet. */
interface OneWrite {
  _send(text: string, encoding: 'latin1'): boolean;
}

/** What a page on a domain that all groups share must not do is be shown as one (wire contract 11.1). */
const ATTACHMENT = 'attachment; filename=ApiResponseForInnerDomain';

export function send(x: Hop, answer: Answer, req: IncomingMessage, res: ServerResponse, gateway: Gateway): void {
  const { headers } = answer;
  if (res.destroyed || x.finished || res.headersSent) {
    if (answer.body !== null && !Buffer.isBuffer(answer.body)) answer.body.cancel();
    return;
  }
  recordAnswer(x, answer);
  const body = answer.body === null || Buffer.isBuffer(answer.body) ? answer.body : (answer.body.whole() ?? answer.body);
  x.answerStartMs = performance.now();
  x.status = answer.status;
  x.errorCode = answer.errorCode;
  x.errorMessage = answer.errorMessage;
  // What a backend says of the length when it was asked by HEAD, and the client by another method, is not that of this answer.
  if (x.out !== null && x.out.method === 'HEAD' && x.method !== 'HEAD') drop('content-length', headers);
  headers.push('X-Ca-Request-Id', x.initialRequestId);
  if (answer.errorCode !== null) headers.push('X-Ca-Error-Code', answer.errorCode);
  if (answer.errorMessage !== null) headers.push('X-Ca-Error-Message', answer.errorMessage);
  if (answer.cached) headers.push('X-Ca-Caching', 'true');
  if (x.route !== null) {
    if (gateway.config.attachmentHeader && x.listener === 'public' && x.host === x.route.group.publicHost) {
      drop('content-disposition', headers);
      headers.push('Content-Disposition', ATTACHMENT);
    }
    if (isDebugged(x)) headers.push('X-Ca-Debug-Info', debugInfo(x, x.answerStartMs));
  }
  // An unread body is in the way of the next request: rather than read what nobody wants, the connection ends.
  const unread = x.body !== null && !req.complete;
  if (answer.close || unread || gateway.parting) headers.push('Connection', 'close');
  if (answer.close || unread) condemn(req.socket);
  if (body !== null && !Buffer.isBuffer(body)) {
    res.writeHead(answer.status, headers);
    stream(x, body, res);
    return;
  }
  const bodiless = answer.status === 204 || answer.status === 304 || x.method === 'HEAD';
  if (!(bodiless && body !== null) && !hasLength(headers))
    headers.push('Content-Length', String(body === null ? 0 : body.length));
  res.writeHead(answer.status, headers);
  if (body === null || body.length === 0 || bodiless) {
    res.end();
    return;
  }
  x.responseBytes = body.length;
  if (body.length > ONE_WRITE_BYTES) {
    res.end(body);
    return;
  }
  // `end(body)` gathers three pieces, header, body and an empty end; plain proxying took 58 µs with it and 54 without.
  (res as unknown as OneWrite)._send(body.toString('latin1'), 'latin1');
  res.end();
}

/** Hands a body on as it comes. */
function stream(x: Hop, body: BodySource, res: ServerResponse): void {
  res.on('drain', () => body.resume());
  res.on('close', () => {
    if (!res.writableFinished) body.cancel();
  });
  let ended = false;
  body.flow({
    write(chunk) {
      x.responseBytes += chunk.length;
      return res.write(chunk);
    },
    end() {
      ended = true;
      res.end();
    },
    // The status is out already: all that is left to say is that the body is not whole (wire contract 12).
    fail() {
      ended = true;
      res.destroy();
    },
  });
  // A stream of events may begin with a long silence: its client wants to know that it has begun.
  if (x.responseBytes === 0 && !ended) res.flushHeaders();
}

/** @param name lower case */
function drop(name: string, headers: string[]): void {
  let kept = 0;
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i]!.toLowerCase() === name) continue;
    headers[kept++] = headers[i]!;
    headers[kept++] = headers[i + 1]!;
  }
  headers.length = kept;
}

function hasLength(headers: readonly string[]): boolean {
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!;
    if (name.length === 14 && name.toLowerCase() === 'content-length') return true;
  }
  return false;
}

/** Writes an answer to the client. Never throws; settles when the last byte is out or the client is gone. */
// hot
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer, BodySource } from '@causeway/plugins';
import type { Gateway, Hop } from './gateway.js';

export async function send(x: Hop, answer: Answer, req: IncomingMessage, res: ServerResponse, gateway: Gateway): Promise<void> {
  x.status = answer.status;
  x.errorCode = answer.errorCode;
  x.errorMessage = answer.errorMessage;
  const body = answer.body === null || Buffer.isBuffer(answer.body) ? answer.body : (answer.body.whole() ?? answer.body);
  if (res.destroyed || res.socket === null) {
    gone(x, body);
    return;
  }
  const { headers } = answer;
  headers.push('X-Ca-Request-Id', x.initialRequestId);
  if (answer.errorCode !== null) headers.push('X-Ca-Error-Code', answer.errorCode);
  if (answer.errorMessage !== null) headers.push('X-Ca-Error-Message', answer.errorMessage);
  // An unread body is in the way of the next request: rather than read what nobody wants, the connection ends.
  if (answer.close || gateway.draining || (x.body !== null && !req.complete)) headers.push('Connection', 'close');
  if (body === null || Buffer.isBuffer(body)) {
    const bodiless = answer.status === 204 || answer.status === 304 || (x.method === 'HEAD' && body !== null);
    if (!bodiless && !hasLength(headers)) headers.push('Content-Length', String(body === null ? 0 : body.length));
    res.writeHead(answer.status, headers);
    if (body === null || body.length === 0 || x.method === 'HEAD') res.end();
    else {
      x.responseBytes = body.length;
      res.end(body);
    }
    if (!res.writableFinished) await finished(res);
    if (res.destroyed && !res.writableFinished) gone(x, null);
    return;
  }
  res.writeHead(answer.status, headers);
  await stream(x, body, res);
}

/** Hands a body on as it comes, at the pace of the slower side. */
function stream(x: Hop, body: BodySource, res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    res.on('drain', () => body.resume());
    res.on('close', () => {
      if (!res.writableFinished) gone(x, body);
      resolve();
    });
    body.flow({
      write(chunk) {
        x.responseBytes += chunk.length;
        return res.write(chunk);
      },
      end() {
        res.end();
      },
      // The status is out already: all that is left to say is that the body is not whole (wire contract 12).
      fail(reason) {
        x.errorCode ??= 'D504TO';
        x.errorMessage ??= reason.message;
        res.destroy();
      },
    });
  });
}

function finished(res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    res.once('finish', resolve);
    res.once('close', resolve);
  });
}

/** The client went away: only the log hears of it (N502RE). */
function gone(x: Hop, body: Answer['body']): void {
  x.errorCode = 'N502RE';
  x.errorMessage = 'Client connection closed';
  if (body !== null && !Buffer.isBuffer(body)) body.cancel();
}

function hasLength(headers: readonly string[]): boolean {
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!;
    if (name.length === 14 && name.toLowerCase() === 'content-length') return true;
  }
  return false;
}

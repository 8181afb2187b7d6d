/** Answers bytes that Node's parser refuses, with the gateway's own headers. */
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { refuse } from '@causeway/plugins';

/** Llhttp's names for messages that are too large; all else is malformed. */
const OVERFLOW = 'HPE_HEADER_OVERFLOW';
const TIMEOUT = 'ERR_HTTP_REQUEST_TIMEOUT';

export function answerParserError(error: NodeJS.ErrnoException, socket: Socket): void {
  // Too slow, or gone: there is nobody to answer, or nothing to answer to (wire contract 12).
  if (error.code === 'ECONNRESET' || error.code === TIMEOUT || !socket.writable) {
    socket.destroy();
    return;
  }
  const reason = error.code === OVERFLOW ? 'section too large' : `malformed message ${error.code ?? ''}`;
  const { status, errorCode, errorMessage } = refuse('I400HD', { HeaderName: '', Reason: reason });
  socket.end(
    `HTTP/1.1 ${status} Bad Request\r\nX-Ca-Request-Id: ${randomUUID().toUpperCase()}\r\n` +
      `X-Ca-Error-Code: ${errorCode}\r\nX-Ca-Error-Message: ${errorMessage}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    'latin1',
  );
}

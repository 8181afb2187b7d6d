/** Answers bytes that Node's parser refuses, with the gateway's own headers. */
import type { Socket } from 'node:net';
import { type Answer, refuse } from '@causeway/plugins';
import { answerOnSocket } from './answer-on-socket.js';
import { answerOn } from './closing.js';

export function answerParserError(error: NodeJS.ErrnoException, socket: Socket): void {
  // Answered before; the parser complains again of what still comes.
  if (socket.writableEnded) return;
  // Too slow, or gone: there is nobody to answer, or nothing to answer to (wire contract 12). And an answer that began must not
  // go on with the head of another one.
  if (error.code === 'ECONNRESET' || error.code === 'ERR_HTTP_REQUEST_TIMEOUT' || answerOn(socket)?.headersSent) {
    socket.destroy();
    return;
  }
  answerOnSocket(socket, refusalFor(error.code ?? ''), '');
}

/** @param code llhttp's name for what is wrong */
function refusalFor(code: string): Answer {
  if (code === 'HPE_INVALID_METHOD') return refuse('I405UM', { Reason: 'not known' });
  if (code === 'HPE_INVALID_URL') return refuse('I400RU', { Reason: 'malformed' });
  const reason = code === 'HPE_HEADER_OVERFLOW' ? 'section too large' : `malformed message ${code}`;
  return refuse('I400HD', { HeaderName: '', Reason: reason });
}

/** Answers bytes that Node's parser refuses, with the gateway's own headers. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Answer, refuse } from '@causeway/plugins';
import { answerOnSocket } from './answer-on-socket.js';

/** The socket's own note of the response that is being written to it. */
type Answering = Socket & { readonly _httpMessage?: ServerResponse | null };

export function answerParserError(error: NodeJS.ErrnoException, socket: Answering): void {
  // Answered before; the parser complains again of what still comes.
  if (socket.writableEnded) return;
  // Too slow, or gone: there is nobody to answer, or nothing to answer to (wire contract 12). And an answer that began must not
  // go on with the head of another one.
  if (error.code === 'ECONNRESET' || error.code === 'ERR_HTTP_REQUEST_TIMEOUT' || socket._httpMessage?.headersSent) {
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

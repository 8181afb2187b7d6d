/** Answers, logs and counts what Node's parser refuses: bytes that never became a request, and bodies that cannot be read on. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type Answer, Exchange, Head, type Listener, refuse } from '@causeway/plugins';
import { answerOnSocket } from './answer-on-socket.js';
import { condemn, isCondemned } from './closing.js';
import type { Gateway, Hop } from './gateway.js';
import { onceIdle } from './idle-connections.js';
import { peerOf } from './to-hop.js';

/** What the parser says of the piece it was reading. */
interface ParserError extends NodeJS.ErrnoException {
  readonly rawPacket?: Buffer;
  readonly bytesParsed?: number;
  readonly reason?: string;
}

/** The parser's own note of the message whose body it is reading. */
type Parsed = Socket & { readonly parser?: { readonly incoming: IncomingMessage | null } | null };

/** Requests whose body is still to be read, with what refuses them. */
const reading = new WeakMap<IncomingMessage, (refused: Answer) => void>();

/** @param refuse called when the rest of the body turns out to be malformed */
export function whileReading(req: IncomingMessage, refuse: (refused: Answer) => void): void {
  reading.set(req, refuse);
}

export function receiveMalformed(listener: Listener, error: ParserError, socket: Parsed, gateway: Gateway): void {
  const code = error.code ?? '';
  // What comes after the last request is not looked at.
  if (socket.writableEnded || code === 'HPE_CLOSED_CONNECTION') return;
  // Too slow, or gone: there is nobody to answer, or nothing to answer to (wire contract 12).
  if (!code.startsWith('HPE_')) {
    socket.destroy();
    return;
  }
  const incoming = socket.parser?.incoming ?? null;
  // It stays there until the next head is whole.
  const refuseBody = incoming === null || incoming.complete ? undefined : reading.get(incoming);
  if (refuseBody !== undefined) {
    // Who ends in the middle of a body went away: nobody can tell it from one that only stopped sending (wire contract 6 rule 6).
    if (code === 'HPE_INVALID_EOF_STATE') socket.destroy();
    else refuseBody(refuse('I400BD', { Reason: `malformed ${code}` }));
    return;
  }
  // Answered before; the parser complains again of what still comes.
  if (!isCondemned(socket)) refuseOnSocket(nameless(listener, socket), refusalFor(code, error), socket, gateway);
}

/** Refuses where there is no response to write to. Answers that are due before it on the connection go first. */
export function refuseOnSocket(x: Hop, refused: Answer, socket: Socket, gateway: Gateway): void {
  condemn(socket);
  x.requestId = randomUUID().toUpperCase();
  x.initialRequestId = x.requestId;
  x.status = refused.status;
  x.errorCode = refused.errorCode;
  x.errorMessage = refused.errorMessage;
  gateway.done(x);
  onceIdle(socket, () => {
    if (!socket.destroyed && !socket.writableEnded) answerOnSocket(socket, refused, x.requestId);
  });
}

/** A request of which nothing is known but where it came from. */
function nameless(listener: Listener, socket: Socket): Hop {
  const head = new Head([]);
  return new Exchange(listener, '', '', head, '', peerOf(socket), 'http', null, Date.now(), performance.now(), null);
}

/** @param code llhttp's name for what is wrong */
function refusalFor(code: string, error: ParserError): Answer {
  switch (code) {
    case 'HPE_INVALID_METHOD':
      return refuse('I405UM', { Reason: 'not known' });
    case 'HPE_INVALID_URL':
    case 'HPE_INVALID_CONSTANT':
    case 'HPE_PAUSED_H2_UPGRADE':
      return refuse('I400RU', { Reason: `malformed request line ${code}` });
    case 'HPE_INVALID_VERSION':
      // The version was fine, its line end was not.
      if (/CRLF/.test(error.reason ?? '')) return refuse('I400HD', { HeaderName: '', Reason: 'malformed line end' });
      return refuse('I400RU', { Reason: 'HTTP version' });
    case 'HPE_HEADER_OVERFLOW':
      return isTargetTooLong(error) ? refuse('I413UL') : refuse('I400HD', { HeaderName: '', Reason: 'section too large' });
    default:
      return refuse('I400HD', { HeaderName: '', Reason: `malformed message ${code}` });
  }
}

/** It can be told when the line that was too much begins in the last piece: only a request line has a blank before any colon. */
function isTargetTooLong({ rawPacket, bytesParsed }: ParserError): boolean {
  if (rawPacket === undefined) return false;
  const end = bytesParsed ?? rawPacket.length;
  const line = rawPacket.lastIndexOf(0x0a, end - 1) + 1;
  return /^[A-Z]+ /.test(rawPacket.toString('latin1', line, line + 32));
}

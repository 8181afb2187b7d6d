/** Answers on a bare socket, where there is no response of Node's server to write to, and ends the connection. */
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Answer } from '@causeway/plugins';
import { linger } from './closing.js';

/** @param requestId empty: there is no request; the answer gets an id of its own */
export function answerOnSocket(socket: Socket, answer: Answer, requestId: string): void {
  const body = Buffer.isBuffer(answer.body) ? answer.body : Buffer.alloc(0);
  const headers = [...answer.headers, 'X-Ca-Request-Id', requestId === '' ? randomUUID().toUpperCase() : requestId];
  if (answer.errorCode !== null) headers.push('X-Ca-Error-Code', answer.errorCode);
  if (answer.errorMessage !== null) headers.push('X-Ca-Error-Message', answer.errorMessage);
  headers.push('Content-Length', String(body.length), 'Connection', 'close');
  let text = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}\r\n`;
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`;
  socket.write(Buffer.concat([Buffer.from(`${text}\r\n`, 'latin1'), body]));
  linger(socket);
}

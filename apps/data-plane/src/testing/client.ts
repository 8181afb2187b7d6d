/** A client that writes exactly the bytes it is told to. */
import { connect } from 'node:net';
import { HOST } from './snapshot.js';
import { type Message, Wire } from './wire.js';

export function dial(port: number): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true }, () => resolve(new Wire(socket)));
    socket.once('error', reject);
  });
}

/** Sends one request on a connection of its own and reads the answer. */
export async function ask(port: number, text: string): Promise<Message> {
  const wire = await dial(port);
  wire.send(text);
  const answer = await wire.message(text.startsWith('HEAD '));
  wire.socket.destroy();
  return answer;
}

/** A request to the group's public domain; `lines` are more header lines. */
export function get(target: string, lines: readonly string[] = [], host = HOST): string {
  return `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
}

export function post(target: string, body: string, lines: readonly string[] = [], host = HOST): string {
  const more = lines.map((line) => `${line}\r\n`).join('');
  return `POST ${target} HTTP/1.1\r\nHost: ${host}\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;
}

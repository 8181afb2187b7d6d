/** A backend that reads with the strict reader, writes down what it read, and answers 200. */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { readRequests, type StrictRequest } from './strict-reader.js';

export interface RecordingBackend {
  readonly address: string;
  /** What was read since the last look. */
  take(): readonly StrictRequest[];
  /** What a strict reader could not read. */
  readonly malformed: readonly string[];
  close(): Promise<void>;
}

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nread';
const HEAD_ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n';

/** @param answer what GET and the like get */
export async function startRecordingBackend(answer = ANSWER): Promise<RecordingBackend> {
  let read: StrictRequest[] = [];
  const malformed: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    let waiting = '';
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (piece: Buffer) => {
      waiting += piece.toString('latin1');
      const { requests, rest, reason, used } = readRequests(waiting);
      if (rest === 'malformed') {
        malformed.push(`${reason}: ${JSON.stringify(waiting.slice(used, used + 200))}`);
        socket.destroy();
        return;
      }
      waiting = waiting.slice(used);
      for (const request of requests) {
        read.push(request);
        socket.write(request.method === 'HEAD' ? HEAD_ANSWER : answer);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take() {
      const taken = read;
      read = [];
      return taken;
    },
    malformed,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

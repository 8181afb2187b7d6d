/** A backend on a plain socket: it keeps every request byte for byte, so that nothing is tidied up by an HTTP library. */
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface RawBackend {
  readonly port: number;
  /** Head and body of each request so far. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** `answer` is the body of every answer. */
export async function startRawBackend(answer = 'ok'): Promise<RawBackend> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let pending = '';
    socket.on('data', (chunk) => {
      pending += chunk.toString('latin1');
      for (let end = endOfRequest(pending); end > 0; end = endOfRequest(pending)) {
        requests.push(pending.slice(0, end));
        pending = pending.slice(end);
        socket.write(
          `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(answer)}\r\n\r\n${answer}`,
        );
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Where the first request ends, or 0 while it is not complete. */
function endOfRequest(text: string): number {
  const headEnd = text.indexOf('\r\n\r\n') + 4;
  if (headEnd < 4) return 0;
  const head = text.slice(0, headEnd);
  if (/^transfer-encoding:/im.test(head)) {
    const last = text.indexOf('0\r\n\r\n', headEnd);
    return last < 0 ? 0 : last + 5;
  }
  const end = headEnd + Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  return text.length >= end ? end : 0;
}

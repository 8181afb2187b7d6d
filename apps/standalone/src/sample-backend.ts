/** A backend that answers with the request it received: request line and headers as they stood on the wire, then the body. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What is kept of a body; the rest is read and counted, so that a large upload costs no memory. */
const KEPT_BODY_BYTES = 1024 * 1024;

export interface SampleBackend {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on `port` of `host`; port 0 takes a free one. */
export async function startSampleBackend(port = 0, host = '127.0.0.1'): Promise<SampleBackend> {
  const server = createServer({ maxHeaderSize: 64 * 1024, keepAliveTimeout: 60_000 }, (request, response) => {
    readBody(request, (body) => {
      response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
      response.end(Buffer.concat([headOf(request), body]));
    });
  });
  // 0: every header line is shown, so none may be dropped silently.
  server.maxHeadersCount = 0;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return { port: (server.address() as AddressInfo).port, close: () => closeServer(server) };
}

/** Header values are bytes that Node hands over as Latin-1: written back the same way they are the same bytes again. */
function headOf(request: IncomingMessage): Buffer {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  for (let i = 0; i < request.rawHeaders.length; i += 2) lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

function readBody(request: IncomingMessage, done: (body: Buffer) => void): void {
  const kept: Buffer[] = [];
  let keptBytes = 0;
  let totalBytes = 0;
  request.on('data', (chunk: Buffer) => {
    totalBytes += chunk.length;
    const part = chunk.subarray(0, KEPT_BODY_BYTES - keptBytes);
    keptBytes += part.length;
    if (part.length > 0) kept.push(part);
  });
  request.on('end', () => {
    if (totalBytes > keptBytes) kept.push(Buffer.from(`\r\n[${totalBytes - keptBytes} more bytes]\r\n`));
    done(Buffer.concat(kept));
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

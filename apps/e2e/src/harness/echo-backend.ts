/** A backend that answers with what it was asked, as JSON, so that an answer itself shows what reached its backend. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface EchoBackend {
  readonly name: string;
  readonly port: number;
  close(): Promise<void>;
}

/** What an answer holds. Names of headers are in lower case; of a query and of headers that come again, all values are joined. */
export interface Echo {
  readonly backend: string;
  readonly line: string;
  readonly query: Record<string, string>;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** A path that ends in `/status/<code>` is answered with that status. */
export async function startEchoBackend(name: string): Promise<EchoBackend> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const echo = echoOf(name, request, Buffer.concat(chunks).toString('utf8'));
    const status = /\/status\/(\d{3})$/.exec(request.url ?? '')?.[1] ?? '200';
    response.writeHead(Number(status), { 'Content-Type': 'application/json' }).end(JSON.stringify(echo));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    name,
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function echoOf(backend: string, { method, url = '', headersDistinct }: IncomingMessage, body: string): Echo {
  const query: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(url.split('?')[1])) {
    query[name] = name in query ? `${query[name]}, ${value}` : value;
  }
  const headers = Object.fromEntries(Object.entries(headersDistinct).map(([name, values]) => [name, (values ?? []).join(', ')]));
  return { backend, line: `${method} ${url}`, query, headers, body };
}

/** A backend that does with each connection what the spec says, byte by byte. */
import { type AddressInfo, createServer } from 'node:net';
import { type Message, Wire } from './wire.js';

export interface Backend {
  readonly port: number;
  /** `http://127.0.0.1:<port>`, as a definition names it. */
  readonly address: string;
  /** Connections so far. */
  readonly connections: readonly Wire[];
  /** Requests read by `answering`, in order of arrival. */
  readonly requests: Message[];
  close(): Promise<void>;
}

export type Behaviour = (wire: Wire, backend: Backend, connection: number) => unknown;

export async function startBackend(behave: Behaviour): Promise<Backend> {
  const connections: Wire[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const wire = new Wire(socket);
    connections.push(wire);
    void (async () => {
      try {
        await behave(wire, backend, connections.length - 1);
      } catch (error) {
        if (!wire.ended && !wire.closed) throw error;
        socket.destroy();
      }
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const backend: Backend = {
    port,
    address: `http://127.0.0.1:${port}`,
    connections,
    requests: [],
    close() {
      for (const { socket } of connections) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return backend;
}

/** Answers every request with the same text, on kept connections. */
export function answering(text: string | ((request: Message) => string)): Behaviour {
  return async (wire, backend) => {
    for (;;) {
      const request = await wire.message();
      backend.requests.push(request);
      wire.send(typeof text === 'string' ? text : text(request));
    }
  };
}

/** A plain answer with a length. */
export function ok(body: string, lines: readonly string[] = []): string {
  return `HTTP/1.1 200 OK\r\n${lines.map((line) => `${line}\r\n`).join('')}Content-Length: ${body.length}\r\n\r\n${body}`;
}

/** Sends requests to a port of loopback under whatever Host a story wants, and keeps the answer as it came. */
import { Agent, request } from 'node:http';

export interface Sent {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

export interface Message {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  /** For a client that is told apart by its connections. */
  readonly agent?: Agent;
  readonly signal?: AbortSignal;
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** `target` is what stands in the request line: a path, or a whole URL for the absolute form. */
export function send(port: number, host: string, target: string, message: Message = {}): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        agent: message.agent ?? agent,
        host: '127.0.0.1',
        port,
        path: target,
        method: message.method ?? 'GET',
        ...(message.signal ? { signal: message.signal } : {}),
        headers: { Host: host, ...message.headers },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks).toString('utf8') });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(message.body);
  });
}

/** Status and error code in one value, the way refusals are compared. */
export function verdict({ status, headers }: Sent): string {
  return `${status} ${headers['x-ca-error-code'] ?? '-'}`;
}

/** One end of a TCP connection that reads HTTP messages as bytes; nothing is normalised, one character stands for one byte. */
import type { Socket } from 'node:net';

export interface Message {
  /** Request line or status line. */
  readonly start: string;
  /** `Name: value` lines as they came. */
  readonly lines: readonly string[];
  readonly body: string;
  /** The whole message. */
  readonly text: string;
}

export class Wire {
  /** What came and was not read yet. */
  received = '';
  /** The other side ended its half. */
  ended = false;
  closed = false;
  error: Error | null = null;
  private waiting: Array<() => void> = [];

  constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.received += chunk.toString('latin1');
      this.wake();
    });
    socket.on('end', () => {
      this.ended = true;
      this.wake();
    });
    socket.on('close', () => {
      this.closed = true;
      this.wake();
    });
    socket.on('error', (error) => {
      this.error = error;
    });
  }

  send(text: string): void {
    this.socket.write(text, 'latin1');
  }

  /** Settles when nothing more will come. */
  async end(): Promise<void> {
    while (!this.ended && !this.closed) await this.more();
  }

  /** Reads up to the end of the connection. */
  async rest(): Promise<string> {
    await this.end();
    return this.take(this.received.length);
  }

  async bytes(count: number): Promise<string> {
    while (this.received.length < count) await this.moreOrFail();
    return this.take(count);
  }

  async through(mark: string): Promise<string> {
    while (!this.received.includes(mark)) await this.moreOrFail();
    return this.take(this.received.indexOf(mark) + mark.length);
  }

  /** Reads one message with its body. @param headOnly the answer to a HEAD, or only the header section is wanted */
  async message(headOnly = false): Promise<Message> {
    const head = await this.through('\r\n\r\n');
    const [start = '', ...lines] = head.slice(0, -4).split('\r\n');
    const status = /^HTTP\/\S+ (\d+)/.exec(start)?.[1];
    const bodiless = headOnly || status === '204' || status === '304' || status?.startsWith('1');
    const raw = bodiless ? '' : await this.rawBody(lines, status !== undefined);
    const chunked = headerOf(lines, 'transfer-encoding') === 'chunked';
    return { start, lines, body: chunked ? joinChunks(raw) : raw, text: head + raw };
  }

  /** The next byte, the end or the close. */
  private more(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private wake(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const each of waiting) each();
  }

  private async moreOrFail(): Promise<void> {
    if (this.ended || this.closed) throw new Error(`the connection ended at: ${JSON.stringify(this.received)}`);
    await this.more();
  }

  private take(count: number): string {
    const text = this.received.slice(0, count);
    this.received = this.received.slice(count);
    return text;
  }

  private async rawBody(lines: readonly string[], isResponse: boolean): Promise<string> {
    if (headerOf(lines, 'transfer-encoding') === 'chunked') {
      let raw = '';
      for (;;) {
        const size = await this.through('\r\n');
        const length = Number.parseInt(size, 16);
        raw += size + (await this.bytes(length + 2));
        if (length === 0) return raw;
      }
    }
    const length = headerOf(lines, 'content-length');
    if (length !== undefined) return this.bytes(Number(length));
    return isResponse ? this.rest() : '';
  }
}

/** The value of the first line with a name, in any letter case. */
export function headerOf(lines: readonly string[], name: string): string | undefined {
  return lines.find((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}: `))?.slice(name.length + 2);
}

function joinChunks(raw: string): string {
  let body = '';
  for (let at = 0; ; ) {
    const end = raw.indexOf('\r\n', at);
    const length = Number.parseInt(raw.slice(at, end), 16);
    if (length === 0) return body;
    body += raw.slice(end + 2, end + 2 + length);
    at = end + 2 + length + 2;
  }
}

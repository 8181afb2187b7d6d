/** Reads the body of an answer without losing it. */
import type { Answer, BodySink, BodySource } from './answer.js';

/**
 * The whole body, when it has at most `maxBytes`; else null, and it goes on to the client as it comes. Either way `answer.body`
 * is what the client is to get: what was read is in it. A body that breaks off counts as too long, and breaks off there too.
 */
export function readAnswerBody(answer: Answer, maxBytes: number): Buffer | null | Promise<Buffer | null> {
  const { body } = answer;
  if (body === null) return Buffer.alloc(0);
  const whole = Buffer.isBuffer(body) ? body : body.whole();
  if (whole !== null) {
    answer.body = whole;
    return whole.length <= maxBytes ? whole : null;
  }
  return new Promise((resolve) => {
    const peeked = new Peeked(body as BodySource, maxBytes, (read) => {
      answer.body = read ?? peeked;
      resolve(read);
    });
    peeked.start();
  });
}

/** Collects a body's beginning; once that is too long it hands on all of it, and then what comes. */
class Peeked implements BodySource, BodySink {
  private chunks: Buffer[] = [];
  private length = 0;
  private told = false;
  private ended = false;
  private failure: Error | null = null;
  private sink: BodySink | null = null;

  constructor(
    private readonly source: BodySource,
    private readonly maxBytes: number,
    private readonly tell: (read: Buffer | null) => void,
  ) {}

  start(): void {
    this.source.flow(this);
  }

  write(chunk: Buffer): boolean {
    if (this.sink !== null) return this.sink.write(chunk);
    this.chunks.push(chunk);
    this.length += chunk.length;
    if (this.length <= this.maxBytes) return true;
    this.settle(null);
    return false;
  }

  end(): void {
    this.ended = true;
    if (this.sink !== null) this.sink.end();
    else this.settle(Buffer.concat(this.chunks));
  }

  fail(reason: Error): void {
    this.failure = reason;
    if (this.sink !== null) this.sink.fail(reason);
    else this.settle(null);
  }

  whole(): Buffer | null {
    return null;
  }

  flow(sink: BodySink): void {
    let ready = true;
    for (const chunk of this.chunks) ready = sink.write(chunk);
    this.chunks = [];
    this.sink = sink;
    if (this.failure !== null) sink.fail(this.failure);
    else if (this.ended) sink.end();
    else if (ready) this.source.resume();
  }

  resume(): void {
    this.source.resume();
  }

  cancel(): void {
    this.source.cancel();
  }

  private settle(read: Buffer | null): void {
    if (this.told) return;
    this.told = true;
    this.tell(read);
  }
}

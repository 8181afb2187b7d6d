/** What a log may show of a message, kept while the message passes. */
// hot

/** Of a body, bytes (management model 2.17). */
export const RECORDED_BYTES = 1024;

const NOTHING = Buffer.alloc(0);

/** The first bytes of a body. They are copied: a piece from a socket is part of something larger, which would stay with it. */
export class BodyStart {
  bytes: Buffer = NOTHING;
  private seen = 0;
  private ended = false;

  static of(body: Buffer): BodyStart {
    const start = new BodyStart();
    start.takeAll(body);
    return start;
  }

  take(chunk: Buffer): void {
    const room = RECORDED_BYTES - this.seen;
    this.seen += chunk.length;
    if (room > 0) this.bytes = Buffer.concat([this.bytes, chunk.subarray(0, room)]);
  }

  takeAll(body: Buffer): void {
    if (this.seen === 0) this.take(body);
    this.end();
  }

  /** There was no more. */
  end(): void {
    this.ended = true;
  }

  /** True unless all of the body is here. One that broke off may have been longer. */
  get isCut(): boolean {
    return !this.ended || this.seen > RECORDED_BYTES;
  }
}

/** An answer as it left a hop, before another one in the same process changed it. */
export class RecordedAnswer {
  /** @param headers name, value, name, value */
  constructor(
    readonly headers: readonly string[],
    readonly body: BodyStart | null,
  ) {}
}

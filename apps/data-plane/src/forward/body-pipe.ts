/** Passes a client's body on, counts it, and ends when the client is silent for too long, sends too much, or not what was signed. */
import { createHash, type Hash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import type { BodyStart } from '@causeway/plugins';
import type { Hop } from '../gateway.js';
import { startRequestBody } from '../record.js';

export class BodyTooLarge extends Error {}
export class BodyBroken extends Error {}
/** It is not what the Content-MD5 of a signed request says. */
export class BodyAltered extends Error {}

/**
 * Stands between the client's request and the upstream client, which destroys what it sends when a call fails: the client's
 * connection must outlive that, to carry the answer.
 */
export class BodyPipe extends Transform {
  problem: Error | null = null;
  /** The Content-MD5 that a signed request gave; null: none to compare with. */
  private readonly signed: string | null;
  private readonly hash: Hash | null;
  /**
   * The last piece that came, kept back while there is a Content-MD5 to compare: so a backend never has all of a body that is not
   * what was signed (wire contract 2.4).
   */
  private held: Buffer | null = null;
  /** What the access log is to have of it; null: nothing. */
  private readonly start: BodyStart | null;
  private readonly timer: NodeJS.Timeout;
  private readonly source: NonNullable<Hop['body']>['stream'];
  private readonly onClose = () => this.break(new BodyBroken('it broke off'));

  constructor(
    private readonly x: Hop,
    private readonly limitBytes: number,
    idleMs: number,
  ) {
    super();
    const { stream, contentMd5 } = x.body!;
    this.source = stream;
    this.signed = contentMd5;
    this.hash = contentMd5 === null ? null : createHash('md5');
    this.start = startRequestBody(x);
    this.timer = setTimeout(() => this.onIdle(), idleMs);
    this.source.on('error', this.onClose);
    this.source.pipe(this);
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.timer.refresh();
    this.x.requestBytes += chunk.length;
    this.start?.take(chunk);
    if (this.x.requestBytes > this.limitBytes) this.break(new BodyTooLarge());
    else if (this.hash === null) done(null, chunk);
    else {
      this.hash.update(chunk);
      const before = this.held;
      this.held = chunk;
      done(null, before ?? undefined);
    }
  }

  /** All of it came: what follows is up to the backend. */
  override _flush(done: TransformCallback): void {
    clearTimeout(this.timer);
    this.x.bodyEndMs = performance.now();
    this.start?.end();
    if (this.hash === null) done();
    else if (this.held !== null && this.hash.digest('base64') === this.signed) done(null, this.held);
    else this.break(new BodyAltered());
  }

  /** Nothing more is wanted of the client's body. */
  release(): void {
    clearTimeout(this.timer);
    this.source.unpipe(this);
    this.source.off('error', this.onClose);
  }

  /** A client that waits for the backend to read is not silent. */
  private onIdle(): void {
    if (this.writableNeedDrain) this.timer.refresh();
    else this.break(new BodyBroken('the client was silent for too long'));
  }

  private break(problem: Error): void {
    this.problem = problem;
    this.release();
    this.destroy(problem);
  }
}

/** Passes a client's body on, counts it, and ends when the client is silent for too long or sends too much. */
import { Transform, type TransformCallback } from 'node:stream';
import type { Hop } from '../gateway.js';

export class BodyTooLarge extends Error {}
export class BodyBroken extends Error {}

/**
 * Stands between the client's request and the upstream client, which destroys what it sends when a call fails: the client's
 * connection must outlive that, to carry the answer.
 */
export class BodyPipe extends Transform {
  problem: Error | null = null;
  private readonly timer: NodeJS.Timeout;
  private readonly source: NonNullable<Hop['body']>['stream'];
  private readonly onClose = () => this.break(new BodyBroken('it broke off'));

  constructor(
    private readonly x: Hop,
    private readonly limitBytes: number,
    idleMs: number,
  ) {
    super();
    this.source = x.body!.stream;
    this.timer = setTimeout(() => this.onIdle(), idleMs);
    this.source.on('error', this.onClose);
    this.source.pipe(this);
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.timer.refresh();
    this.x.requestBytes += chunk.length;
    if (this.x.requestBytes > this.limitBytes) this.break(new BodyTooLarge());
    else done(null, chunk);
  }

  /** All of it came: what follows is up to the backend. */
  override _flush(done: TransformCallback): void {
    clearTimeout(this.timer);
    done();
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

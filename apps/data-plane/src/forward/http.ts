/** One call to a server: sends the request, hands on the answer as it comes. */
// hot
import { Answer, type BodySink, type BodySource, type Outgoing, refuse } from '@causeway/plugins';
import type { Dispatcher } from 'undici';
import { exceptionText } from '../exception-text.js';
import type { Gateway, Hop } from '../gateway.js';
import { bodyLimit } from '../read-body.js';
import { noteTimeout } from './always-on.js';
import { fromBackend } from './answer-headers.js';
import { BodyPipe } from './body-pipe.js';
import type { Timed } from './deadlines.js';
import { type StreamTimes, streamTimes } from './event-stream.js';
import { Deadline, NoConnection, refusalFor } from './refusal-for.js';
import type { Server } from './servers.js';
import type { Upstream, Upstreams } from './upstreams.js';

/** Methods that may be sent a second time (wire contract 6 rule 4). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']);
/** Bytes of an answer that wait here for its receiver. */
const MAX_WAITING_BYTES = 65_536;

/**
 * @param passErrors true when the server is a gateway whose error headers are passed on
 * @param vouch adds the hop token; called anew for a second attempt
 */
export function callHttp(
  x: Hop,
  out: Outgoing,
  server: Server,
  upstreams: Upstreams,
  gateway: Gateway,
  passErrors: boolean,
  vouch?: () => void,
): Answer | Promise<Answer> {
  const upstream = upstreams.of(server);
  if (upstream.illegal) return refuse('D504IL');
  if (upstream.full) return refuse('D503BB');
  // The client left while it was judged: nobody will read this.
  if (x.tree.gone) return refuse('X503BZ');
  return new Promise((resolve) => {
    new Call(x, out, upstream, gateway, passErrors, vouch ?? null, resolve).start();
  });
}

/** Undici's handler with raw headers: its newer form builds an object of them for every call. */
class Call implements BodySource, Timed {
  untilMs: number;
  place = -1;
  /** Set while an event stream comes. */
  private times: StreamTimes | null = null;
  private abort: ((reason?: Error) => void) | null = null;
  private resumeUpstream: (() => void) | null = null;
  private pipe: BodyPipe | null = null;
  private begun = false;
  private answered = false;
  /** A 304 may give the length of the body it does not have; undici takes that for an answer cut short. */
  private notModified = false;
  private ended = false;
  private failure: Error | null = null;
  private gaveUp: Error | null = null;
  private attempts = 0;
  private chunks: Buffer[] = [];
  private waitingBytes = 0;
  private sink: BodySink | null = null;

  constructor(
    private readonly x: Hop,
    private readonly out: Outgoing,
    private readonly upstream: Upstream,
    private readonly gateway: Gateway,
    private readonly passErrors: boolean,
    private readonly vouch: (() => void) | null,
    private readonly resolve: (answer: Answer) => void,
  ) {
    this.untilMs = x.deadlineMs;
  }

  start(): void {
    const { x, upstream } = this;
    upstream.running++;
    this.gateway.deadlines.add(this);
    x.upstreamAddress = upstream.address;
    x.tree.call = this;
    this.send();
  }

  private send(): void {
    const { out } = this;
    this.attempts++;
    this.vouch?.();
    out.headers.push('Host', out.host);
    const { serverName } = this.upstream;
    const options = { path: out.target, method: out.method, headers: out.headers, body: this.body(), servername: serverName };
    this.upstream.pool.dispatch(options as unknown as Dispatcher.DispatchOptions, this as unknown as Dispatcher.DispatchHandler);
  }

  private body(): Buffer | BodyPipe | null {
    const { x, out } = this;
    if (out.body === 'rebuilt') return Buffer.from(out.form ?? '', 'latin1');
    if (out.body === 'none' || x.body === null) return null;
    if (x.body.buffered !== null) return x.body.buffered;
    if (x.body.length !== null) out.headers.push('Content-Length', String(x.body.length));
    this.pipe = new BodyPipe(x, bodyLimit(x, this.gateway), this.gateway.config.waits.bodyIdleMs);
    return this.pipe;
  }

  // What undici calls.

  onConnect(abort: (reason?: Error) => void): void {
    this.abort = abort;
    this.x.upstreamConnectMs = performance.now();
    if (this.gaveUp !== null) abort(this.gaveUp);
  }

  onRequestSent(): void {
    if (this.out.body !== 'none') this.x.upstreamSentMs = performance.now();
  }

  onResponseStarted(): void {
    this.begun = true;
  }

  onHeaders(status: number, headers: Buffer[], resume: () => void): boolean {
    if (status < 200) return true;
    this.x.upstreamHeadMs = performance.now();
    this.resumeUpstream = resume;
    const answer = new Answer(status, [], this);
    answer.fromBackend = true;
    fromBackend(headers, answer, this.x, this.passErrors);
    this.times = streamTimes(this.x, answer);
    if (this.times !== null) this.stirred(this.times);
    this.answered = true;
    this.notModified = status === 304;
    this.resolve(answer);
    return true;
  }

  onData(chunk: Buffer): boolean {
    if (this.times !== null) this.stirred(this.times);
    if (this.sink !== null) return this.sink.write(chunk);
    this.chunks.push(chunk);
    this.waitingBytes += chunk.length;
    return this.waitingBytes < MAX_WAITING_BYTES;
  }

  onComplete(): void {
    this.x.upstreamEndMs = performance.now();
    this.finish();
    this.ended = true;
    this.sink?.end();
  }

  onError(error: Error): void {
    if (this.ended || this.failure !== null) return;
    if (this.notModified && (error as { code?: string }).code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') {
      this.onComplete();
      return;
    }
    if (this.maySendAgain(error)) {
      const { out, x } = this;
      this.abort = null;
      out.headers.length = out.unsigned;
      x.route!.sign?.(x, out);
      this.send();
      return;
    }
    this.finish();
    this.failure = this.gaveUp ?? error;
    if (this.answered) {
      this.note(this.failure);
      this.sink?.fail(this.failure);
    } else this.settle(this.failure);
  }

  // What the receiver of the answer calls.

  whole(): Buffer | null {
    if (!this.ended) return null;
    return this.chunks.length === 1 ? this.chunks[0]! : Buffer.concat(this.chunks);
  }

  flow(sink: BodySink): void {
    let ready = true;
    for (const chunk of this.chunks) ready = sink.write(chunk);
    this.chunks = [];
    this.sink = sink;
    if (this.failure !== null) sink.fail(this.failure);
    else if (this.ended) sink.end();
    else if (ready) this.resume();
  }

  resume(): void {
    if (this.times !== null) this.stirred(this.times);
    if (!this.ended && this.failure === null) this.resumeUpstream?.();
  }

  cancel(): void {
    this.give(new Error('the client went away'));
  }

  expire(): void {
    this.give(this.abort === null ? new NoConnection() : new Deadline());
  }

  /** A piece came, or is waited for again: the silence is counted from now. */
  private stirred({ idleMs, endMs }: StreamTimes): void {
    this.untilMs = Math.min(endMs, performance.now() + idleMs);
  }

  /** Ends the call from this side. One that still waits for a connection is answered now and dropped when it gets one. */
  private give(reason: Error): void {
    if (this.ended || this.failure !== null || this.gaveUp !== null) return;
    this.gaveUp = reason;
    if (this.abort !== null) this.abort(reason);
    else {
      this.gateway.deadlines.remove(this);
      this.pipe?.release();
      if (!this.answered) this.settle(reason);
    }
  }

  /** A kept connection may have been closed by the other side just then: only that is worth one more try. */
  private maySendAgain(error: Error & { reused?: boolean; socket?: { bytesRead?: number } }): boolean {
    const reused = error.reused === true || (error.socket?.bytesRead ?? 0) > 0;
    return (
      reused &&
      this.attempts === 1 &&
      !this.begun &&
      !this.answered &&
      this.gaveUp === null &&
      this.pipe === null &&
      IDEMPOTENT.has(this.out.method)
    );
  }

  private settle(reason: Error): void {
    this.answered = true;
    const problem = this.pipe?.problem ?? reason;
    if (problem instanceof Deadline) noteTimeout(this.x, this.gateway);
    this.note(problem);
    this.resolve(refusalFor(problem));
  }

  /** For the log, which knows by itself of a client that left. */
  private note(problem: Error): void {
    if (!this.x.tree.gone) this.x.exception = exceptionText(problem);
  }

  private finish(): void {
    this.gateway.deadlines.remove(this);
    this.upstream.running--;
    this.upstream.used = true;
    this.x.tree.call = null;
    this.pipe?.release();
  }
}

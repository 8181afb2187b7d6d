/** An answer as conditions look at it, whose body is read only when one of them asks for it. */
// hot
import type { Answer } from './answer.js';
import { readAnswerBody } from './answer-body.js';
import { MAX_COMPRESSED_BYTES, MAX_JSON_BYTES } from './json-body.js';
import { headerOf, type Looked } from './response-source.js';

export class LookedAnswer implements Looked {
  readonly status: number;
  readonly errorCode: string | null;
  readonly headers: readonly string[];
  /** True when the body was asked for before it was read: what came out does not count. */
  bodyMissed: boolean;
  private bytes: Buffer | null;
  private read: boolean;

  constructor(answer: Answer) {
    this.status = answer.status;
    this.errorCode = answer.fromBackend ? null : answer.errorCode;
    this.headers = answer.headers;
    this.bodyMissed = false;
    this.bytes = null;
    // What the gateway itself says of a call has none.
    this.read = !answer.fromBackend;
  }

  get body(): Buffer | null {
    if (!this.read) this.bodyMissed = true;
    return this.bytes;
  }

  hold(bytes: Buffer | null): void {
    this.bytes = bytes;
    this.read = true;
  }
}

/** Reads the body as far as conditions can use it; what goes on to the client stays whole. */
export function readLooked(looked: LookedAnswer, answer: Answer): Promise<void> | undefined {
  if (!answer.fromBackend || !isReadable(looked.headers)) {
    looked.hold(null);
    return undefined;
  }
  const encoding = headerOf(looked.headers, 'content-encoding');
  const bytes = readAnswerBody(answer, encoding === null ? MAX_JSON_BYTES : MAX_COMPRESSED_BYTES);
  if (bytes instanceof Promise) return bytes.then((read) => looked.hold(read));
  looked.hold(bytes);
  return undefined;
}

/** Not a stream of events, which may never end, nor what says that it is too long. */
function isReadable(headers: readonly string[]): boolean {
  const type = headerOf(headers, 'content-type');
  if (type !== null && /^\s*text\/event-stream/i.test(type)) return false;
  const length = headerOf(headers, 'content-length');
  return length === null || !(Number(length) > MAX_COMPRESSED_BYTES);
}

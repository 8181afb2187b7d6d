/** What a hop answers: a backend's response or a refusal of the gateway. */
// hot
import { ERROR_TABLE, type ErrorCode } from '@causeway/contract';

/** Takes a body's bytes; a `false` from `write` asks the source to wait for `resume`. */
export interface BodySink {
  write(chunk: Buffer): boolean;
  end(): void;
  /** The source broke off: what was promised will not come. */
  fail(reason: Error): void;
}

/** A body that is still on its way. */
export interface BodySource {
  /** All of it, when all of it is here: then it goes out in one write. */
  whole(): Buffer | null;
  /** Hands on what is here and then what comes. Called once. */
  flow(sink: BodySink): void;
  resume(): void;
  /** Nobody wants the rest. */
  cancel(): void;
}

/** Any text in `X-Ca-Error-Message` ends here, in bytes of UTF-8 (wire contract 11.2). */
const MAX_MESSAGE_BYTES = 8192;

export class Answer {
  status: number;
  /** Set only when the gateway itself, here or at an internal hop, made the answer. */
  errorCode: string | null;
  errorMessage: string | null;
  /** Name, value, name, value; as they go to the client, without the gateway's own. */
  headers: string[];
  /** A whole body, a body on its way, or none. */
  body: Buffer | BodySource | null;
  /** True when a backend said it, an internal callee's refusal included; false for what this hop itself has to say. */
  fromBackend: boolean;
  /** True when it was kept from an earlier call (X-Ca-Caching). */
  cached: boolean;
  /** Closes the client's connection after the answer. */
  close: boolean;

  constructor(status: number, headers: string[], body: Buffer | BodySource | null) {
    this.status = status;
    this.errorCode = null;
    this.errorMessage = null;
    this.headers = headers;
    this.body = body;
    this.fromBackend = false;
    this.cached = false;
    this.close = false;
  }
}

/**
 * A decided "no": a row of the error table as an answer with an empty body. `values` fill the row's `${Name}` marks.
 * Nothing that a client can trigger is thrown; this is returned.
 */
export function refuse(code: ErrorCode, values?: Readonly<Record<string, string>>): Answer {
  const row = ERROR_TABLE[code];
  const answer = new Answer(row.status, [], null);
  answer.errorCode = code;
  answer.errorMessage = headerText(
    values === undefined ? row.message : row.message.replace(/\$\{(\w+)\}/g, (_, name: string) => values[name] ?? ''),
  );
  return answer;
}

/** Text made fit for a header: control characters as `?`, UTF-8 bytes, cut with `...` (wire contract 11.2). */
export function headerText(text: string): string {
  const bytes = Buffer.from(text.replace(/[\u0000-\u001f\u007f]/g, '?').trimEnd(), 'utf8');
  if (bytes.length <= MAX_MESSAGE_BYTES) return bytes.toString('latin1');
  let end = MAX_MESSAGE_BYTES - 3;
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--;
  return `${bytes.toString('latin1', 0, end)}...`;
}

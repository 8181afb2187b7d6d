/** A request body on its way in. */
import type { Readable } from 'node:stream';

export interface RequestBody {
  readonly stream: Readable;
  /** Declared length in bytes; null when it comes in chunks. */
  readonly length: number | null;
  /** The whole body, once somebody had to read it. */
  buffered: Buffer | null;
  /** The Content-MD5 that a signed request gave: who reads the body last compares (wire contract 2.4). Null: not bound. */
  contentMd5: string | null;
}

/** Writes what several processes say to one descriptor, in whole lines: writes to a pipe get into each other above 4 KiB. */
import type { Readable } from 'node:stream';
import pino from 'pino';

const MAX_WRITE_BYTES = 1_048_576;
const LINE_FEED = 10;
/** For a reader that takes nothing any more, or has gone, ms. */
const LAST_WORDS_MS = 2000;

export interface WholeLines {
  /** Takes over the lines of a stream. What it has left half said at its end is dropped. */
  add(stream: Readable): void;
  /** One line, or more. */
  write(text: string): void;
  /** Settles when all is written. */
  close(): Promise<void>;
}

export function wholeLines(fd: number): WholeLines {
  const destination = pino.destination({ dest: fd, maxWrite: MAX_WRITE_BYTES, sync: false, contentMode: 'buffer' });
  const streams = new Set<Readable>();
  const write = (bytes: Buffer) => {
    // Nothing piles up here for a slow reader: whoever says it waits, and drops what it cannot say.
    if ((destination.write(bytes as unknown as string) as boolean | undefined) === false)
      for (const stream of streams) stream.pause();
  };
  destination.on('drain', () => {
    for (const stream of streams) stream.resume();
  });
  return {
    add(stream) {
      let begun: Buffer[] = [];
      streams.add(stream);
      stream.on('data', (bytes: Buffer) => {
        const end = bytes.lastIndexOf(LINE_FEED) + 1;
        if (end === 0) {
          begun.push(bytes);
          return;
        }
        write(Buffer.concat([...begun, bytes.subarray(0, end)]));
        begun = end === bytes.length ? [] : [bytes.subarray(end)];
      });
      stream.on('error', () => {});
      stream.on('close', () => streams.delete(stream));
    },
    write: (text) => write(Buffer.from(text)),
    close() {
      return new Promise((resolve) => {
        setTimeout(resolve, LAST_WORDS_MS).unref();
        destination.once('close', resolve);
        destination.end();
      });
    },
  };
}

/** A body that was looked at goes on to the client whole, whatever its pieces and pauses. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Answer, type BodySink, type BodySource } from './answer.js';
import { readAnswerBody } from './answer-body.js';

const BROKEN = new Error('the backend went away');

/** Gives a piece for each `resume`, as long as the sink takes them. */
class Pieces implements BodySource {
  private sink: BodySink | null = null;
  private paused = true;
  cancelled = false;

  constructor(
    private readonly pieces: Buffer[],
    private readonly breaksOff = false,
  ) {}

  whole(): null {
    return null;
  }

  flow(sink: BodySink): void {
    this.sink = sink;
    this.resume();
  }

  resume(): void {
    if (!this.paused || this.sink === null) return;
    this.paused = false;
    queueMicrotask(() => this.give());
  }

  cancel(): void {
    this.cancelled = true;
  }

  private give(): void {
    const sink = this.sink!;
    for (;;) {
      const piece = this.pieces.shift();
      if (piece === undefined) {
        if (this.breaksOff) sink.fail(BROKEN);
        else sink.end();
        return;
      }
      if (!sink.write(piece)) {
        this.paused = true;
        return;
      }
    }
  }
}

/** What a client gets that is as slow as can be: it asks for each piece. */
function received(answer: Answer): Promise<Buffer> {
  const { body } = answer;
  if (body === null || Buffer.isBuffer(body)) return Promise.resolve(body ?? Buffer.alloc(0));
  return new Promise((resolve, reject) => {
    const got: Buffer[] = [];
    body.flow({
      write(chunk) {
        got.push(chunk);
        queueMicrotask(() => body.resume());
        return false;
      },
      end: () => resolve(Buffer.concat(got)),
      fail: reject,
    });
  });
}

describe('the body of an answer', () => {
  it('is read up to a limit, and goes on unchanged', async () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(pieces, fc.nat(200), async (made, limit) => {
        const buffers = made.map((piece) => Buffer.from(piece));
        const whole = Buffer.concat(buffers);
        const answer = new Answer(200, [], new Pieces([...buffers]));
        const read = await readAnswerBody(answer, limit);
        expect(read).toEqual(whole.length <= limit ? whole : null);
        expect(await received(answer)).toEqual(whole);
      }),
    );
  });

  it('that breaks off is not read, and breaks off for the client too', async () => {
    const answer = new Answer(200, [], new Pieces([Buffer.from('half')], true));
    expect(await readAnswerBody(answer, 100)).toBeNull();
    await expect(received(answer)).rejects.toBe(BROKEN);
  });

  it('is given up with the answer', async () => {
    const source = new Pieces([Buffer.alloc(50), Buffer.alloc(50)]);
    const answer = new Answer(200, [], source);
    expect(await readAnswerBody(answer, 10)).toBeNull();
    (answer.body as BodySource).cancel();
    expect(source.cancelled).toBe(true);
  });

  it.each([null, Buffer.from('all')])('that is here is read at once: %s', (body) => {
    expect(readAnswerBody(new Answer(200, [], body), 3)).toEqual(body ?? Buffer.alloc(0));
    expect(readAnswerBody(new Answer(200, [], body), 2)).toEqual(body === null ? Buffer.alloc(0) : null);
  });
});

/** After a change, status, headers and body of an answer speak of one message. */
import { describe, expect, it } from '@jest/globals';
import { Answer, type BodySink, type BodySource } from './answer.js';
import { replaceBody, setHeaders, setStatus } from './change-answer.js';
import { HeaderNames } from './header-names.js';

/** Gives pieces for ever, until it is told to stop. */
class Endless implements BodySource {
  given = 0;
  cancelled = false;
  whole(): null {
    return null;
  }
  flow(sink: BodySink): void {
    while (!this.cancelled && sink.write(Buffer.alloc(1000))) this.given += 1000;
  }
  resume(): void {}
  cancel(): void {
    this.cancelled = true;
  }
}

const LENGTH = ['Content-Length', '5'];

describe('a status', () => {
  it('of an answer with a body leaves that alone', () => {
    const body = new Endless();
    const answer = new Answer(200, [...LENGTH], body);
    setStatus(answer, 500);
    expect(answer).toMatchObject({ status: 500, headers: LENGTH, body });
  });

  it.each([204, 205, 304])('%s takes the body away, and its length', (status) => {
    const body = new Endless();
    const answer = new Answer(200, [...LENGTH, 'X', '1'], body);
    setStatus(answer, status);
    expect([answer.headers, answer.body, body.cancelled]).toEqual([['X', '1'], Buffer.alloc(0), true]);
  });

  it('in place of 304 does not promise the body whose length that told', () => {
    const answer = new Answer(304, [...LENGTH], new Endless());
    setStatus(answer, 200);
    expect([answer.headers, answer.body]).toEqual([[], Buffer.alloc(0)]);
  });

  it('that it has already changes nothing', () => {
    const answer = new Answer(304, [...LENGTH], null);
    setStatus(answer, 304);
    expect(answer.headers).toEqual(LENGTH);
  });
});

describe('a body', () => {
  it('that replaces another takes the place of what spoke of that', () => {
    const said = ['content-length', '9', 'Content-Encoding', 'gzip', 'ETag', '"1"', 'Content-Type', 'a/b', 'X', '1'];
    const answer = new Answer(200, said, Buffer.from('something'));
    replaceBody(answer, Buffer.from('new'));
    expect([answer.headers, String(answer.body)]).toEqual([['Content-Type', 'a/b', 'X', '1'], 'new']);
  });

  it('of no type is plain text, so that no browser guesses', () => {
    const answer = new Answer(403, [], null);
    replaceBody(answer, Buffer.from('<b>'));
    expect(answer.headers).toEqual(['Content-Type', 'text/plain; charset=utf-8']);
  });

  it('that is replaced is read for a while, and then given up', () => {
    const body = new Endless();
    replaceBody(new Answer(200, [], body), Buffer.from('new'));
    expect(body.cancelled).toBe(true);
    expect(body.given).toBeLessThanOrEqual(65_536);
    expect(body.given).toBeGreaterThan(60_000);
  });

  it('has no place in an answer without one', () => {
    const answer = new Answer(204, [], null);
    replaceBody(answer, Buffer.from('new'));
    expect(answer.body).toEqual(Buffer.alloc(0));
  });
});

it('headers that are set replace all of their name, and may be several of one', () => {
  const headers = ['x-a', '1', 'X-B', '2', 'X-A', '3'];
  setHeaders(headers, ['X-A', 'n', 'X-a', 'm'], new HeaderNames(['x-a']));
  expect(headers).toEqual(['X-B', '2', 'X-A', 'n', 'X-a', 'm']);
});

it('finds names in any letter case, of any length', () => {
  const names = new HeaderNames(['X-A', 'y'.repeat(300)]);
  expect(['x-a', 'X-a', 'X-AB', 'Z-A', 'Y'.repeat(300), 'Y'.repeat(301), ''].map((name) => names.has(name))).toEqual([
    true,
    true,
    false,
    false,
    true,
    false,
    false,
  ]);
});

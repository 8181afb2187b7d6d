/**
 * A second opinion on where requests end: reads HTTP/1.x as strictly as RFC 9112 lets a recipient be, and shares no code with the
 * parsers of the gateway. One character stands for one byte.
 */

export interface StrictRequest {
  readonly method: string;
  readonly target: string;
  readonly version: '1.0' | '1.1';
  /** `Name: value` lines as they came. */
  readonly lines: readonly string[];
  readonly body: string;
  /** Where the next request begins. */
  readonly end: number;
}

export interface Reading {
  readonly requests: readonly StrictRequest[];
  /** What is behind the last request: nothing, the beginning of one, or what never becomes one. */
  readonly rest: 'nothing' | 'incomplete' | 'malformed';
  /** Why it never does. */
  readonly reason: string;
  /** Bytes that belong to whole requests, and blank lines between them. */
  readonly used: number;
}

class Malformed extends Error {}
class Incomplete extends Error {}

/** Several blanks around the target, and the other protocols of Node's parser, change nothing of what follows. */
const REQUEST_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) +([\x21-\x7e]+) +(?:HTTP|RTSP|ICE)\/(1\.[01])$/;
const FIELD = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*$/;
const CHUNK = /^([0-9a-fA-F]+)((?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?)$/;
const LINE_END = /[\r\n]/g;
/** A chunk of more bytes than this no reader here takes. */
const MOST = 0xffff_ffff;

/** Reads all requests of a connection. */
export function readRequests(text: string): Reading {
  const requests: StrictRequest[] = [];
  let used = 0;
  try {
    for (;;) {
      // Outside of messages blank lines mean nothing (RFC 9112 2.2).
      while (text[used] === '\r' || text[used] === '\n') used++;
      if (used === text.length) return { requests, rest: 'nothing', reason: '', used };
      const request = readRequest(text, used);
      requests.push(request);
      used = request.end;
      if (isLast(request)) return { requests, rest: 'nothing', reason: '', used };
    }
  } catch (error) {
    if (error instanceof Incomplete) return { requests, rest: 'incomplete', reason: '', used };
    if (error instanceof Malformed) return { requests, rest: 'malformed', reason: error.message, used };
    throw error;
  }
}

function readRequest(text: string, from: number): StrictRequest {
  const [start, afterStart] = line(text, from);
  const parts = REQUEST_LINE.exec(start);
  if (parts === null) throw new Malformed(`request line ${JSON.stringify(start.slice(0, 80))}`);
  const [lines, afterHead] = fields(text, afterStart);
  const version = parts[3] as '1.0' | '1.1';
  const [body, end] = readBody(text, afterHead, lines, version);
  return { method: parts[1]!, target: parts[2]!, version, lines, body, end };
}

function readBody(text: string, from: number, lines: readonly string[], version: string): [body: string, end: number] {
  const codings = valuesOf(lines, 'transfer-encoding');
  const lengths = valuesOf(lines, 'content-length');
  if (codings.length > 0) {
    if (lengths.length > 0) throw new Malformed('length beside coding');
    if (version === '1.0') throw new Malformed('coding in 1.0');
    if (codings.length > 1 || codings[0]!.toLowerCase() !== 'chunked') throw new Malformed('coding');
    return chunks(text, from);
  }
  if (lengths.length > 1) throw new Malformed('several lengths');
  const length = lengths[0] ?? '0';
  if (!/^[0-9]+$/.test(length)) throw new Malformed('length');
  const end = from + Number(length);
  if (end > text.length) throw new Incomplete();
  return [text.slice(from, end), end];
}

function chunks(text: string, from: number): [body: string, end: number] {
  let body = '';
  for (let at = from; ; ) {
    const [head, afterHead] = line(text, at);
    const size = CHUNK.exec(head)?.[1];
    if (size === undefined) throw new Malformed(`chunk ${JSON.stringify(head.slice(0, 40))}`);
    const length = Number.parseInt(size, 16);
    if (length > MOST) throw new Malformed('chunk too large');
    if (length === 0) return [body, fields(text, afterHead)[1]];
    at = afterHead + length;
    if ((at < text.length && text[at] !== '\r') || (at + 1 < text.length && text[at + 1] !== '\n'))
      throw new Malformed('end of chunk');
    if (at + 2 > text.length) throw new Incomplete();
    body += text.slice(afterHead, at);
    at += 2;
  }
}

/** Field lines up to the empty one. */
function fields(text: string, from: number): [lines: string[], end: number] {
  const lines: string[] = [];
  for (let at = from; ; ) {
    const [each, next] = line(text, at);
    at = next;
    if (each === '') return [lines, at];
    if (!FIELD.test(each)) throw new Malformed(`field ${JSON.stringify(each.slice(0, 80))}`);
    lines.push(each);
  }
}

/** Text up to CR LF, and what is behind it. A CR or LF alone ends nothing. */
function line(text: string, from: number): [text: string, next: number] {
  LINE_END.lastIndex = from;
  const end = LINE_END.exec(text)?.index;
  if (end === undefined) throw new Incomplete();
  if (text[end] === '\r' && end + 1 === text.length) throw new Incomplete();
  if (text[end] !== '\r' || text[end + 1] !== '\n') throw new Malformed('line end');
  return [text.slice(from, end), end + 2];
}

export function valuesOf(lines: readonly string[], name: string): string[] {
  return lines
    .filter((each) => each.slice(0, each.indexOf(':')).toLowerCase() === name)
    .map((each) => each.slice(each.indexOf(':') + 1).replace(/^[\t ]+|[\t ]+$/g, ''));
}

/** The sender says that nothing follows it. */
function isLast({ lines, version }: StrictRequest): boolean {
  const options = valuesOf(lines, 'connection').flatMap((each) => each.toLowerCase().split(/[\t ]*,[\t ]*/));
  // HTTP/1.0 that says both keeps it here, as in Node's parser: only whether more is read differs, not where it begins.
  return version === '1.0' ? !options.includes('keep-alive') : options.includes('close');
}

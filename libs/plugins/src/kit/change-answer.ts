/** Changes an answer so that its status, headers and body still belong together. */
// hot
import type { Answer, BodySource } from './answer.js';
import { HeaderNames } from './header-names.js';

/** They speak of a body that was replaced (RFC 9110, section 8; RFC 9530). */
const OF_THE_BODY = new HeaderNames([
  'content-length',
  'content-encoding',
  'content-language',
  'content-location',
  'content-md5',
  'content-range',
  'content-digest',
  'repr-digest',
  'digest',
  'etag',
  'last-modified',
  'accept-ranges',
]);
const LENGTH = new HeaderNames(['content-length']);
const NOTHING = Buffer.alloc(0);

/** Of a body that nobody wants this much is read, bytes: then the connection to the backend can be used again. */
const DRAINED_BYTES = 65_536;

/** A status without a body takes the body away; one that had none, and told the length of another, stays without. */
export function setStatus(answer: Answer, status: number): void {
  const lost = status !== answer.status && (isBodiless(status) || answer.status === 304);
  answer.status = status;
  if (!lost) return;
  stripHeaders(answer.headers, LENGTH);
  discard(answer.body);
  answer.body = NOTHING;
}

function isBodiless(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

/** Puts a text in place of the body. It is plain text unless a header says otherwise: no browser is to guess that it is a page. */
export function replaceBody(answer: Answer, body: Buffer): void {
  stripHeaders(answer.headers, OF_THE_BODY);
  discard(answer.body);
  answer.body = isBodiless(answer.status) ? NOTHING : body;
  if (!hasHeader(answer.headers, 'content-type')) answer.headers.push('Content-Type', 'text/plain; charset=utf-8');
}

/** Sets each of the pairs, in place of headers of its name. @param names those of the pairs */
export function setHeaders(headers: string[], pairs: readonly string[], names: HeaderNames): void {
  if (pairs.length === 0) return;
  stripHeaders(headers, names);
  for (let i = 0; i < pairs.length; i++) headers.push(pairs[i]!);
}

export function stripHeaders(headers: string[], names: HeaderNames): void {
  let kept = 0;
  for (let i = 0; i < headers.length; i += 2) {
    if (names.has(headers[i]!)) continue;
    headers[kept++] = headers[i]!;
    headers[kept++] = headers[i + 1]!;
  }
  headers.length = kept;
}

/** @param name in lower case */
export function hasHeader(headers: readonly string[], name: string): boolean {
  for (let i = 0; i < headers.length; i += 2)
    if (headers[i]!.length === name.length && headers[i]!.toLowerCase() === name) return true;
  return false;
}

/** Tells caches that the answer depends on a header of the request. */
export function addVary(headers: string[], name: string): void {
  const lower = name.toLowerCase();
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i]!.length !== 4 || headers[i]!.toLowerCase() !== 'vary') continue;
    for (const item of headers[i + 1]!.split(',')) {
      const known = item.trim().toLowerCase();
      if (known === '*' || known === lower) return;
    }
  }
  headers.push('Vary', name);
}

/** Reads what is left of a body that is not sent, up to a limit; the call's own deadline goes on. */
function discard(body: Buffer | BodySource | null): void {
  if (body === null || Buffer.isBuffer(body) || body.whole() !== null) return;
  let left = DRAINED_BYTES;
  body.flow({
    write(chunk) {
      left -= chunk.length;
      if (left < 0) body.cancel();
      return left >= 0;
    },
    end() {},
    fail() {},
  });
}

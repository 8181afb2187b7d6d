/** Refuses request targets that two readers could read differently (wire contract 1.4 rules 3 and 4). */
// hot
import { type Answer, refuse } from '@causeway/plugins';
import { decodeSegment } from './path-pattern.js';

/** Nothing here needs a closer look: no percent, no dot, no unusual character. */
const PLAIN = /^\/[A-Za-z0-9/_~!$&'()*+,;=:@-]*(?:\?[A-Za-z0-9/_~!$&'()*+,;=:@.?-]*)?$/;
/** No character of a path by RFC 3986; a `\` is even a segment border to some backends. In a query they are tolerated. */
const UNFIT_FOR_PATH = /["<>[\\\]^`{|}]/;
const BAD_TRIPLET = /%(?![0-9A-Fa-f]{2})/;

/** @param target path and query of the request line, in origin form */
export function checkTarget(target: string): Answer | undefined {
  if (PLAIN.test(target)) return undefined;
  if (/[^\x21-\x7e]|#/.test(target)) return refuse('I400RU', { Reason: 'control, blank, non-ASCII byte or #' });
  if (!target.startsWith('/')) return refuse('I400RU', { Reason: 'not a path' });
  const mark = target.indexOf('?');
  if (mark >= 0 && BAD_TRIPLET.test(target.slice(mark))) return refuse('I400RU', { Reason: 'bad percent triplet in the query' });
  const path = mark < 0 ? target : target.slice(0, mark);
  if (UNFIT_FOR_PATH.test(path)) return refuse('I400RU', { Reason: 'a character of the path must be percent-encoded' });
  if (BAD_TRIPLET.test(path)) return refuse('I400PA', { Reason: 'bad percent triplet' });
  for (const segment of path.split('/')) {
    const text = decodeSegment(segment);
    if (text === null) return refuse('I400PA', { Reason: 'invalid UTF-8' });
    if (text === '.' || text === '..') return refuse('I400PA', { Reason: 'dot segment' });
  }
  return undefined;
}

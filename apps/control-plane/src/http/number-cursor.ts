/** Cursors of lists that are ordered by a number. */
import { cursorOf, type PageQuery } from './page.js';
import { malformed } from './problem.js';

/** The number, as text, after which the page starts; null for the first page. */
export function numberAfter(query: PageQuery): string | null {
  const key = cursorOf(query);
  if (key !== null && !/^\d{1,18}$/.test(key))
    throw malformed([{ path: 'cursor', message: 'must be the next of an earlier page' }]);
  return key;
}

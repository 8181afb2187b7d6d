/** What an error of the database means to a client; null for a bug of ours. */
import { QueryFailedError } from 'typeorm';
import { malformed, Problem } from './problem.js';

const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';
/** Invalid byte sequence, untranslatable character, invalid text representation: U+0000 or half a surrogate pair in a text. */
const UNSTORABLE_TEXT = new Set(['22021', '22P05', '22P02']);
/** Connection exceptions, lack of resources, shutdown, no such or no open database (classes 08, 53, 57P; 3D000, 55000). */
const AWAY =
  /^(?:08...|53...|57P0.|3D000|55000|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|ENOENT|EAI_AGAIN)$/;
/** What `pg` says without a code. */
const AWAY_MESSAGE =
  /^(?:timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error)/;

export function databaseProblem(error: unknown): Problem | null {
  const cause = error instanceof QueryFailedError ? error.driverError : error;
  if (!(cause instanceof Error)) return null;
  const { code = '' } = cause as { code?: string };
  if (AWAY.test(code) || AWAY_MESSAGE.test(cause.message))
    return new Problem(
      503,
      'ServiceUnavailable',
      'The store does not answer. Read back what you wanted to write before you repeat it.',
    );
  // Two requests that both found a name free: the database let one of them through.
  if (code === UNIQUE_VIOLATION) return new Problem(409, 'AlreadyExists', 'Another request has just taken this name or id.');
  if (code === FOREIGN_KEY_VIOLATION) return new Problem(409, 'InUse', 'Another request has just changed what this refers to.');
  if (UNSTORABLE_TEXT.has(code))
    return malformed([{ path: '', message: 'holds a text with U+0000 or half a surrogate pair, which cannot be stored' }]);
  return null;
}

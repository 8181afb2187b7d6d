/** What an error of the database means to a client; null for a bug of ours. */
import { QueryFailedError, QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { malformed, Problem } from './problem.js';

const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';
/** Invalid byte sequence, untranslatable character, invalid text representation: U+0000 or half a surrogate pair in a text. */
const UNSTORABLE_TEXT = new Set(['22021', '22P05', '22P02']);
/** Connection exceptions, lack of resources, shutdown, a session ended for standing still, a lock that is not given up, no such or no open database (classes 08, 53, 57P; 25P03, 3D000, 55000, 55P03). */
const AWAY =
  /^(?:08...|53...|57P0.|25P03|3D000|55000|55P03|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|ENOENT|EAI_AGAIN)$/;
/** What `pg` says without a code. */
const AWAY_MESSAGE =
  /^(?:timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|Client was closed)/;

export function databaseProblem(error: unknown): Problem | null {
  const cause = error instanceof QueryFailedError ? error.driverError : error;
  if (!(cause instanceof Error)) return null;
  const { code = '' } = cause as { code?: string };
  // TypeORM says so when the database ended a session between two statements of its transaction.
  const isEnded = [QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError].some(
    (each) => cause instanceof each,
  );
  if (isEnded || AWAY.test(code) || AWAY_MESSAGE.test(cause.message))
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

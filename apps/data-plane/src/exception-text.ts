/** An error as a log line names it. */
import { types } from 'node:util';

/** Its kind and code, such as `Error ECONNREFUSED`: a message may hold what a client sent. */
export function exceptionText(error: unknown): string {
  if (!types.isNativeError(error)) return typeof error;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? `${error.constructor.name} ${code}` : error.constructor.name;
}

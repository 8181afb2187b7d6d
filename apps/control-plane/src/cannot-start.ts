/** Why the service cannot start, in one line for the operator: no stack says more. */
import { databaseProblem } from './http/database-problem.js';

export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

/** Null for what is a bug. */
export function startProblem(error: unknown, { host, port }: { readonly host: string; readonly port: number }): string | null {
  if (error instanceof CannotStart) return error.message;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `Port ${port} on ${host} is taken: set CAUSEWAY_MANAGEMENT_PORT to another one.`;
  if (code === 'EADDRNOTAVAIL') return `This machine has no address ${host}: set CAUSEWAY_MANAGEMENT_HOST to one that it has.`;
  if (databaseProblem(error)?.status === 503) return `The database of DATABASE_URL does not answer (${code ?? 'no connection'}).`;
  return null;
}

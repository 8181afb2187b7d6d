/** Answers every error as problem+json, and logs those that are bugs. */
import { STATUS_CODES } from 'node:http';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { Response } from 'express';
import { QueryFailedError } from 'typeorm';
import { RefusedChange } from '../change/refused-change.js';
import { malformed, Problem, refused } from './problem.js';
import { requestIdOf } from './request-id.js';

const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';
/** Invalid byte sequence, untranslatable character, invalid text representation: U+0000 or half a surrogate pair in a text. */
const UNSTORABLE_TEXT = ['22021', '22P05', '22P02'];

@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const problem = toProblem(error);
    const requestId = requestIdOf(response);
    if (problem.status >= 500) this.logger.error({ err: error, requestId }, 'a request failed unexpectedly');
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const { status, code, detail, errors } = problem;
    if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
    response
      .status(status)
      .type('application/problem+json')
      .send(
        JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, code, requestId, errors }),
      );
  }
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof RefusedChange) return refused(error.errors, 'Refused', error.message);
  if (error instanceof HttpException) return new Problem(error.getStatus(), codeOf(error.getStatus()), error.message);
  if (error instanceof QueryFailedError) return fromDatabase(error);
  const status = statusOf(error);
  if (status !== null) return new Problem(status, codeOf(status), (error as Error).message);
  return new Problem(500, 'InternalError', 'Something went wrong here; the log has more under this request id.');
}

/** Two requests that both found a name free: the database let one of them through. */
function fromDatabase(error: QueryFailedError): Problem {
  const { code } = error.driverError as { code?: string };
  if (code === UNIQUE_VIOLATION) return new Problem(409, 'AlreadyExists', 'Another request has just taken this name or id.');
  if (code === FOREIGN_KEY_VIOLATION) return new Problem(409, 'InUse', 'Another request has just changed what this refers to.');
  if (code !== undefined && UNSTORABLE_TEXT.includes(code))
    return malformed([{ path: '', message: 'holds a text with U+0000 or half a surrogate pair, which cannot be stored' }]);
  return new Problem(500, 'InternalError', 'Something went wrong here; the log has more under this request id.');
}

/** Errors of the body parser carry a status below 500 and a message for the client. */
function statusOf(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('status' in error)) return null;
  const { status } = error;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : null;
}

function codeOf(status: number): string {
  return (STATUS_CODES[status] ?? 'Error').replaceAll(/[^A-Za-z]/g, '');
}

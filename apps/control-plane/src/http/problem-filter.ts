/** Answers every error as problem+json, and logs those that are bugs. */
import { STATUS_CODES } from 'node:http';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { Response } from 'express';
import { RefusedChange } from '../change/refused-change.js';
import { databaseProblem } from './database-problem.js';
import { Problem, refused } from './problem.js';
import { requestIdOf } from './request-id.js';

@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const problem = toProblem(error);
    const requestId = requestIdOf(response);
    if (problem.status >= 500) this.logger.error({ err: withoutData(error), requestId, msg: 'a request failed unexpectedly' });
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

/** The errors of TypeORM carry the query's parameters, which are other people's data. */
function withoutData(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack } = error;
  return { type: name, message, stack };
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof RefusedChange) return refused(error.errors, 'Refused', error.message);
  if (error instanceof HttpException) return new Problem(error.getStatus(), codeOf(error.getStatus()), error.message);
  const fromDatabase = databaseProblem(error);
  if (fromDatabase !== null) return fromDatabase;
  const status = statusOf(error);
  if (status !== null) return new Problem(status, codeOf(status), (error as Error).message);
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

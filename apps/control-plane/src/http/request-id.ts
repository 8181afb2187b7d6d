/** Gives every request an id and a line in the log. */
import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';

const HEADER = 'X-Request-Id';

/** Asked by machines every few seconds. */
const MACHINES = new Set(['/livez', '/readyz', '/metrics']);

export function requestIdOf(response: Response): string {
  return String(response.getHeader(HEADER) ?? '');
}

/** The path is logged without its query, which may hold what a client should not have put there. */
export function requestLog(logger: Logger) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const requestId = randomUUID();
    const startedMs = performance.now();
    const path = request.path;
    response.setHeader(HEADER, requestId);
    response.on('close', () => {
      const durationMs = Math.round((performance.now() - startedMs) * 10) / 10;
      const { statusCode } = response;
      const level = MACHINES.has(path) || path.startsWith('/internal/') ? 'debug' : 'info';
      logger[level]({ event: 'request', requestId, method: request.method, path, status: statusCode, durationMs });
    });
    next();
  };
}

/** Refuses bodies that are not JSON: unread, they would look like absent ones; and absent ones where one is meant to replace something. */
import type { NextFunction, Request, Response } from 'express';
import { malformed, Problem } from './problem.js';

const MEANT = new Set(['PUT', 'PATCH']);

export function requireJson(types: string[]) {
  return (request: Request, _: Response, next: NextFunction): void => {
    // Read as `{}`, a body that was forgotten would replace variables by none.
    if (MEANT.has(request.method) && isEmpty(request)) {
      next(malformed([{ path: '', message: 'must be an object' }]));
      return;
    }
    // Null without a body, false with one of another type.
    const isOther = request.is(types) === false && request.headers['content-length'] !== '0';
    next(isOther ? new Problem(415, 'UnsupportedMediaType', `Send the body as ${types.join(' or ')}.`) : undefined);
  };
}

function isEmpty({ headers }: Request): boolean {
  return headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
}

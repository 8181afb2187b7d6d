/** Refuses bodies that are not JSON: unread, they would look like absent ones. */
import type { NextFunction, Request, Response } from 'express';
import { Problem } from './problem.js';

export function requireJson(types: string[]) {
  return (request: Request, _: Response, next: NextFunction): void => {
    // Null without a body, false with one of another type.
    const isOther = request.is(types) === false && request.headers['content-length'] !== '0';
    next(isOther ? new Problem(415, 'UnsupportedMediaType', `Send the body as ${types.join(' or ')}.`) : undefined);
  };
}

/** Refuses bodies that the store cannot hold or that recursion cannot take, before anything else reads them. */
import type { NextFunction, Request, Response } from 'express';
import { type FieldError, malformed } from './problem.js';

/** Far above any document; a body of half a megabyte could otherwise nest a quarter of a million levels. */
const MAX_DEPTH = 64;
/** Names that lead to prototypes; what copies objects later leaves them out silently. */
const UNSAFE_NAMES = new Set(['__proto__', 'constructor', 'prototype']);
/** Complaints in one answer. */
const MAX_ERRORS = 100;

export function checkText(request: Request, _: Response, next: NextFunction): void {
  const errors = unstorable(request.body);
  next(errors.length > 0 ? malformed(errors) : undefined);
}

/** By a stack of its own: the depth is what is in question. */
function unstorable(body: unknown): FieldError[] {
  const errors: FieldError[] = [];
  const pending: { path: string; value: unknown; depth: number }[] = [{ path: '', value: body, depth: 0 }];
  for (let each = pending.pop(); each !== undefined && errors.length < MAX_ERRORS; each = pending.pop()) {
    const { path, value, depth } = each;
    if (typeof value === 'string' && !isStorable(value)) errors.push({ path, message: 'holds a character that is no text' });
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= MAX_DEPTH) return [{ path: path.slice(0, 100), message: `is nested more than ${MAX_DEPTH} levels deep` }];
    for (const [key, inner] of Object.entries(value)) {
      const inside = Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
      if (UNSAFE_NAMES.has(key)) errors.push({ path: inside, message: 'is not a known field' });
      if (!isStorable(key)) errors.push({ path, message: 'has a field whose name holds a character that is no text' });
      pending.push({ path: inside, value: inner, depth: depth + 1 });
    }
  }
  return errors;
}

/** Postgres takes no U+0000, and no half of a surrogate pair in jsonb. */
function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

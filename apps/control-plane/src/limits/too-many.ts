/** 429 with the time after which another attempt is worth it. */
import type { Response } from 'express';
import { Problem } from '../http/problem.js';

export function tooMany(response: Response, code: string, detail: string, waitMs: number): Problem {
  response.setHeader('Retry-After', secondsOf(waitMs));
  return new Problem(429, code, detail);
}

/** Whole seconds, at least one. */
export function secondsOf(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}

/** What a kind of API is: every group has one API of each, and its clients know what they get. */
import type { Message } from '../http-client.js';
import type { OldApp } from './apps.js';
import type { OldGroup } from './groups.js';

export interface Kind {
  /** Also the name of its APIs. */
  readonly name: string;
  /** Without a name: PRE has it, too. */
  readonly inPre?: true;
  definition(group: OldGroup): Definition;
  /** In this order; `app` has a grant if the kind asks for one. */
  samples(group: OldGroup, app: OldApp): Sample[];
}

export interface Definition {
  readonly auth: 'APP' | 'ANONYMOUS';
  readonly request: { readonly method: string; readonly path: string } & Record<string, unknown>;
  readonly [field: string]: unknown;
}

export interface Sample extends Message {
  /** As in the request line, base path included. */
  readonly target: string;
  /** Some things act on certain domains only; by default any of the group's. */
  readonly host?: string;
  /** What is seen of the answer, in part. */
  readonly gets: Partial<Seen>;
}

export interface Seen {
  readonly status: number;
  /** Of a refusal. */
  readonly code: string | null;
  readonly headers: Record<string, unknown>;
  /** Parsed, when it is JSON. */
  readonly body: unknown;
}

export const refused = (status: number, code: string): Partial<Seen> => ({ status, code });

/** A backend was asked so. */
export function reached(echo: object): Partial<Seen> {
  return { status: 200, code: null, body: echo };
}

/** By a name that the instance resolves. */
export const BLUE = 'http://blue.backends.test';

export const http = (path: string, method = 'ANY') => ({ type: 'HTTP', address: BLUE, path, method });

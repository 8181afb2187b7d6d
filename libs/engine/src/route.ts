/** A published API, compiled: all that is decided before a request comes. */
import type { ErrorCode } from '@causeway/contract';
import type { Answer, Exchange, Guard, Outgoing, RouteFacts, StepResult } from '@causeway/plugins';
import type { AuthRule } from './authenticate.js';
import type { Backend } from './backend.js';
import type { GroupSettings } from './group-settings.js';
import type { Mapper } from './mapping.js';
import type { RecordRule } from './record-rule.js';

export type Step = (x: Exchange) => StepResult;

export type Respond = (x: Exchange, answer: Answer) => Answer | Promise<Answer>;

export interface Route extends RouteFacts {
  /** Protocols that the API may be called over. */
  readonly http: boolean;
  readonly https: boolean;
  readonly webSocket: boolean;
  readonly disableInternet: boolean;
  /** Null: anonymous. */
  readonly auth: AuthRule | null;
  /** Set when something that belongs to it could not be compiled: every request gets this refusal. */
  readonly broken: { readonly code: ErrorCode; readonly values: Readonly<Record<string, string>> } | null;
  readonly group: GroupSettings;
  /** Refuses before anybody asks who calls; null: nobody does. */
  readonly first: ((x: Exchange) => Answer | undefined) | null;
  /** What a request passes before it is mapped, in order. */
  readonly steps: readonly Step[];
  readonly map: Mapper;
  /** Changes the mapped request; null: nobody does. */
  readonly mapped: ((x: Exchange, out: Outgoing) => void) | null;
  readonly sign: ((x: Exchange, out: Outgoing) => void) | null;
  /** The API's own backend; null when only a route can give one. */
  readonly backend: Backend | null;
  /** Around the call of the backend. */
  readonly guard: Guard | null;
  /** Sees what the call came to, and may put another answer in its place. */
  readonly response: Respond | null;
  /** Sees every answer, right before it leaves. */
  readonly every: ((x: Exchange, answer: Answer) => void) | null;
  /** Answers a preflight for this API. */
  readonly preflight: ((x: Exchange, method: string) => Answer) | null;
  /** The backend is another gateway API, whose error headers are passed on. */
  readonly trustsErrors: boolean;
  /** A urlencoded body must be read before the steps run. */
  readonly readsForm: boolean;
  /** A body that is no form must be read before the steps run. */
  readonly readsBody: boolean;
  /** Null: the gateway's limit. */
  readonly maxBodyBytes: number | null;
  /** What is missing when no route is hit. */
  readonly incomplete: string;
  readonly version: string;
  /** What each step is, for the log: a plugin's type, or `parameters`. */
  readonly stepNames: readonly string[];
  /** Types of the plugins in force, in the order in which they run. */
  readonly plugins: readonly string[];
  /** What the access log shows of its requests beyond what it says of every one; null: nothing. */
  readonly record: RecordRule | null;
}

/** What compiling finds out about a route, beside what is written in its definition. */
export type RouteParts = Pick<
  Route,
  | 'broken'
  | 'first'
  | 'steps'
  | 'map'
  | 'mapped'
  | 'sign'
  | 'backend'
  | 'guard'
  | 'response'
  | 'every'
  | 'preflight'
  | 'trustsErrors'
  | 'readsForm'
  | 'readsBody'
  | 'incomplete'
  | 'stepNames'
  | 'plugins'
  | 'record'
>;

export type RouteExchange = Exchange<Route, Backend>;

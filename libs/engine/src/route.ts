/** A published API, compiled: all that is decided before a request comes. */
import type { ErrorCode } from '@causeway/contract';
import type { Exchange, Outgoing, RouteFacts, StepResult } from '@causeway/plugins';
import type { AuthRule } from './authenticate.js';
import type { Backend } from './backend.js';
import type { GroupSettings } from './group-settings.js';
import type { Mapper } from './mapping.js';

export type Step = (x: Exchange) => StepResult;

export interface Route extends RouteFacts {
  readonly version: string;
  readonly group: GroupSettings;
  /** Protocols that the API may be called over. */
  readonly http: boolean;
  readonly https: boolean;
  readonly webSocket: boolean;
  readonly disableInternet: boolean;
  /** Null: anonymous. */
  readonly auth: AuthRule | null;
  /** What a request passes before it is mapped, in order. */
  readonly steps: readonly Step[];
  /** What each step is, for the log: a plugin's type, or `parameters`. */
  readonly stepNames: readonly string[];
  /** Types of the plugins in force, in the order in which they run. */
  readonly plugins: readonly string[];
  readonly map: Mapper;
  readonly sign: ((x: Exchange, out: Outgoing) => void) | null;
  /** The API's own backend; null when only a route can give one. */
  readonly backend: Backend | null;
  /** What is missing when no route is hit. */
  readonly incomplete: string;
  /** A urlencoded body must be read before the steps run. */
  readonly readsForm: boolean;
  /** A body that is no form must be read before the steps run. */
  readonly readsBody: boolean;
  /** The backend is another gateway API, whose error headers are passed on. */
  readonly trustsErrors: boolean;
  /** Null: the gateway's limit. */
  readonly maxBodyBytes: number | null;
  /** Set when something that belongs to it could not be compiled: every request gets this refusal. */
  readonly broken: { readonly code: ErrorCode; readonly values: Readonly<Record<string, string>> } | null;
}

export type RouteExchange = Exchange<Route, Backend>;

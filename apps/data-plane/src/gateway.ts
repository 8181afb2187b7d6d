/** What a running data plane is made of; passed by reference to whatever handles a request. */
import type { Backend, NonceStore, Program, Route } from '@causeway/engine';
import type { Exchange, Guard, LimitStore } from '@causeway/plugins';
import type { Buffers } from './buffers.js';
import type { FrontProxies } from './client-address.js';
import type { Config } from './config.js';
import type { Deadlines } from './forward/deadlines.js';
import type { Servers } from './forward/servers.js';
import type { Upstreams } from './forward/upstreams.js';
import type { RateLimits } from './rate-limits/rate-limits.js';
import type { Answers } from './services/answers.js';
import type { Breakers } from './services/breakers.js';

export type Hop = Exchange<Route, Backend>;

export interface Gateway {
  readonly config: Config;
  /** Null until the first snapshot was applied. A request takes it once and keeps it. */
  program: Program | null;
  readonly nonces: NonceStore;
  /** Null: there are none. */
  readonly frontProxies: FrontProxies | null;
  readonly rateLimits: RateLimits;
  readonly servers: Servers;
  readonly upstreams: Upstreams;
  /** Internal listeners, the own and those of sibling instances: not guarded, their addresses come from operators. */
  readonly siblings: Upstreams;
  /** Counts for plugins of type trafficControl. */
  readonly limits: LimitStore;
  /** What plugins of type caching keep. */
  readonly answers: Answers;
  readonly breakers: Breakers;
  /** The circuit breaker of APIs that have none of their own. */
  readonly alwaysOn: Guard;
  readonly buffers: Buffers;
  readonly deadlines: Deadlines;
  /** Requests of clients that are not done. */
  running: number;
  /** Calls of internal domains that are running in this process. */
  nestedCalls: number;
  /** Ends each open WebSocket tunnel. */
  readonly tunnels: Set<() => void>;
  /** True once the process is to end: connections close after their answer. */
  parting: boolean;
  /** True once nobody serves in its place: what clients ask now is refused. */
  draining: boolean;
  /** Log and counters: once per hop, after its answer is out or given up. */
  done(x: Hop): void;
  /** A bug: something threw. Logged with what is known of the request; the client gets X500ER. */
  failed(x: Hop, error: unknown): void;
}

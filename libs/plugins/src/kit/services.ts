/** What plugins need from the process that runs them: what is counted, remembered and asked outside a single request. */
import type { BreakerStore } from './breaker.js';
import type { Exchange } from './exchange.js';

/** One counter that must have room. */
export interface Counted {
  /** Unique in the instance; at most 512 characters. */
  readonly key: string;
  readonly limit: number;
  /** Length of the window, ms; windows are aligned to UTC. */
  readonly windowMs: number;
}

/** Tells whether all counters have room, and charges all or none. */
export interface LimitStore {
  /** @returns the counter without room and when its window ends, ms from now; null: all had room */
  take(counted: readonly Counted[]): Refused | null | Promise<Refused | null>;
  /** Settles when the window is over; null: `max` wait for that counter already. */
  wait(key: string, ms: number, max: number): Promise<void> | null;
}

export interface Refused {
  /** Place in what was asked for. */
  readonly at: number;
  readonly retryAfterMs: number;
}

/** `fresh`: nobody showed it before; `unavailable`: the store cannot tell, and a guess is not good enough. */
export type SeenOutcome = 'fresh' | 'used' | 'unavailable';

/** Remembers what was seen, on all nodes together. */
export interface SeenStore {
  /**
   * Asks and records in one step, so that of two equal ids only one is fresh.
   *
   * @param space whose ids they are: no line feed
   * @param untilMs how long to remember it, wall clock
   */
  first(space: string, id: string, untilMs: number): SeenOutcome | Promise<SeenOutcome>;
}

/** What was read from tokens whose signatures proved right. */
export interface TokenStore {
  get(key: string): unknown;
  /** @param bytes length of the token; the oldest are forgotten when all take too much */
  put(key: string, read: object, bytes: number): void;
}

/** An answer from outside; null body: it was longer than asked for. */
export interface Fetched {
  readonly status: number;
  /** Name, value, name, value; values hold one character per byte. */
  readonly headers: readonly string[];
  readonly body: Buffer | null;
}

export interface FetchRequest {
  /** What `CompileContext.backend` gave: it says where to ask. */
  readonly backend: unknown;
  readonly method: string;
  /** Path and query on the wire. */
  readonly target: string;
  /** Name, value, name, value, without Host. */
  readonly headers: readonly string[];
  readonly body: Buffer | null;
  readonly timeoutMs: number;
  readonly maxBodyBytes: number;
}

/** Its message is fit to be told to a client. */
export class FetchFailure extends Error {}

/** Asks another server, under the same rules as a backend: guarded addresses, loop protection, private DNS. */
export interface Fetcher {
  /**
   * Rejects with a `FetchFailure` when there is no answer in time.
   *
   * @param x the request on whose behalf it is asked: given up when its client leaves; null: on the gateway's own
   */
  fetch(request: FetchRequest, x: Exchange | null): Promise<Fetched>;
}

/** What was found out about somebody, for a while. */
export interface VerdictStore {
  get(key: string): unknown;
  /** @param ms how long it holds; the oldest are forgotten when there are too many */
  put(key: string, verdict: object, ms: number): void;
}

/** A stored answer. */
export interface StoredAnswer {
  readonly status: number;
  /** Name, value, name, value. */
  readonly headers: readonly string[];
  readonly body: Buffer;
  readonly storedAtMs: number;
  readonly untilMs: number;
}

export interface AnswerStore {
  get(key: string): StoredAnswer | null;
  /** Does nothing when the store is full. */
  put(key: string, stored: StoredAnswer): void;
  /** For those who miss the same key at once: the first one asks the backend, the others wait for what it brings. */
  join(key: string): Flight;
}

/** `land` is called once, with null when there is nothing that others may have. */
export type Flight =
  | { readonly leader: true; readonly land: (stored: StoredAnswer | null) => void }
  | { readonly leader: false; readonly landing: Promise<StoredAnswer | null> };

export interface PluginServices {
  readonly limits: LimitStore;
  readonly seen: SeenStore;
  readonly tokens: TokenStore;
  readonly fetcher: Fetcher;
  readonly answers: AnswerStore;
  readonly breakers: BreakerStore;
  readonly verdicts: VerdictStore;
}

/** For whoever compiles plugins and never runs them. */
export const NO_SERVICES: PluginServices = {
  limits: { take: () => unavailable(), wait: () => unavailable() },
  seen: { first: () => unavailable() },
  tokens: { get: () => unavailable(), put: () => unavailable() },
  fetcher: { fetch: () => unavailable() },
  answers: { get: () => unavailable(), put: () => unavailable(), join: () => unavailable() },
  verdicts: { get: () => unavailable(), put: () => unavailable() },
  breakers: { enter: () => unavailable(), settle: () => unavailable() },
};

function unavailable(): never {
  throw new Error('this process compiles plugins, it does not run them');
}

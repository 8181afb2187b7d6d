/** One request and its answer on their way through one hop. */
// hot
import type { ConditionValue } from '@causeway/condition';
import type { ErrorCode } from '@causeway/contract';
import type { Entry } from './breaker.js';
import type { Head } from './head.js';
import type { Outgoing } from './outgoing.js';
import type { BodyStart, RecordedAnswer } from './recorded.js';
import type { RequestBody } from './request-body.js';

export type Listener = 'public' | 'internal' | 'vpc';

/** What is known of an API before any request comes. */
export interface RouteFacts {
  readonly apiId: string;
  readonly apiName: string;
  readonly groupId: string;
  readonly groupName: string;
  readonly stage: string;
  readonly instanceId: string;
  /** What this deployment calls itself to backends: `CaProxy`. */
  readonly proxyName: string;
}

/** The application that proved to be the caller. */
export interface Caller {
  readonly appId: string;
  readonly appName: string;
  /** The account that owns it. */
  readonly accountId: string;
  /** Its AppKey; null when it showed an AppCode. */
  readonly key: string | null;
  readonly extend: string;
}

/** Shared by all hops under one first hop in this process. */
export interface CallTree {
  /** Internal calls made so far (wire contract 10 rule 4a). */
  calls: number;
  /** The call to a backend that is running; null while there is none. */
  call: { cancel(): void } | null;
  /** True when the client went away. */
  gone: boolean;
}

const NO_VALUES: readonly string[] = [];

export class Exchange<Route extends RouteFacts = RouteFacts, Backend = unknown> {
  readonly listener: Listener;
  readonly method: string;
  /** As on the wire: path and, after the first `?`, the query. */
  readonly target: string;
  readonly path: string;
  /** Raw text after `?`; empty when there is none. */
  readonly query: string;
  readonly head: Head;
  /** Lower case, no port, no trailing dot. */
  readonly host: string;
  /** Address of the direct peer. */
  readonly peer: string;
  /** The peer, or who it vouches for (wire contract 5.4). */
  clientIp: string;
  readonly scheme: 'http' | 'https';
  readonly body: RequestBody | null;
  /** Wall clock on arrival, ms: the one clock reading of this request. */
  readonly arrivedAtMs: number;
  /** Monotonic clock on arrival, ms, for durations. */
  readonly startedMs: number;
  /** The hop that called this one in process. */
  readonly parent: Exchange<Route, Backend> | null;
  /** The hop that this one called in process. */
  child: Exchange<Route, Backend> | null;
  readonly tree: CallTree;

  /** This hop's own id, for the log. */
  requestId: string;
  /** The id that travels: value of X-Ca-Request-Id. */
  initialRequestId: string;
  /** True when a hop of this deployment vouches for the request (wire contract 9.3). */
  trusted: boolean;
  /** True when the peer is a front proxy of the operator's, whose forwarding headers hold (wire contract 5.4 rule 3). */
  proxied: boolean;
  /** Revision of the program that it runs on; 0: none. */
  revision: number;
  /** API ids that the call came through. */
  chain: readonly string[];
  /** Monotonic time by which the answer must be complete, ms; 0 = no limit yet. */
  deadlineMs: number;

  route: Route | null;
  /** Path parameters as they stand on the wire, in the order of the route's placeholders. */
  pathValues: readonly string[];
  /** What `/*` matched. */
  pathRest: string;
  /** What a wildcard domain's pattern captured, by name. */
  hostValues: Readonly<Record<string, string>> | null;
  caller: Caller | null;
  /** Claims of the token that a plugin verified, as conditions see them; null: there was none. */
  claims: ReadonlyMap<string, ConditionValue> | null;
  /** API parameters by front-end name, after checks and defaults. */
  parameters: Map<string, string> | null;
  /** Text of a urlencoded body, once read. */
  form: string | null;
  /** The backend that routing chose; null: the API's own. */
  backend: Backend | null;
  /** What the circuit breaker made of the call; `elsewhere`: another backend answers. Null: nobody asked it. */
  guarded: Entry | 'elsewhere' | null;
  routeName: string | null;
  /** Constants of the route that was hit: name, value, name, value. */
  routeHeaders: readonly string[];
  routeQuery: string;
  /** The stage that the route asks for at the callee. */
  routeStage: string | null;
  out: Outgoing | null;
  /** Which of the route's steps answered; -1: none. */
  stoppedAt: number;
  /** The plugins that decided something about it: bits by `hitOf`. */
  hits: number;
  /** What hops behind a socket told of themselves for debugging: JSON; null: nothing. */
  debugBelow: string | null;

  /** What the answer was, for log and counters. */
  status: number;
  errorCode: ErrorCode | string | null;
  errorMessage: string | null;
  /** Kind and code of the error behind a refusal; null: there was none. */
  exception: string | null;
  requestBytes: number;
  /** Body bytes held in memory for this hop. */
  bufferedBytes: number;
  responseBytes: number;
  /** Monotonic times, ms; 0 = never. The request's body was read. */
  bodyEndMs: number;
  /** It is ready to leave, has a connection, got the head of its answer and the last byte of it. */
  upstreamStartMs: number;
  upstreamConnectMs: number;
  /** Its body was sent; one without a body leaves with its head. */
  upstreamSentMs: number;
  upstreamHeadMs: number;
  upstreamEndMs: number;
  /** The head of the answer leaves for the client. */
  answerStartMs: number;
  upstreamAddress: string | null;
  /** For a group that wants it logged: the beginning of a body that was not buffered, and the answer. */
  bodyStart: BodyStart | null;
  recorded: RecordedAnswer | null;
  finished: boolean;

  constructor(
    listener: Listener,
    method: string,
    target: string,
    head: Head,
    host: string,
    peer: string,
    scheme: 'http' | 'https',
    body: RequestBody | null,
    arrivedAtMs: number,
    startedMs: number,
    parent: Exchange<Route, Backend> | null,
  ) {
    const mark = target.indexOf('?');
    this.listener = listener;
    this.method = method;
    this.target = target;
    this.path = mark < 0 ? target : target.slice(0, mark);
    this.query = mark < 0 ? '' : target.slice(mark + 1);
    this.head = head;
    this.host = host;
    this.peer = peer;
    this.clientIp = peer;
    this.scheme = scheme;
    this.body = body;
    this.arrivedAtMs = arrivedAtMs;
    this.startedMs = startedMs;
    this.parent = parent;
    this.child = null;
    this.tree = parent === null ? { calls: 0, call: null, gone: false } : parent.tree;
    this.requestId = '';
    this.initialRequestId = '';
    this.trusted = false;
    this.proxied = false;
    this.revision = 0;
    this.chain = NO_VALUES;
    this.deadlineMs = 0;
    this.route = null;
    this.pathValues = NO_VALUES;
    this.pathRest = '';
    this.hostValues = null;
    this.caller = null;
    this.claims = null;
    this.parameters = null;
    this.form = null;
    this.backend = null;
    this.guarded = null;
    this.routeName = null;
    this.routeHeaders = NO_VALUES;
    this.routeQuery = '';
    this.routeStage = null;
    this.out = null;
    this.stoppedAt = -1;
    this.hits = 0;
    this.debugBelow = null;
    this.status = 0;
    this.errorCode = null;
    this.errorMessage = null;
    this.exception = null;
    this.requestBytes = 0;
    this.bufferedBytes = 0;
    this.responseBytes = 0;
    this.bodyEndMs = 0;
    this.upstreamStartMs = 0;
    this.upstreamConnectMs = 0;
    this.upstreamSentMs = 0;
    this.upstreamHeadMs = 0;
    this.upstreamEndMs = 0;
    this.answerStartMs = 0;
    this.upstreamAddress = null;
    this.bodyStart = null;
    this.recorded = null;
    this.finished = false;
  }
}
